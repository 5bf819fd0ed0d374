package dev.postern.server.config;

import java.nio.file.Path;
import java.util.List;

/** Texts of configurations, and what comes of reading them. */
final class Configurations {

    static final Path DIRECTORY = Path.of("/etc/postern");

    /** Well-formed, and of no password. */
    static final String VERIFIER =
            "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    /** The least that is valid. */
    static final String MINIMAL =
            """
            upstreams:
              shop:
                hosts: [replica-1.db]
                user: postern_reader
            policies:
              reporting:
                upstream: shop
                databases: [shop]
            """;

    private Configurations() {}

    static Configuration parse(String yaml) {
        try {
            return ConfigurationLoader.parse("postern.yaml", yaml, DIRECTORY);
        } catch (InvalidConfigurationException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** Returns the problems of a text that must not be valid. */
    static List<String> problems(String yaml) {
        try {
            ConfigurationLoader.parse("postern.yaml", yaml, DIRECTORY);
        } catch (InvalidConfigurationException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
        throw new AssertionError("accepted: " + yaml);
    }
}
