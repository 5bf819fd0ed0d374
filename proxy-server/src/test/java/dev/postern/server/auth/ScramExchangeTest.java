package dev.postern.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.postern.identity.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example of RFC 7677, section 3, and what may deviate from it. */
class ScramExchangeTest {

    private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String CLIENT_FIRST = "n,,n=user,r=" + CLIENT_NONCE;
    private static final String WITHOUT_PROOF = "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE;
    private static final String PROOF = ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final ScramVerifier VERIFIER =
            TestVerifiers.of(
                    "pencil", Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);

    private static ScramReply first(String message) {
        return new ScramExchange.ClientFirst(VERIFIER, () -> SERVER_NONCE)
                .onClientFirst(bytes(message));
    }

    private static ScramReply last(String clientFirst, String clientFinal) {
        assertThat(first(clientFirst)).isInstanceOf(ScramReply.Challenge.class);
        return ((ScramReply.Challenge) first(clientFirst)).next().onClientFinal(bytes(clientFinal));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void clientFirst_ofRfc7677_isAnsweredAsThere() {
        assertThat(first(CLIENT_FIRST))
                .asInstanceOf(type(ScramReply.Challenge.class))
                .extracting(
                        challenge -> new String(challenge.serverFirst(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "r=" + CLIENT_NONCE + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    }

    @Test
    void clientFinal_ofRfc7677_isAccepted() {
        assertThat(last(CLIENT_FIRST, WITHOUT_PROOF + PROOF))
                .asInstanceOf(type(ScramReply.Accepted.class))
                .extracting(accepted -> new String(accepted.serverFinal(), StandardCharsets.UTF_8))
                .isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    @Test
    void proof_ofOneOtherBit_isRejected() {
        assertThat(last(CLIENT_FIRST, WITHOUT_PROOF + PROOF.replace("=dHz", "=eHz")))
                .isEqualTo(new ScramReply.Rejected());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n,,n=user,r=abc,x=extension",
                "n,,n=,r=abc",
                "y,,n=user,r=abc",
                "n,,n=us=2Cer,r=abc"
            })
    void clientFirst_otherValidForm_isAnswered(String message) {
        assertThat(first(message)).isInstanceOf(ScramReply.Challenge.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n",
                "n,",
                "n,,",
                "n,,r=abc",
                "n,,n=user",
                "n,,n=user,r=",
                "n,,n=user,r=a c",
                "n,,n=user,r=é",
                "n,,r=abc,n=user",
                "n,,m=must,n=user,r=abc",
                "n,,n=user,r=abc,",
                "n,,n=user,r=abc,extension",
                "n,a=other,n=user,r=abc",
                "p=tls-server-end-point,,n=user,r=abc",
                "x,,n=user,r=abc",
                "n,,n=us\0er,r=abc"
            })
    void clientFirst_broken_isMalformed(String message) {
        assertThat(first(message)).isInstanceOf(ScramReply.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                WITHOUT_PROOF,
                WITHOUT_PROOF + ",p=",
                WITHOUT_PROOF + ",p=####",
                WITHOUT_PROOF + ",p=AAAA",
                WITHOUT_PROOF + PROOF + ",x=y",
                "c=eSws,r=" + CLIENT_NONCE + SERVER_NONCE + PROOF,
                "c=biws,r=" + CLIENT_NONCE + PROOF,
                "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE + "x" + PROOF,
                "r=" + CLIENT_NONCE + SERVER_NONCE + ",c=biws" + PROOF
            })
    void clientFinal_broken_isMalformed(String message) {
        assertThat(last(CLIENT_FIRST, message)).isInstanceOf(ScramReply.Malformed.class);
    }

    @Test
    void clientFinal_withoutTheFlagOfItsFirst_isMalformed() {
        // A client that could bind sent 'y'; someone in between made it 'n'.
        assertThat(last("y,,n=user,r=" + CLIENT_NONCE, WITHOUT_PROOF + PROOF))
                .isInstanceOf(ScramReply.Malformed.class);
    }
}
