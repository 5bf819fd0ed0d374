package dev.postern.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * How connections to PostgreSQL are protected. Safe for use by any thread; the files are read again
 * by {@link #refresh} only.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-ssl.html">PostgreSQL, "SSL
 *     Support"</a>
 */
public final class UpstreamTls {

    /**
     * What is checked, in the words of libpq's {@code sslmode}. There is no mode that falls back to
     * cleartext.
     */
    public enum Mode {
        /** No TLS. */
        DISABLE,
        /** TLS; as in libpq the certificate is checked only if there is a file of authorities. */
        REQUIRE,
        /** And one of the authorities must have issued the server's certificate. */
        VERIFY_CA,
        /** And the certificate must be for the host's name. */
        VERIFY_FULL
    }

    /**
     * Whether a login by SCRAM is tied to the TLS connection it comes by, in the words of libpq's
     * {@code channel_binding}.
     */
    public enum ChannelBinding {
        /** It is not. */
        DISABLE,
        /** If the server can. */
        PREFER,
        /** And no other login will do. */
        REQUIRE
    }

    /**
     * What to load.
     *
     * @param authorities who may issue the server's certificate, as PEM; {@code null}: the Java
     *     runtime's own authorities, which only {@link Mode#VERIFY_FULL} can sensibly trust
     * @param certificate the certificate to show to the server and its issuers', as PEM; {@code
     *     null}: none
     * @param key the certificate's key, as PEM, unencrypted; present exactly if {@code certificate}
     *     is
     */
    public record Settings(
            Mode mode,
            @Nullable Path authorities,
            @Nullable Path certificate,
            @Nullable Path key,
            ChannelBinding channelBinding) {}

    private record Content(
            List<X509Certificate> authorities,
            List<X509Certificate> chain,
            @Nullable PrivateKey key) {}

    private record Loaded(Content content, JdkSslContext context) {}

    private final Settings settings;
    private volatile @Nullable Loaded loaded;

    private UpstreamTls(Settings settings, @Nullable Loaded loaded) {
        this.settings = settings;
        this.loaded = loaded;
    }

    /** No TLS. */
    public static UpstreamTls disabled() {
        return new UpstreamTls(
                new Settings(Mode.DISABLE, null, null, null, ChannelBinding.DISABLE), null);
    }

    /**
     * Like {@link #load(Settings)}, without a certificate to show, with channel binding if it can
     * be.
     */
    public static UpstreamTls load(Mode mode, @Nullable Path authorities)
            throws InvalidTlsFileException {
        return load(new Settings(mode, authorities, null, null, ChannelBinding.PREFER));
    }

    /**
     * Reads the files.
     *
     * @throws InvalidTlsFileException if one of them cannot be used
     * @throws IllegalArgumentException if {@link Mode#VERIFY_CA} comes without authorities: any
     *     public certificate of any host would do
     */
    public static UpstreamTls load(Settings settings) throws InvalidTlsFileException {
        if (settings.mode() == Mode.DISABLE) {
            return disabled();
        }
        if (settings.mode() == Mode.VERIFY_CA && settings.authorities() == null) {
            throw new IllegalArgumentException("verify-ca needs a file of authorities");
        }
        return new UpstreamTls(settings, load(settings, read(settings)));
    }

    /**
     * Reads the files again, for the connections from now on. May block.
     *
     * @return whether anything has changed
     * @throws InvalidTlsFileException if one of them cannot be used; all stays as it was
     */
    public boolean refresh() throws InvalidTlsFileException {
        Loaded before = loaded;
        if (before == null) {
            return false;
        }
        Content content = read(settings);
        boolean changed = !content.equals(before.content());
        if (changed) {
            loaded = load(settings, content);
        }
        return changed;
    }

    private static Content read(Settings settings) throws InvalidTlsFileException {
        Path authorities = settings.authorities();
        List<X509Certificate> trusted =
                authorities == null ? List.of() : PemFiles.certificates(authorities);
        Path certificate = settings.certificate();
        Path key = settings.key();
        if (certificate == null || key == null) {
            return new Content(trusted, List.of(), null);
        }
        KeyFiles.checkPrivate(key);
        PrivateKey privateKey = PemFiles.privateKey(key);
        List<X509Certificate> chain = PemFiles.certificates(certificate);
        if (!KeyPairs.belongTogether(privateKey, chain.getFirst().getPublicKey())) {
            throw new InvalidTlsFileException(
                    key, "is not the key of the certificate in " + certificate);
        }
        return new Content(trusted, chain, privateKey);
    }

    private static Loaded load(Settings settings, Content content) {
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (!content.authorities().isEmpty()) {
            builder.trustManager(content.authorities());
        } else if (settings.mode() == Mode.REQUIRE) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        }
        if (content.key() != null) {
            builder.keyManager(content.key(), content.chain());
        }
        try {
            return new Loaded(
                    content,
                    (JdkSslContext)
                            builder.sslProvider(SslProvider.JDK)
                                    .protocols("TLSv1.3", "TLSv1.2")
                                    .applicationProtocolConfig(
                                            new ApplicationProtocolConfig(
                                                    ApplicationProtocolConfig.Protocol.ALPN,
                                                    ApplicationProtocolConfig
                                                            .SelectorFailureBehavior.NO_ADVERTISE,
                                                    ApplicationProtocolConfig
                                                            .SelectedListenerFailureBehavior.ACCEPT,
                                                    ListenTls.ALPN))
                                    .endpointIdentificationAlgorithm(null)
                                    .build());
        } catch (SSLException e) {
            throw new IllegalStateException("the Java runtime cannot make a TLS context", e);
        }
    }

    /** Returns the mode. */
    public Mode mode() {
        return settings.mode();
    }

    /** Returns whether logins are tied to the connection; never more than asked for without TLS. */
    public ChannelBinding channelBinding() {
        return settings.channelBinding();
    }

    /**
     * Makes the handler of one connection.
     *
     * @param host the name that was asked for, which {@link Mode#VERIFY_FULL} compares with the
     *     certificate
     * @throws IllegalStateException if TLS is disabled
     */
    public SslHandler newHandler(ByteBufAllocator allocator, String host, int port) {
        SslHandler handler = context().newHandler(allocator, host, port);
        if (mode() == Mode.VERIFY_FULL) {
            handler.engine().setSSLParameters(named(handler.engine().getSSLParameters()));
        }
        return handler;
    }

    /**
     * Puts TLS over a connected socket, for those who block; closing it closes the other.
     *
     * @param host as in {@link #newHandler}
     * @throws IllegalStateException if TLS is disabled
     */
    public Socket newSocket(Socket connected, String host, int port) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        context()
                                .context()
                                .getSocketFactory()
                                .createSocket(connected, host, port, true);
        if (mode() == Mode.VERIFY_FULL) {
            socket.setSSLParameters(named(socket.getSSLParameters()));
        }
        return socket;
    }

    private static SSLParameters named(SSLParameters parameters) {
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        return parameters;
    }

    private JdkSslContext context() {
        Loaded now = loaded;
        if (now == null) {
            throw new IllegalStateException("TLS is disabled");
        }
        return now.context();
    }
}
