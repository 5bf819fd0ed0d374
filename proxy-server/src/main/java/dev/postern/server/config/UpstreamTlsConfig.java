package dev.postern.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code upstreams.<name>.tls}.
 *
 * @param mode how connections are protected
 * @param ca PEM; {@code null}: the authorities the Java runtime trusts
 * @param certificate PEM, shown to the server; {@code null}: none
 * @param key PEM; present exactly if {@code certificate} is
 * @param channelBinding whether logins are tied to their connection
 */
public record UpstreamTlsConfig(
        UpstreamTlsMode mode,
        @Nullable Path ca,
        @Nullable Path certificate,
        @Nullable Path key,
        UpstreamChannelBinding channelBinding) {

    public UpstreamTlsConfig {
        if (certificate == null && key != null) {
            throw new InvalidValueException(
                    "certificate", "missing: key is given, so its certificate must be");
        }
        if (certificate != null && key == null) {
            throw new InvalidValueException(
                    "key", "missing: certificate is given, so its private key must be");
        }
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
        if (mode == UpstreamTlsMode.DISABLE) {
            if (certificate != null) {
                throw new InvalidValueException(
                        "certificate", "has no effect with mode disable: it is shown by TLS");
            }
            if (channelBinding == UpstreamChannelBinding.REQUIRE) {
                throw new InvalidValueException(
                        "channel_binding",
                        "cannot be require with mode disable: there is no TLS to bind to");
            }
        }
    }
}
