package dev.postern.server.iam;

import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import dev.postern.server.secrets.Secret;
import java.io.IOException;
import java.util.Date;

/**
 * Passwords for Google Cloud SQL: access tokens that can do nothing but log in to a database.
 *
 * @see <a href="https://cloud.google.com/sql/docs/postgres/iam-logins">Cloud SQL, "Log in using IAM
 *     database authentication"</a>
 */
public final class GcpPasswords implements PasswordSource {

    private static final String SCOPE = "https://www.googleapis.com/auth/sqlservice.login";

    private final CredentialsSupplier found;

    /** Finds credentials. */
    @FunctionalInterface
    interface CredentialsSupplier {
        GoogleCredentials get() throws IOException;
    }

    GcpPasswords(CredentialsSupplier found) {
        this.found = found;
    }

    /** Uses what the SDK's application default credentials are. */
    public static GcpPasswords byDefaultChain() {
        return new GcpPasswords(GoogleCredentials::getApplicationDefault);
    }

    @Override
    public Token fetch(String host, int port, String user) throws TokenUnavailableException {
        try {
            AccessToken token = found.get().createScoped(SCOPE).refreshAccessToken();
            Date expires = token.getExpirationTime();
            if (expires == null) {
                throw new IOException("it does not say when the token expires");
            }
            return new Token(Secret.of(token.getTokenValue().toCharArray()), expires.toInstant());
        } catch (IOException | IllegalStateException e) {
            throw new TokenUnavailableException("Google Cloud", e);
        }
    }
}
