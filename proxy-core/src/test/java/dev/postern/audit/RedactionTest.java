package dev.postern.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RedactionTest {

    private static String redacted(String text) {
        return new String(
                Redaction.apply(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    /** The secret is always S3cr3t; whatever else stands there must stay. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER ROLE dana PASSWORD 'S3cr3t'",
                "alter role dana with encrypted password 'S3cr3t' valid until '2027-01-01'",
                "CREATE USER x PASSWORD E'S3cr3t\\'S3cr3t'",
                "CREATE USER x PASSWORD U&'S3cr3t'",
                "CREATE USER x PASSWORD'S3cr3t'",
                "CREATE USER x PASSWORD /* 'no' */ -- 'no'\n 'S3cr3t''S3cr3t'",
                "CREATE USER x PASSWORD $$S3cr3t$$",
                "CREATE USER x PASSWORD $tag$S3cr3t$S3cr3t$tag$ LOGIN",
                "CREATE USER x PASSWORD 'S3cr3t",
                "CREATE USER MAPPING FOR x SERVER s OPTIONS (user 'x', password 'S3cr3t')",
                "CREATE SUBSCRIPTION s CONNECTION 'host=h password=S3cr3t dbname=d' PUBLICATION p",
                "SELECT dblink('host=h password = S3cr3t', 'SELECT 1')",
                "SELECT dblink('host=h password=''S3cr3t x'' user=u', 'SELECT 1')",
                "SELECT dblink('dbname=d passwd=S3cr3t')",
                "SELECT dblink('password=' || 'S3cr3t', 'SELECT 1')",
                "SELECT dblink('postgresql://u:S3cr3t@h/d', 'SELECT 1')",
                "SELECT dblink('postgresql://h/d?user=u&password=S3cr3t')",
                "DO $$ BEGIN EXECUTE 'ALTER ROLE x PASSWORD ''S3cr3t'''; END $$",
                "DO $$ BEGIN ALTER ROLE x PASSWORD 'S3cr3t'; END $$",
                "SELECT dblink($$host=h password=S3cr3t user=u$$)",
                "SELECT 1 /* password=S3cr3t */ -- PASSWORD 'S3cr3t'",
                "SELECT * FROM accounts WHERE password = 'S3cr3t' AND name = 'dana'",
                "SELECT * FROM accounts WHERE \"password\" = 'S3cr3t'",
                "SELECT '{\"user\": \"u\", \"password\": \"S3cr3t\"}'::json",
                "SELECT 1; ALTER ROLE a PASSWORD 'S3cr3t'; ALTER ROLE b PASSWORD 'S3cr3t'"
            })
    void secret_in_a_statement_is_taken_out(String text) {
        assertThat(redacted(text))
                .doesNotContain("S3cr3t")
                .contains("<redacted>")
                .startsWith(text.substring(0, 8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "",
                "w",
                "SELECT password FROM accounts",
                "SELECT password_hash FROM accounts WHERE name = 'dana'",
                "SELECT a.password, b.x FROM a JOIN b ON a.password = b.password WHERE x = 'y'",
                "SELECT * FROM accounts WHERE password = $1",
                "SELECT 'my password' , 'x'",
                "SELECT 'see https://example.com/a?b=c' AS url",
                "SELECT x::text, y FROM www WHERE w = 'w:'",
                "SHOW password_encryption"
            })
    void text_without_secret_stays_the_same_array(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(new String(Redaction.apply(bytes), StandardCharsets.UTF_8)).isEqualTo(text);
        if (!text.contains("password") && !text.contains("://")) {
            assertThat(Redaction.apply(bytes)).isSameAs(bytes);
        }
    }

    @Test
    void words_around_a_secret_stay() {
        assertThat(redacted("ALTER ROLE dana PASSWORD 'x' VALID UNTIL 'y'"))
                .isEqualTo("ALTER ROLE dana PASSWORD '<redacted>' VALID UNTIL 'y'");
        assertThat(redacted("SELECT dblink('host=h password=x user=u', 'SELECT 2')"))
                .isEqualTo("SELECT dblink('host=h password=<redacted> user=u', 'SELECT 2')");
        assertThat(redacted("SELECT 'postgresql://u:x@h/d'"))
                .isEqualTo("SELECT 'postgresql://u:<redacted>@h/d'");
    }

    @Test
    void every_prefix_of_a_statement_is_redacted_without_trouble() {
        String text =
                "CREATE USER x PASSWORD /* c */ E'S3\\'cr' ; SELECT 'password=''S' || $q$://a:b@$q$ -- password '";
        for (int end = 0; end <= text.length(); end++) {
            assertThat(redacted(text.substring(0, end))).doesNotContain("S3");
        }
    }
}
