package dev.postern.server.auth;

import dev.postern.identity.Agent;
import dev.postern.identity.AgentDirectory;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides who may log in. Safe for use by any thread. */
public final class Authenticator {

    /** What AuthenticationSASL offers, most wanted first. */
    public static final List<String> MECHANISMS = List.of(ScramSha256.NAME);

    private static final int NONCE_LENGTH = 18;

    private final AgentDirectory agents;
    private final MockVerifiers mockVerifiers;
    private final InstantSource clock;
    private final Supplier<String> nonces;

    /**
     * Makes an authenticator.
     *
     * @param agents asked once for each login
     * @param mockVerifiers what logins as unknown agents run against
     * @param clock what credentials' ends are compared with
     */
    public Authenticator(AgentDirectory agents, MockVerifiers mockVerifiers, InstantSource clock) {
        this(agents, mockVerifiers, clock, nonces(new SecureRandom()));
    }

    Authenticator(
            AgentDirectory agents,
            MockVerifiers mockVerifiers,
            InstantSource clock,
            Supplier<String> nonces) {
        this.agents = agents;
        this.mockVerifiers = mockVerifiers;
        this.clock = clock;
        this.nonces = nonces;
    }

    /**
     * Begins a login.
     *
     * @param name what the agent claims to be
     * @param from where it connects from; {@code null} if that is no address, which fits no network
     */
    public Login begin(String name, @Nullable InetAddress from) {
        Agent agent = agents.find(name);
        // Made for every login, so that an unknown name takes no longer than a known one.
        var mock = mockVerifiers.of(name);
        return agent == null
                ? new Login(null, LoginFault.UNKNOWN_AGENT, mock, nonces)
                : new Login(agent, admit(agent, from), agent.verifier(), nonces);
    }

    private @Nullable LoginFault admit(Agent agent, @Nullable InetAddress from) {
        if (!agent.networks().isEmpty()
                && (from == null
                        || agent.networks().stream()
                                .noneMatch(network -> network.contains(from)))) {
            return LoginFault.NETWORK;
        }
        Instant expires = agent.expires();
        return expires != null && !clock.instant().isBefore(expires) ? LoginFault.EXPIRED : null;
    }

    private static Supplier<String> nonces(SecureRandom random) {
        return () -> {
            byte[] bytes = new byte[NONCE_LENGTH];
            random.nextBytes(bytes);
            return Base64.getEncoder().encodeToString(bytes);
        };
    }
}
