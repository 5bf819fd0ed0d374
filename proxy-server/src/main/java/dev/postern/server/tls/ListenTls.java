package dev.postern.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How agents' connections are protected. Immutable; a reload of the certificate makes a new one.
 */
public final class ListenTls {

    /** The one application protocol there is, as IANA has it. */
    public static final String ALPN = "postgresql";

    /** Who decides whether a connection is encrypted. */
    public enum Mode {
        /** It never is. */
        DISABLE,
        /** The agent decides. */
        ALLOW,
        /** It always is; only a CancelRequest may come without. */
        REQUIRE
    }

    private final Mode mode;
    private final @Nullable SslContext context;

    private ListenTls(Mode mode, @Nullable SslContext context) {
        this.mode = mode;
        this.context = context;
    }

    /** No TLS. */
    public static ListenTls disabled() {
        return new ListenTls(Mode.DISABLE, null);
    }

    /**
     * Reads the server's files.
     *
     * @param certificate the server's certificate and its issuers', in this order, as PEM
     * @param key the certificate's key, as PEM, unencrypted
     * @param clientAuthorities who issues the agents' certificates, as PEM: then every agent must
     *     show one; {@code null} if none is asked for
     * @throws InvalidTlsFileException if one of them cannot be used
     */
    public static ListenTls load(
            Mode mode, Path certificate, Path key, @Nullable Path clientAuthorities)
            throws InvalidTlsFileException {
        if (mode == Mode.DISABLE) {
            return disabled();
        }
        PrivateKey privateKey = PemFiles.privateKey(key);
        List<X509Certificate> chain = PemFiles.certificates(certificate);
        if (!KeyPairs.belongTogether(privateKey, chain.getFirst().getPublicKey())) {
            throw new InvalidTlsFileException(
                    key, "is not the key of the certificate in " + certificate);
        }
        SslContextBuilder builder = SslContextBuilder.forServer(privateKey, chain);
        if (clientAuthorities != null) {
            builder.trustManager(PemFiles.certificates(clientAuthorities))
                    .clientAuth(ClientAuth.REQUIRE);
        }
        try {
            return new ListenTls(
                    mode,
                    builder.sslProvider(SslProvider.JDK)
                            .protocols("TLSv1.3", "TLSv1.2")
                            .applicationProtocolConfig(
                                    new ApplicationProtocolConfig(
                                            ApplicationProtocolConfig.Protocol.ALPN,
                                            ApplicationProtocolConfig.SelectorFailureBehavior
                                                    .FATAL_ALERT,
                                            ApplicationProtocolConfig
                                                    .SelectedListenerFailureBehavior.ACCEPT,
                                            ALPN))
                            .build());
        } catch (SSLException e) {
            throw new InvalidTlsFileException(
                    certificate, "certificate and key cannot be used together");
        }
    }

    /** Returns the mode. */
    public Mode mode() {
        return mode;
    }

    /**
     * Makes the handler of one connection.
     *
     * @throws IllegalStateException if TLS is disabled
     */
    public SslHandler newHandler(ByteBufAllocator allocator) {
        if (context == null) {
            throw new IllegalStateException("TLS is disabled");
        }
        return context.newHandler(allocator);
    }
}
