package dev.postern.server.upstream;

import dev.postern.server.tls.UpstreamTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Properties;
import javax.net.ssl.SSLSocketFactory;

/**
 * Puts the upstream's TLS over pgjdbc's sockets. pgjdbc makes it by its name, from its own
 * properties, after the server has agreed to TLS.
 */
public final class JdbcTlsSockets extends SSLSocketFactory {

    private final UpstreamTls tls;

    /** Called by pgjdbc. */
    public JdbcTlsSockets(Properties properties) {
        this.tls = UpstreamWay.of(properties).tls();
    }

    @Override
    public Socket createSocket(Socket connected, String host, int port, boolean autoClose)
            throws IOException {
        return tls.newSocket(connected, host, port);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return new String[0];
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return new String[0];
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw unused();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw unused();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw unused();
    }

    @Override
    public Socket createSocket(
            InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw unused();
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("PostgreSQL agrees to TLS on an open connection");
    }
}
