package dev.postern.server.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import dev.postern.identity.ScramVerifier;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeneratedCredentialTest {

    /** As an independent implementation derives it, SASLprep included. */
    @Test
    void credential_made_isWhatAnotherScramImplementationMakesOfItsPassword() {
        GeneratedCredential credential = GeneratedCredential.create();
        ScramVerifier verifier = credential.verifier();
        byte[] salted =
                ScramFunctions.saltedPassword(
                        ScramMechanism.SCRAM_SHA_256,
                        StringPreparation.POSTGRESQL_PREPARATION,
                        credential.password().chars(),
                        verifier.salt(),
                        verifier.iterations());

        assertThat(verifier.iterations()).isEqualTo(4096);
        assertThat(verifier.salt()).hasSize(16);
        assertThat(verifier.storedKey())
                .isEqualTo(
                        ScramFunctions.storedKey(
                                ScramMechanism.SCRAM_SHA_256,
                                ScramFunctions.clientKey(ScramMechanism.SCRAM_SHA_256, salted)));
        assertThat(verifier.serverKey())
                .isEqualTo(ScramFunctions.serverKey(ScramMechanism.SCRAM_SHA_256, salted));
    }

    /** The example of RFC 7677, section 3. */
    @Test
    void knownPassword_derived_provesWhatTheStandardSays() {
        ScramVerifier verifier =
                GeneratedCredential.verifier(
                        "pencil".toCharArray(),
                        Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="),
                        4096);

        assertThat(
                        ScramFunctions.serverSignature(
                                ScramMechanism.SCRAM_SHA_256,
                                verifier.serverKey(),
                                "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"))
                .isEqualTo(
                        Base64.getDecoder().decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    }

    @Test
    void passwords_made_areLongAndDifferent() {
        Set<String> passwords = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            passwords.add(new String(GeneratedCredential.create().password().chars()));
        }

        assertThat(passwords)
                .hasSize(50)
                .allMatch(password -> password.matches("[A-HJ-NP-Za-hjkm-z2-9]{32}"));
        double bits = 32 * Math.log(55) / Math.log(2);
        assertThat(bits).isGreaterThan(160);
    }
}
