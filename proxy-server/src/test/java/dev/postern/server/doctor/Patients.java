package dev.postern.server.doctor;

import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.config.InvalidConfigurationException;
import dev.postern.server.config.UpstreamConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Configurations to be examined, and what is found. */
final class Patients {

    static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    /** Well-formed, and of no password. */
    static final String VERIFIER =
            "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    static final String SHOP =
            """
            upstreams:
              shop:
                hosts: [replica-1.db]
                user: postern_reader
            """;

    static final String POLICY =
            """
            policies:
              reporting:
                upstream: shop
                databases: [shop]
                relations: {allow: ["public.*"], deny: ["public.secrets"]}
                columns: {deny: ["public.customers.name"]}
            """;

    private Patients() {}

    static Patient of(Path directory, String... yaml) {
        try {
            return new Patient(
                    ConfigurationLoader.parse(
                            "postern.yaml",
                            String.join("", yaml).replace("VERIFIER", VERIFIER),
                            directory),
                    "postern.yaml",
                    NOW,
                    Duration.ofDays(90));
        } catch (InvalidConfigurationException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    static Patient of(String... yaml) {
        return of(Path.of("/etc/postern"), yaml);
    }

    static UpstreamConfig shop(Patient patient) {
        return Objects.requireNonNull(patient.configuration().upstreams().get("shop"));
    }

    /** Returns what was found by one check: level, subject, message. */
    static List<String> found(List<Finding> findings, CheckCode code) {
        return findings.stream()
                .filter(finding -> finding.code() == code)
                .map(finding ->
                        finding.level() + " " + finding.subject() + ": " + finding.message())
                .toList();
    }
}
