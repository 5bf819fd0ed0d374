package dev.postern.server.iam;

import dev.postern.server.secrets.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;

/**
 * Passwords for Amazon RDS and Aurora: a presigned request to connect, made without asking anybody
 * but for the credentials it is signed with. Each is for one host.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html">Amazon
 *     RDS, "IAM database authentication"</a>
 */
public final class AwsPasswords implements PasswordSource {

    /** As long as RDS accepts. */
    private static final Duration VALID = Duration.ofMinutes(15);

    private static final String SERVICE = "rds-db";
    private static final String PREFIX = "https://";

    private final AwsCredentialsProvider credentials;
    private final String region;
    private final Clock clock;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    AwsPasswords(AwsCredentialsProvider credentials, String region, Clock clock) {
        this.credentials = credentials;
        this.region = region;
        this.clock = clock;
    }

    /** Uses what the SDK's default chain finds: environment, web identity, container, instance. */
    public static AwsPasswords byDefaultChain(String region, Clock clock) {
        return new AwsPasswords(DefaultCredentialsProvider.builder().build(), region, clock);
    }

    @Override
    public Token fetch(String host, int port, String user) throws TokenUnavailableException {
        try {
            AwsCredentials identity = credentials.resolveCredentials();
            SdkHttpRequest request =
                    SdkHttpRequest.builder()
                            .method(SdkHttpMethod.GET)
                            .protocol("https")
                            .host(host)
                            .port(port)
                            .encodedPath("/")
                            .putRawQueryParameter("DBUser", user)
                            .putRawQueryParameter("Action", "connect")
                            .build();
            String signed =
                    signer.sign(sign ->
                                    sign.identity(identity)
                                            .request(request)
                                            .putProperty(
                                                    AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME,
                                                    SERVICE)
                                            .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                                            .putProperty(
                                                    AwsV4FamilyHttpSigner.AUTH_LOCATION,
                                                    AuthLocation.QUERY_STRING)
                                            .putProperty(
                                                    AwsV4FamilyHttpSigner.EXPIRATION_DURATION,
                                                    VALID)
                                            .putProperty(HttpSigner.SIGNING_CLOCK, clock))
                            .request()
                            .getUri()
                            .toString();
            return new Token(
                    Secret.of(signed.substring(PREFIX.length()).toCharArray()), expires(identity));
        } catch (SdkException | IllegalArgumentException e) {
            throw new TokenUnavailableException("AWS", e);
        }
    }

    /** What was signed with credentials that expire is worth nothing after them. */
    private Instant expires(AwsCredentials identity) {
        Instant latest = clock.instant().plus(VALID);
        return identity.expirationTime().filter(latest::isAfter).orElse(latest);
    }
}
