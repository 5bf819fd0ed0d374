package dev.postern.server.auth;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import dev.postern.identity.ScramVerifier;

/** Verifiers of known passwords, computed by another implementation. */
public final class TestVerifiers {

    private static final ScramMechanism SHA_256 = ScramMechanism.SCRAM_SHA_256;

    private TestVerifiers() {}

    public static ScramVerifier of(String password, byte[] salt, int iterations) {
        byte[] salted =
                ScramFunctions.saltedPassword(
                        SHA_256,
                        StringPreparation.POSTGRESQL_PREPARATION,
                        password.toCharArray(),
                        salt,
                        iterations);
        return new ScramVerifier(
                iterations,
                salt,
                ScramFunctions.storedKey(SHA_256, ScramFunctions.clientKey(SHA_256, salted)),
                ScramFunctions.serverKey(SHA_256, salted));
    }
}
