package dev.postern.server.auth;

import dev.postern.identity.Agent;
import dev.postern.identity.ScramVerifier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to log in: two messages from the agent. Used by one thread.
 *
 * <p>A login that is bound to fail for another reason than its password takes the same course as
 * one with a wrong password, and ends with the same reply.
 */
public final class Login {

    private final @Nullable Agent agent;
    private final @Nullable LoginFault fault;
    private ScramExchange exchange;

    Login(
            @Nullable Agent agent,
            @Nullable LoginFault fault,
            ScramVerifier verifier,
            Supplier<String> nonces) {
        this.agent = agent;
        this.fault = fault;
        this.exchange = new ScramExchange.ClientFirst(verifier, nonces);
    }

    /**
     * Takes what a SASLInitialResponse or SASLResponse carries.
     *
     * @throws IllegalStateException if the login is over
     */
    public LoginReply onMessage(byte[] data) {
        ScramReply reply =
                switch (exchange) {
                    case ScramExchange.ClientFirst first -> first.onClientFirst(data);
                    case ScramExchange.ClientFinal last -> last.onClientFinal(data);
                    case ScramExchange.Over() ->
                            throw new IllegalStateException("the login is over");
                };
        exchange =
                reply instanceof ScramReply.Challenge challenge
                        ? challenge.next()
                        : new ScramExchange.Over();
        return switch (reply) {
            case ScramReply.Challenge challenge ->
                    new LoginReply.Challenge(challenge.serverFirst());
            case ScramReply.Accepted accepted -> conclude(accepted.serverFinal());
            case ScramReply.Rejected() ->
                    new LoginReply.Refused(fault == null ? LoginFault.WRONG_PASSWORD : fault);
            case ScramReply.Malformed(String message) -> new LoginReply.Malformed(message);
        };
    }

    private LoginReply conclude(byte[] serverFinal) {
        if (fault != null) {
            return new LoginReply.Refused(fault);
        }
        return agent == null
                ? new LoginReply.Refused(LoginFault.UNKNOWN_AGENT)
                : new LoginReply.Accepted(agent, serverFinal);
    }
}
