package dev.postern.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code listen.tls}.
 *
 * @param mode what agents' connections may be
 * @param certificate PEM; present unless the mode is {@code disable}
 * @param key PEM; present exactly if {@code certificate} is
 * @param clientCa PEM; {@code null} if agents need no certificate
 */
public record ListenTlsConfig(
        ListenTlsMode mode,
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable Path clientCa) {

    public ListenTlsConfig {
        if (certificate == null && key != null) {
            throw new InvalidValueException(
                    "certificate", "missing: key is given, so its certificate must be");
        }
        if (certificate != null && key == null) {
            throw new InvalidValueException(
                    "key", "missing: certificate is given, so its private key must be");
        }
        switch (mode) {
            case DISABLE -> refuseClientCa(clientCa, mode);
            case ALLOW -> {
                requireCertificate(certificate, mode);
                refuseClientCa(clientCa, mode);
            }
            case REQUIRE -> requireCertificate(certificate, mode);
        }
    }

    private static void requireCertificate(@Nullable Path certificate, ListenTlsMode mode) {
        if (certificate == null) {
            throw new InvalidValueException(
                    "certificate",
                    "missing: mode " + ValueTypes.word(mode) + " needs certificate and key");
        }
    }

    /**
     * A plain connection shows no certificate: whoever asks for one must not leave that way open.
     */
    private static void refuseClientCa(@Nullable Path clientCa, ListenTlsMode mode) {
        if (clientCa != null) {
            throw new InvalidValueException(
                    "client_ca",
                    "has no effect with mode "
                            + ValueTypes.word(mode)
                            + "; client certificates need mode require");
        }
    }
}
