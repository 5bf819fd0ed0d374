package dev.postern.server.auth;

import dev.postern.identity.Agent;

/** What a message of the agent's leads to while it authenticates. */
public sealed interface LoginReply {

    /** AuthenticationSASLContinue is to be sent, and one more message awaited. */
    @SuppressWarnings("ArrayRecordComponent")
    record Challenge(byte[] data) implements LoginReply {}

    /** AuthenticationSASLFinal and AuthenticationOk are to be sent. */
    @SuppressWarnings("ArrayRecordComponent")
    record Accepted(Agent agent, byte[] data) implements LoginReply {}

    /**
     * The login failed; the agent is told {@link dev.postern.protocol.SqlState#INVALID_PASSWORD},
     * whatever the fault.
     */
    record Refused(LoginFault fault) implements LoginReply {}

    /** The message breaks the protocol; the agent is told {@code message}. */
    record Malformed(String message) implements LoginReply {}
}
