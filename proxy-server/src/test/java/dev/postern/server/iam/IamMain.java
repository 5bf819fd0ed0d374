package dev.postern.server.iam;

import java.time.Clock;
import java.util.Objects;

/**
 * Prints a token of the default chain of one cloud's SDK: what it finds depends on the process's
 * environment.
 */
final class IamMain {

    private IamMain() {}

    /** Prints the token of the cloud that is the argument. */
    public static void main(String[] args) throws TokenUnavailableException {
        PasswordSource source =
                switch (Objects.requireNonNull(args[0])) {
                    case "aws" -> AwsPasswords.byDefaultChain("eu-central-1", Clock.systemUTC());
                    case "gcp" -> GcpPasswords.byDefaultChain();
                    case "azure" -> AzurePasswords.byDefaultChain();
                    case String other -> throw new IllegalArgumentException(other);
                };
        PasswordSource.Token token = source.fetch("db.example.com", 5432, "reader");
        System.out.println(token.expires() + " " + new String(token.password().chars()));
        // The SDKs' threads are no daemons.
        System.exit(0);
    }
}
