package dev.postern.server.config;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An agent as it is about to be written into a file.
 *
 * @param policy the name of its policy
 * @param owner the human answerable for it; {@code null} if none is named
 * @param verifier what its password is checked against
 * @param networks address ranges it may come from; empty: from anywhere
 * @param expires a date or a time as the key {@code expires} takes it; {@code null}: never
 * @param created when the credential was made, to the second
 */
public record AgentEntry(
        String policy,
        @Nullable String owner,
        VerifierText verifier,
        List<String> networks,
        @Nullable String expires,
        Instant created) {

    /**
     * @throws InvalidValueException naming the key, if a value is not one that its key takes
     */
    public AgentEntry {
        networks = List.copyOf(networks);
        created = created.truncatedTo(ChronoUnit.SECONDS);
        check(Keys.AGENT_POLICY, scalar(policy));
        if (owner != null) {
            check(Keys.AGENT_OWNER, scalar(owner));
        }
        if (!networks.isEmpty()) {
            List<YamlNode> elements = new ArrayList<>();
            networks.forEach(network -> elements.add(scalar(network)));
            check(Keys.AGENT_NETWORKS, new YamlNode.Sequence(elements, 0));
        }
        if (expires != null) {
            check(Keys.AGENT_EXPIRES, scalar(expires));
        }
    }

    private static YamlNode scalar(String text) {
        return new YamlNode.Scalar(text, false, 0);
    }

    private static void check(Key<?> key, YamlNode value) {
        try {
            key.type().read(value);
        } catch (ValueType.Malformed e) {
            throw new InvalidValueException(key.name(), e.problem());
        }
    }

    /** Returns the moment that {@link #expires} means. */
    @Nullable Instant expiry() {
        try {
            return expires == null ? null : Keys.AGENT_EXPIRES.type().read(scalar(expires));
        } catch (ValueType.Malformed e) {
            throw new IllegalStateException("checked by the constructor", e);
        }
    }

    /** Returns keys and values as YAML, in order; every value is quoted where it needs to be. */
    Map<String, String> yaml() {
        Map<String, String> yaml = new LinkedHashMap<>();
        yaml.put(Keys.AGENT_POLICY.name(), quoted(policy));
        if (owner != null) {
            yaml.put(Keys.AGENT_OWNER.name(), quoted(owner));
        }
        yaml.put(Keys.AGENT_CREATED.name(), quoted(created.toString()));
        yaml.put(Keys.AGENT_VERIFIER.name(), quoted(verifier.text()));
        if (!networks.isEmpty()) {
            yaml.put(
                    Keys.AGENT_NETWORKS.name(),
                    "["
                            + String.join(", ", networks.stream().map(AgentEntry::quoted).toList())
                            + "]");
        }
        if (expires != null) {
            yaml.put(
                    Keys.AGENT_EXPIRES.name(),
                    expires.length() > "2027-03-01".length() ? quoted(expires) : expires);
        }
        return yaml;
    }

    /** Writes a scalar so that every reader of YAML takes it for this text. */
    static String quoted(String text) {
        return text.matches("[A-Za-z_][A-Za-z0-9_-]*")
                        && !text.matches("(?i)y|n|yes|no|on|off|true|false|null")
                ? text
                : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
