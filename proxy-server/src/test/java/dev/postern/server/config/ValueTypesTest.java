package dev.postern.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.identity.Network;
import dev.postern.identity.ScramVerifier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTypesTest {

    private static <T> T read(ValueType<T> type, String text) throws ValueType.Malformed {
        return type.read(new YamlNode.Scalar(text, true, 1));
    }

    private static String problem(ValueType<?> type, String text) {
        try {
            return "accepted as " + read(type, text);
        } catch (ValueType.Malformed e) {
            return e.problem();
        }
    }

    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "30s,PT30S", "5m,PT5M", "1h,PT1H", "1d,PT24H", "1ms,PT0.001S"})
    void durationWithUnit_read_isThatLong(String text, Duration duration)
            throws ValueType.Malformed {
        assertThat(read(ValueTypes.duration(Duration.ofMillis(1), Duration.ofDays(1)), text))
                .isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30|\"30\": it has no unit",
                "1.5s|\"1.5s\"",
                "-1s|\"-1s\"",
                "0s|\"0s\"",
                "25h|\"25h\"",
                "1 s|\"1 s\"",
                "1S|\"1S\"",
                "99999999999999999999s|\"99999999999999999999s\"",
                "9999999999d|\"9999999999d\""
            })
    void duration_readFromAnythingElse_isRefused(String text, String ending) {
        assertThat(problem(ValueTypes.duration(Duration.ofMillis(1), Duration.ofDays(1)), text))
                .startsWith("must be a duration from 1ms to 1d, such as 500ms, 30s, 5m or 1h, not ")
                .endsWith(ending);
    }

    @ParameterizedTest
    @CsvSource({"1B,1", "64KiB,65536", "256MiB,268435456", "1GiB,1073741824"})
    void sizeWithUnit_read_isThatManyBytes(String text, long bytes) throws ValueType.Malformed {
        assertThat(read(ValueTypes.size(1, 1L << 30), text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "64KB|\"64KB\": KiB is 1024 bytes, MiB 1024 KiB, GiB 1024 MiB",
                "1M|\"1M\": KiB is 1024 bytes, MiB 1024 KiB, GiB 1024 MiB",
                "65536|\"65536\": it has no unit",
                "0B|\"0B\"",
                "2GiB|\"2GiB\"",
                "9999999999GiB|\"9999999999GiB\""
            })
    void size_readFromAnythingElse_isRefused(String text, String ending) {
        assertThat(problem(ValueTypes.size(1, 1L << 30), text))
                .startsWith("must be a size from 1B to 1GiB, such as 64KiB, 16MiB or 1GiB, not ")
                .endsWith(ending);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "no", "on", "off", "True", "1", "y"})
    void boolean_readFromYamlsOtherWords_isRefused(String text) {
        assertThat(problem(ValueTypes.bool(), text))
                .isEqualTo("must be true or false, not \"" + text + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "010",
                "0x10",
                "1e3",
                "1_000",
                "1.0",
                "+1",
                "-1",
                "11",
                "999999999999999999999"
            })
    void wholeNumber_readFromAnythingElse_isRefused(String text) {
        assertThat(problem(ValueTypes.integer(0, 10), text))
                .isEqualTo("must be a whole number from 0 to 10, not \"" + text + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "2027-03-01,2027-03-01T00:00:00Z",
        "2027-03-01T18:00:00Z,2027-03-01T18:00:00Z",
        "2027-03-01T18:00:00+02:00,2027-03-01T16:00:00Z"
    })
    void dateOrTime_read_isThatMoment(String text, Instant instant) throws ValueType.Malformed {
        assertThat(read(ValueTypes.instant(), text)).isEqualTo(instant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "2027-02-30", "01.03.2027", "2027-03-01T18:00:00", "2027"})
    void instant_readFromAnythingElse_isRefused(String text) {
        assertThat(problem(ValueTypes.instant(), text))
                .startsWith("must be a date such as 2027-03-01");
    }

    @Test
    void noValue_read_isRefusedWithTheAcceptedForm() {
        assertThat(problem(ValueTypes.bool(), ""))
                .isEqualTo("has no value; expected true or false");
        assertThat(problem(ValueTypes.host(), "null")).startsWith("has no value");
    }

    @Test
    void listOrMapping_readAsScalar_isRefused() {
        assertThatThrownBy(() -> ValueTypes.bool().read(new YamlNode.Sequence(List.of(), 1)))
                .hasMessage("must be true or false, not a list");
        assertThatThrownBy(() -> ValueTypes.bool().read(new YamlNode.Mapping(List.of(), 1)))
                .hasMessage("must be true or false, not a mapping");
        assertThatThrownBy(() -> ValueTypes.secret().read(new YamlNode.Mapping(List.of(), 1)))
                .hasMessageStartingWith("must be a reference to a secret");
        assertThatThrownBy(() -> ValueTypes.verifier().read(new YamlNode.Sequence(List.of(), 1)))
                .hasMessageStartingWith("must be a verifier");
    }

    @Test
    void listWithWrongOrRepeatedElement_read_isRefusedWithItsPlace() {
        ValueType<List<HostPort>> type = ValueTypes.listOf(ValueTypes.hostPort(), 1, 2);
        YamlNode good = new YamlNode.Scalar("a:1", true, 1);

        assertThatThrownBy(() -> type.read(new YamlNode.Sequence(List.of(good, good), 1)))
                .hasMessage("element 2 repeats an earlier one");
        assertThatThrownBy(() ->
                        type.read(
                                new YamlNode.Sequence(
                                        List.of(new YamlNode.Scalar("a:b", true, 1)), 1)))
                .hasMessageStartingWith("element 1 must be host:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:0", "a:65536", "2001:db8::1", "[::1", "a b", "a/b", ":5432"})
    void host_readFromAnythingElse_isRefused(String text) {
        assertThat(problem(ValueTypes.hostPort(), text)).startsWith("must be host:port");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/8",
                "10.1.2.3",
                "0.0.0.0/0",
                "::/0",
                "2001:db8::/32",
                "::1",
                "192.168.1.128/25"
            })
    void addressRange_read_isOneForTheIdentityPackageToo(String text) throws ValueType.Malformed {
        assertThat(read(ValueTypes.network(), text)).isEqualTo(text);
        assertThat(Network.parse(text)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1/8",
                "10.0.0.0/33",
                "10.0.0",
                "256.0.0.1",
                "db.example.com",
                "10.0.0.0/",
                "::1/129",
                "",
                "/8"
            })
    void addressRange_readFromAnythingElse_isRefused(String text) {
        assertThat(problem(ValueTypes.network(), text)).doesNotStartWith("accepted");
    }

    @Test
    void verifier_read_isOneForTheIdentityPackageToo() throws ValueType.Malformed {
        VerifierText verifier = read(ValueTypes.verifier(), Configurations.VERIFIER);

        assertThat(ScramVerifier.parse(verifier.text()).encode())
                .isEqualTo(Configurations.VERIFIER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "md5d41d8cd98f00b204e9800998ecf8427e",
                "SCRAM-SHA-256$4095:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "SCRAM-SHA-256$4096:AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$AAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:A==="
            })
    void verifier_readFromAnythingElse_isRefusedWithoutRepeatingIt(String text) {
        assertThat(problem(ValueTypes.verifier(), text))
                .startsWith("must be a verifier")
                .doesNotContain(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "${hunter2}",
                "$hunter2",
                "${ENV:hunter2}",
                "x${env:hunter2}",
                "${env:}"
            })
    void secret_readFromAnythingElse_isRefusedWithoutRepeatingIt(String text) {
        assertThat(problem(ValueTypes.secret(), text))
                .startsWith("must be a reference to a secret")
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg_sleep(*)",
                "*.*",
                "p*.f(*)",
                "public.f(*",
                "public.f(int,)",
                "public.f(*) ",
                "public.f; x"
            })
    void function_readFromAnythingElse_isRefused(String text) {
        assertThat(problem(ValueTypes.function(), text))
                .startsWith("must be functions with their schema");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "public.distance",
                "public.distance(*)",
                "public.distance()",
                "public.distance(text, integer[])",
                "public.f(double precision,pg_catalog.int4)",
                "geo.*",
                "geo.st_*(*)"
            })
    void function_read_isWhatThePolicyTakes(String text) throws ValueType.Malformed {
        assertThat(read(ValueTypes.function(), text)).isEqualTo(text);
    }

    @Test
    void longValue_refused_isRepeatedInPart() {
        assertThat(problem(ValueTypes.bool(), "x\n".repeat(500)))
                .hasSizeLessThan(120)
                .doesNotContain("\n")
                .endsWith("…\"");
    }

    @Test
    void recordsThatHoldVerifiers_printed_doNotShowThem() {
        VerifierText verifier = new VerifierText(Configurations.VERIFIER);
        AgentConfig agent =
                new AgentConfig("bot", "reporting", null, verifier, List.of(), null, null);

        assertThat(verifier).hasToString("VerifierText[redacted]");
        assertThat(agent.toString()).contains("bot").doesNotContain("SCRAM").doesNotContain("AAAA");
    }
}
