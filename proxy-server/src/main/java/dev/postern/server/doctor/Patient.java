package dev.postern.server.doctor;

import dev.postern.server.config.Configuration;
import dev.postern.server.config.PolicyConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;

/**
 * What is examined.
 *
 * @param file what commands in remedies call the configuration's file
 * @param now ages are counted up to here
 * @param maxAge how old a credential may be
 */
public record Patient(Configuration configuration, String file, Instant now, Duration maxAge) {

    /** Returns a command line that changes an agent. */
    String agentCommand(String command, String agent) {
        return "postern agent " + command + " " + agent + " --config " + file;
    }

    /** Returns the command line that prints an upstream's role. */
    String roleSql(String upstream) {
        return configuration.policies().values().stream()
                .filter(policy -> policy.upstream().equals(upstream))
                .map(PolicyConfig::name)
                .map(name -> " --policy " + name)
                .collect(Collectors.joining("", "postern role-sql --config " + file, ""));
    }

    /** Returns a time that passed, in the largest unit that tells enough. */
    static String words(Duration age) {
        if (age.toDays() > 0) {
            return age.toDays() + " d";
        }
        return age.toHours() > 0 ? age.toHours() + " h" : Math.max(0, age.toMinutes()) + " min";
    }
}
