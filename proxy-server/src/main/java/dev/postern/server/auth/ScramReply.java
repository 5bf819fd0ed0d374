package dev.postern.server.auth;

/** What a message of the client's leads to in a {@link ScramExchange}. */
sealed interface ScramReply {

    /** The server-first-message is to be sent. */
    @SuppressWarnings("ArrayRecordComponent")
    record Challenge(byte[] serverFirst, ScramExchange.ClientFinal next) implements ScramReply {}

    /**
     * The client knows the password; the server-final-message shows it that the server knows the
     * verifier.
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Accepted(byte[] serverFinal) implements ScramReply {}

    /** The client does not know the password. */
    record Rejected() implements ScramReply {}

    /** The message breaks the rules; {@code message} says how and repeats nothing of it. */
    record Malformed(String message) implements ScramReply {}
}
