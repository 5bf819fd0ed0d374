package dev.postern.server.iam;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.AzureException;
import com.azure.identity.DefaultAzureCredentialBuilder;
import dev.postern.server.secrets.Secret;

/**
 * Passwords for Azure Database for PostgreSQL: access tokens of Microsoft Entra ID.
 *
 * @see <a
 *     href="https://learn.microsoft.com/azure/postgresql/flexible-server/how-to-configure-sign-in-azure-ad-authentication">Azure
 *     Database for PostgreSQL, "Use Microsoft Entra ID for authentication"</a>
 */
public final class AzurePasswords implements PasswordSource {

    private static final String SCOPE = "https://ossrdbms-aad.database.windows.net/.default";

    private final TokenCredential credential;

    AzurePasswords(TokenCredential credential) {
        this.credential = credential;
    }

    /**
     * Uses what the SDK's default chain finds: environment, workload identity, managed identity.
     */
    public static AzurePasswords byDefaultChain() {
        return new AzurePasswords(new DefaultAzureCredentialBuilder().build());
    }

    @Override
    public Token fetch(String host, int port, String user) throws TokenUnavailableException {
        try {
            AccessToken token = credential.getTokenSync(new TokenRequestContext().addScopes(SCOPE));
            return new Token(
                    Secret.of(token.getToken().toCharArray()), token.getExpiresAt().toInstant());
        } catch (AzureException | IllegalStateException | IllegalArgumentException e) {
            throw new TokenUnavailableException("Azure", e);
        }
    }
}
