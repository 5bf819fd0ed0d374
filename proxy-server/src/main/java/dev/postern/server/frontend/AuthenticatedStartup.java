package dev.postern.server.frontend;

import dev.postern.identity.Agent;
import dev.postern.identity.Principal;
import dev.postern.protocol.ProtocolVersion;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection once its agent has authenticated.
 *
 * @param agent who it is
 * @param database what it asked to be connected to
 * @param settings the run-time parameters it asked for, all of them allowed: names in lower case,
 *     in the order in which they take effect
 * @param protocolVersion what both sides speak from here on: 3.0 to 3.2
 * @param client address and port it comes from
 * @param tls the TLS version, such as {@code TLSv1.3}; {@code null} without TLS
 * @param declared what the agent says of itself
 */
public record AuthenticatedStartup(
        Agent agent,
        String database,
        Map<String, String> settings,
        ProtocolVersion protocolVersion,
        String client,
        @Nullable String tls,
        Declared declared) {

    public AuthenticatedStartup {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /**
     * What an agent declares in startup parameters, unverified.
     *
     * @param human {@code postern.human}: on whose behalf it acts; {@code null} if it does not say
     * @param task {@code postern.task}: what it is working on; {@code null} if it does not say
     * @param prompt {@code postern.prompt}: a reference to the prompt that led here; {@code null}
     *     if it does not say
     */
    public record Declared(
            @Nullable String human, @Nullable String task, @Nullable String prompt) {}

    /**
     * Returns who asks: with the declared human, which is the closer one, or else the owner of the
     * credential.
     */
    public Principal principal() {
        if (declared.human() != null) {
            return principal(declared.human(), Principal.HumanSource.DECLARED);
        }
        return agent.owner() != null
                ? principal(agent.owner(), Principal.HumanSource.CREDENTIAL)
                : principal(null, null);
    }

    private Principal principal(@Nullable String human, Principal.@Nullable HumanSource source) {
        return new Principal(agent.name(), human, source, declared.task(), declared.prompt());
    }
}
