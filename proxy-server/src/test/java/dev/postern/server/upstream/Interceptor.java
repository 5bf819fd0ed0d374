package dev.postern.server.upstream;

import dev.postern.server.tls.TestCertificates;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * Somebody in between: ends the client's TLS with a certificate of its own, and opens another to
 * the real server.
 */
final class Interceptor implements AutoCloseable {

    private static final byte[] SSL_REQUEST = {0, 0, 0, 8, 4, (byte) 0xD2, 0x16, 0x2F};
    private static final String BOTH = "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0";
    private static final String PLAIN = "SCRAM-SHA-256\0\0";

    private final ServerSocket listener;
    private final int serverPort;
    private final boolean hidesBinding;
    private final SSLContext own;
    private final SSLContext trusting;

    /**
     * @param hidesBinding whether it takes SCRAM-SHA-256-PLUS out of what the server offers
     */
    Interceptor(TestCertificates.Issued certificate, int serverPort, boolean hidesBinding) {
        this.serverPort = serverPort;
        this.hidesBinding = hidesBinding;
        try {
            this.own =
                    context(
                            SslContextBuilder.forServer(
                                    certificate.certificate().toFile(),
                                    certificate.key().toFile()));
            this.trusting =
                    context(
                            SslContextBuilder.forClient()
                                    .trustManager(InsecureTrustManagerFactory.INSTANCE));
            this.listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private static SSLContext context(SslContextBuilder builder) throws SSLException {
        return ((JdkSslContext) builder.sslProvider(SslProvider.JDK).build()).context();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
            client.getInputStream().readNBytes(SSL_REQUEST.length);
            client.getOutputStream().write('S');
            SSLSocket fromClient =
                    (SSLSocket) own.getSocketFactory().createSocket(client, "", 0, true);
            fromClient.setUseClientMode(false);
            server.getOutputStream().write(SSL_REQUEST);
            int answer = server.getInputStream().read();
            if (answer != 'S') {
                return;
            }
            SSLSocket toServer =
                    (SSLSocket)
                            trusting.getSocketFactory()
                                    .createSocket(server, "127.0.0.1", serverPort, true);
            Thread.ofVirtual().start(() -> pump(fromClient, toServer, false));
            pump(toServer, fromClient, hidesBinding);
        } catch (IOException e) {
            // A peer has hung up.
            return;
        }
    }

    private static void pump(SSLSocket from, SSLSocket to, boolean hides) {
        byte[] buffer = new byte[16_384];
        try (from;
                to) {
            OutputStream out = to.getOutputStream();
            for (int n = from.getInputStream().read(buffer);
                    n > 0;
                    n = from.getInputStream().read(buffer)) {
                byte[] bytes = Arrays.copyOf(buffer, n);
                out.write(hides ? hidden(bytes) : bytes);
                out.flush();
            }
        } catch (IOException e) {
            // A peer has hung up.
            return;
        }
    }

    private static byte[] hidden(byte[] message) {
        String text = new String(message, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("R") || !text.endsWith(BOTH)) {
            return message;
        }
        int length = 8 + PLAIN.length();
        return ("R\0\0\0" + (char) length + "\0\0\0\n" + PLAIN)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
