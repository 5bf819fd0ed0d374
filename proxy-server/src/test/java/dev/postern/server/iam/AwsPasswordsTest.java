package dev.postern.server.iam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Constructor;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.rds.RdsUtilities;

class AwsPasswordsTest {

    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2016-11-07T17:39:33Z"), ZoneOffset.UTC);
    private static final AwsCredentials BASIC =
            AwsBasicCredentials.create("access_key", "secret_key");
    private static final AwsCredentials SESSION =
            AwsSessionCredentials.create("access_key", "secret_key", "tok/en+with=signs");

    private static PasswordSource.Token fetch(
            AwsCredentials credentials, String region, String host, int port, String user)
            throws TokenUnavailableException {
        return new AwsPasswords(StaticCredentialsProvider.create(credentials), region, CLOCK)
                .fetch(host, port, user);
    }

    private static String text(PasswordSource.Token token) {
        return new String(token.password().chars());
    }

    /** The SDK's own test of RdsUtilities has this signature. */
    @Test
    void sdksVector_signed_hasItsSignature() throws Exception {
        assertThat(
                        parts(
                                text(
                                        fetch(
                                                BASIC,
                                                "us-east-1",
                                                "host.us-east-1.amazonaws.com",
                                                3306,
                                                "mySQLUser"))))
                .isEqualTo(
                        parts(
                                "host.us-east-1.amazonaws.com:3306/?DBUser=mySQLUser&Action=connect"
                                        + "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20161107T173933Z"
                                        + "&X-Amz-SignedHeaders=host&X-Amz-Expires=900"
                                        + "&X-Amz-Credential=access_key%2F20161107%2Fus-east-1%2Frds-db%2Faws4_request"
                                        + "&X-Amz-Signature=87ab58107ef49f1c311a412f98b7f976b0b5152ffb559f0d36c6c9a0c5e0e362"));
    }

    @ParameterizedTest
    @CsvSource({
        "false, us-east-1, db.abc.us-east-1.rds.amazonaws.com, 5432, reader",
        "true, eu-central-1, db.abc.eu-central-1.rds.amazonaws.com, 5433, postern reader+ä",
        "true, cn-north-1, db.abc.cn-north-1.rds.amazonaws.com.cn, 5432, a@b"
    })
    void anyRequest_signed_isWhatTheSdkSigns(
            boolean session, String region, String host, int port, String user) throws Exception {
        AwsCredentials credentials = session ? SESSION : BASIC;

        assertThat(parts(text(fetch(credentials, region, host, port, user))))
                .isEqualTo(
                        parts(
                                utilities(credentials, region)
                                        .generateAuthenticationToken(request ->
                                                request.hostname(host).port(port).username(user))));
    }

    /** RdsUtilities lets nobody but its own tests set its clock. */
    private static RdsUtilities utilities(AwsCredentials credentials, String region)
            throws ReflectiveOperationException {
        RdsUtilities.Builder builder =
                RdsUtilities.builder()
                        .credentialsProvider(StaticCredentialsProvider.create(credentials))
                        .region(Region.of(region));
        Constructor<?> constructor =
                Arrays.stream(
                                Class.forName(
                                                "software.amazon.awssdk.services.rds.DefaultRdsUtilities")
                                        .getDeclaredConstructors())
                        .filter(one -> one.getParameterCount() == 2)
                        .findFirst()
                        .orElseThrow();
        constructor.setAccessible(true);
        return (RdsUtilities) constructor.newInstance(builder, CLOCK);
    }

    /** Host and parameters, whose order says nothing. */
    private static Map<String, String> parts(String token) {
        Map<String, String> parts = new TreeMap<>();
        int query = token.indexOf('?');
        parts.put("", token.substring(0, query));
        for (String parameter : token.substring(query + 1).split("&", -1)) {
            String[] pair = parameter.split("=", 2);
            parts.put(pair[0], pair[1]);
        }
        return parts;
    }

    @Test
    void token_expires_withItsCredentialsOrAfterQuarterOfAnHour() throws Exception {
        assertThat(fetch(BASIC, "us-east-1", "h", 1, "u").expires())
                .isEqualTo(CLOCK.instant().plusSeconds(900));
        AwsCredentials brief =
                AwsSessionCredentials.builder()
                        .accessKeyId("a")
                        .secretAccessKey("s")
                        .sessionToken("t")
                        .expirationTime(CLOCK.instant().plusSeconds(60))
                        .build();
        assertThat(fetch(brief, "us-east-1", "h", 1, "u").expires())
                .isEqualTo(CLOCK.instant().plusSeconds(60));
    }

    @Test
    void noCredentials_fetch_saysWhy() {
        AwsPasswords passwords =
                new AwsPasswords(
                        () -> {
                            throw SdkClientException.create("nothing\nfound");
                        },
                        "us-east-1",
                        CLOCK);

        assertThatThrownBy(() -> passwords.fetch("h", 1, "u"))
                .isInstanceOf(TokenUnavailableException.class)
                .hasMessage("AWS gives no token: nothing found");
    }

    @Test
    void token_printed_isNotShown() throws Exception {
        assertThat(fetch(BASIC, "us-east-1", "h", 1, "u").toString())
                .doesNotContain("X-Amz-Signature");
    }
}
