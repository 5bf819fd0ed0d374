package dev.postern.server.auth;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import dev.postern.identity.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The server's arithmetic of SCRAM-SHA-256.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5802#section-3">RFC 5802, "SCRAM Algorithm
 *     Overview"</a>
 */
final class ScramSha256 {

    /** The mechanism's name. */
    static final String NAME = "SCRAM-SHA-256";

    /** Bytes of a hash, a key and a proof. */
    static final int KEY_LENGTH = 32;

    private ScramSha256() {}

    static byte[] hmac(byte[] key, byte[] message) {
        return ScramFunctions.hmac(ScramMechanism.SCRAM_SHA_256, key, message);
    }

    /**
     * Tells whether the proof was made by someone who knows the password; takes the same time
     * either way.
     */
    static boolean proves(ScramVerifier verifier, String authMessage, byte[] proof) {
        byte[] storedKey = verifier.storedKey();
        byte[] clientKey = hmac(storedKey, authMessage.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < KEY_LENGTH; i++) {
            clientKey[i] ^= proof[i];
        }
        return MessageDigest.isEqual(
                storedKey, ScramFunctions.hash(ScramMechanism.SCRAM_SHA_256, clientKey));
    }

    static byte[] serverSignature(ScramVerifier verifier, String authMessage) {
        return hmac(verifier.serverKey(), authMessage.getBytes(StandardCharsets.UTF_8));
    }
}
