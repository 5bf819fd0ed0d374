package dev.postern.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How connections to PostgreSQL are protected. Immutable.
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

    private final Mode mode;
    private final @Nullable SslContext context;

    private UpstreamTls(Mode mode, @Nullable SslContext context) {
        this.mode = mode;
        this.context = context;
    }

    /** No TLS. */
    public static UpstreamTls disabled() {
        return new UpstreamTls(Mode.DISABLE, null);
    }

    /**
     * Makes settings for a mode.
     *
     * @param authorities who may issue the server's certificate, as PEM; {@code null}: the Java
     *     runtime's own authorities, which only {@link Mode#VERIFY_FULL} can sensibly trust
     * @throws InvalidTlsFileException if the file cannot be used
     * @throws IllegalArgumentException if {@link Mode#VERIFY_CA} comes without authorities: any
     *     public certificate of any host would do
     */
    public static UpstreamTls load(Mode mode, @Nullable Path authorities)
            throws InvalidTlsFileException {
        if (mode == Mode.DISABLE) {
            return disabled();
        }
        if (mode == Mode.VERIFY_CA && authorities == null) {
            throw new IllegalArgumentException("verify-ca needs a file of authorities");
        }
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (authorities != null) {
            builder.trustManager(PemFiles.certificates(authorities));
        } else if (mode == Mode.REQUIRE) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        }
        try {
            return new UpstreamTls(
                    mode,
                    builder.sslProvider(SslProvider.JDK)
                            .protocols("TLSv1.3", "TLSv1.2")
                            .applicationProtocolConfig(
                                    new ApplicationProtocolConfig(
                                            ApplicationProtocolConfig.Protocol.ALPN,
                                            ApplicationProtocolConfig.SelectorFailureBehavior
                                                    .NO_ADVERTISE,
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
        return mode;
    }

    /**
     * Makes the handler of one connection.
     *
     * @param host the name that was asked for, which {@link Mode#VERIFY_FULL} compares with the
     *     certificate
     * @throws IllegalStateException if TLS is disabled
     */
    public SslHandler newHandler(ByteBufAllocator allocator, String host, int port) {
        if (context == null) {
            throw new IllegalStateException("TLS is disabled");
        }
        SslHandler handler = context.newHandler(allocator, host, port);
        if (mode == Mode.VERIFY_FULL) {
            SSLParameters parameters = handler.engine().getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            handler.engine().setSSLParameters(parameters);
        }
        return handler;
    }
}
