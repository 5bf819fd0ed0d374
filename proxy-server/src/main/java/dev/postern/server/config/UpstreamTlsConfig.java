package dev.postern.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code upstreams.<name>.tls}.
 *
 * @param mode how connections are protected
 * @param ca PEM; {@code null}: the authorities the Java runtime trusts
 */
public record UpstreamTlsConfig(UpstreamTlsMode mode, @Nullable Path ca) {

    public UpstreamTlsConfig {
        if (ca != null) {
            switch (mode) {
                case DISABLE, REQUIRE ->
                        throw new InvalidValueException(
                                "ca",
                                "has no effect with mode "
                                        + ValueTypes.word(mode)
                                        + ": the certificate is checked with verify-ca and verify-full");
                case VERIFY_CA, VERIFY_FULL -> {}
            }
        }
    }
}
