package dev.postern.server.upstream;

import dev.postern.server.ssh.SshTunnel;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Objects;
import java.util.Properties;
import javax.net.SocketFactory;

/** Sends pgjdbc's connections through the upstream's tunnel. pgjdbc makes it by its name. */
public final class JdbcTunnelSockets extends SocketFactory {

    private final SshTunnel tunnel;

    /** Called by pgjdbc. */
    public JdbcTunnelSockets(Properties properties) {
        this.tunnel = Objects.requireNonNull(UpstreamWay.of(properties).tunnel());
    }

    @Override
    public Socket createSocket() {
        return new TunnelSocket(tunnel);
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
        return new UnsupportedOperationException("pgjdbc connects by itself");
    }
}
