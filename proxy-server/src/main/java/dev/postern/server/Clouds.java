package dev.postern.server;

import dev.postern.server.config.IamConfig;
import dev.postern.server.iam.AwsPasswords;
import dev.postern.server.iam.AzurePasswords;
import dev.postern.server.iam.GcpPasswords;
import dev.postern.server.iam.PasswordSource;
import java.time.Clock;
import java.util.Objects;

/** What makes passwords in each cloud. */
final class Clouds {

    private Clouds() {}

    /** Returns what makes passwords as configured. */
    static PasswordSource source(IamConfig config) {
        return switch (config.provider()) {
            case AWS ->
                    AwsPasswords.byDefaultChain(
                            Objects.requireNonNull(config.region()), Clock.systemUTC());
            case GCP -> GcpPasswords.byDefaultChain();
            case AZURE -> AzurePasswords.byDefaultChain();
        };
    }
}
