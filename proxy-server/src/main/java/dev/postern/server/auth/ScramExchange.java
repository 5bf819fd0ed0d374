package dev.postern.server.auth;

import dev.postern.identity.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Supplier;

/**
 * The server's side of one SCRAM-SHA-256 exchange. Each state has the one method that may follow,
 * and takes part in one exchange only.
 *
 * <pre>
 * ClientFirst --onClientFirst--&gt; Challenge(server-first, ClientFinal) | Malformed
 * ClientFinal --onClientFinal--&gt; Accepted(server-final) | Rejected | Malformed
 * </pre>
 *
 * Channel binding is not offered. A client that could bind but was not offered to ({@code y}) is
 * served, one that requires it ({@code p=}) is not. The user name inside the exchange is ignored,
 * as PostgreSQL ignores it: the startup packet's counts. SASLprep of the password is the client's.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5802">RFC 5802</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7677">RFC 7677</a>
 */
sealed interface ScramExchange {

    /** Waits for the client-first-message. */
    record ClientFirst(ScramVerifier verifier, Supplier<String> nonces) implements ScramExchange {

        ScramReply onClientFirst(byte[] message) {
            if (!ScramSyntax.isScramText(message)) {
                return new ScramReply.Malformed("malformed SCRAM message");
            }
            String text = new String(message, StandardCharsets.UTF_8);
            int headerLength = ScramSyntax.gs2HeaderLength(text);
            if (headerLength < 0) {
                return new ScramReply.Malformed(ScramSyntax.gs2HeaderFault(text));
            }
            String bare = text.substring(headerLength);
            String clientNonce = ScramSyntax.nonceOfClientFirst(bare);
            if (clientNonce == null) {
                return new ScramReply.Malformed("malformed SCRAM message");
            }
            String nonce = clientNonce + nonces.get();
            String serverFirst =
                    "r=" + nonce + ",s=" + base64(verifier.salt()) + ",i=" + verifier.iterations();
            return new ScramReply.Challenge(
                    serverFirst.getBytes(StandardCharsets.UTF_8),
                    new ClientFinal(
                            verifier,
                            base64(
                                    text.substring(0, headerLength)
                                            .getBytes(StandardCharsets.UTF_8)),
                            nonce,
                            bare + "," + serverFirst));
        }
    }

    /**
     * Waits for the client-final-message.
     *
     * @param binding what the attribute {@code c} must be: the GS2 header as the client sent it
     * @param nonce what the attribute {@code r} must be
     * @param messages the beginning of the AuthMessage
     */
    record ClientFinal(ScramVerifier verifier, String binding, String nonce, String messages)
            implements ScramExchange {

        ScramReply onClientFinal(byte[] message) {
            if (!ScramSyntax.isScramText(message)) {
                return new ScramReply.Malformed("malformed SCRAM message");
            }
            String text = new String(message, StandardCharsets.UTF_8);
            int proofAt = text.lastIndexOf(",p=");
            byte[] proof =
                    proofAt < 0 ? new byte[0] : ScramSyntax.proof(text.substring(proofAt + 3));
            if (proof.length != ScramSha256.KEY_LENGTH) {
                return new ScramReply.Malformed("malformed SCRAM message");
            }
            String withoutProof = text.substring(0, proofAt);
            String expected = "c=" + binding + ",r=" + nonce;
            if (!withoutProof.equals(expected) && !withoutProof.startsWith(expected + ",")) {
                return new ScramReply.Malformed("invalid SCRAM response");
            }
            String authMessage = messages + "," + withoutProof;
            if (!ScramSha256.proves(verifier, authMessage, proof)) {
                return new ScramReply.Rejected();
            }
            String serverFinal = "v=" + base64(ScramSha256.serverSignature(verifier, authMessage));
            return new ScramReply.Accepted(serverFinal.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Accepts nothing more. */
    record Over() implements ScramExchange {}

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
