package dev.postern.server.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;
import org.junit.jupiter.api.Test;

class DenialResponseTest {

    @Test
    void denial_withEverything_isWrittenInItsFields() {
        ErrorResponse error =
                DenialResponse.of(
                        new Denial(
                                Rule.WRITE,
                                SqlState.READ_ONLY_SQL_TRANSACTION,
                                "no",
                                7,
                                "a\"b\\c\nd",
                                "Read."));

        assertThat(error.sqlState()).isEqualTo("25006");
        assertThat(error.message()).isEqualTo("no");
        assertThat(error.hint()).isEqualTo("Read.");
        assertThat(error.position()).isEqualTo(7);
        assertThat(error.detail())
                .startsWith("{\"rule\":\"write\",\"position\":7,\"object\":\"a\\\"b\\\\c\\")
                .endsWith("d\"}")
                .doesNotContain("\n");
    }

    @Test
    void denial_withoutPlaceAndObject_leavesThemOut() {
        ErrorResponse error =
                DenialResponse.of(
                        new Denial(
                                Rule.QUOTA,
                                SqlState.CONFIGURATION_LIMIT_EXCEEDED,
                                "no",
                                0,
                                null,
                                "Wait."));

        assertThat(error.detail()).isEqualTo("{\"rule\":\"quota\"}");
        assertThat(error.position()).isZero();
    }
}
