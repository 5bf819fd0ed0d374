package dev.postern.server.roles;

import dev.postern.policy.Reach;
import dev.postern.server.config.PolicyConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a role is to be made for.
 *
 * @param role its name
 * @param upstream the upstream that uses it
 * @param policies what it is to read, the union of what each opens; at least one
 * @param others names of policies that use the same role and are not among these
 * @param creators roles that will create tables, beside those that own what is there
 * @param databases what the policies open, in order; at least one
 */
public record RoleRequest(
        String role,
        String upstream,
        List<PolicyConfig> policies,
        List<String> others,
        List<String> creators,
        List<Database> databases) {

    public RoleRequest {
        policies = List.copyOf(policies);
        others = List.copyOf(others);
        creators = List.copyOf(creators);
        databases = List.copyOf(databases);
    }

    /**
     * A database that policies open.
     *
     * @param known what it holds; {@code null} if no server was asked
     */
    public record Database(String name, @Nullable Known known) {}

    /**
     * What a server said of a database.
     *
     * @param host {@code host:port} that answered
     * @param version of PostgreSQL, the major one
     * @param reach what the policies open
     * @param privileges who holds what
     */
    public record Known(String host, int version, Reach reach, Privileges privileges) {}

    /** Returns the policies that open a database. */
    List<PolicyConfig> policiesOf(Database database) {
        return policies.stream()
                .filter(policy -> policy.databases().contains(database.name()))
                .toList();
    }
}
