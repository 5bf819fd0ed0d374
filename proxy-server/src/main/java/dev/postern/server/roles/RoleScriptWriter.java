package dev.postern.server.roles;

import static dev.postern.server.roles.SqlNames.role;

import dev.postern.server.config.PolicyConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Writes the script for a role. The same request gives the same script; running it twice does what
 * running it once does, and what the role held before and the policies do not open is gone
 * afterwards. Each database is one transaction, so that nobody sees the role without its grants.
 */
public final class RoleScriptWriter {

    private final RoleRequest request;
    private final ScriptLines lines = new ScriptLines();
    private final List<String> warnings;
    private final Map<String, PolicyScope> scopes = new HashMap<>();

    private RoleScriptWriter(RoleRequest request) {
        this.request = request;
        request.policies().forEach(policy -> scopes.put(policy.name(), new PolicyScope(policy)));
        warnings = RoleWarnings.of(request, scopes);
    }

    /** Writes a script. */
    public static RoleScript write(RoleRequest request) {
        RoleScriptWriter writer = new RoleScriptWriter(request);
        writer.header();
        writer.lines.connect(request.databases().getFirst().name());
        RoleSection.write(request, writer.lines);
        request.databases().forEach(writer::database);
        writer.footer();
        return new RoleScript(writer.lines.lines(), writer.warnings);
    }

    private void header() {
        String names =
                request.policies().stream()
                        .map(PolicyConfig::name)
                        .collect(Collectors.joining(", "));
        lines.comment(
                "Made by postern role-sql: what role "
                        + request.role()
                        + " of upstream "
                        + request.upstream()
                        + " needs for "
                        + (request.policies().size() == 1 ? "policy " : "policies ")
                        + names
                        + ", and no more.");
        for (RoleRequest.Database database : request.databases()) {
            RoleRequest.Known known = database.known();
            if (known != null) {
                lines.comment(
                        "Names were resolved in database "
                                + database.name()
                                + " on "
                                + known.host()
                                + " (PostgreSQL "
                                + known.version()
                                + ").");
            }
        }
        lines.comment(
                "Run it on the primary, as a superuser or as the owner of all that it names; again whenever the policy or the");
        lines.comment("tables change:  psql -X -v ON_ERROR_STOP=1 -f FILE");
        for (String warning : warnings) {
            lines.comment("WARNING: " + warning);
        }
        lines.blank();
    }

    private void database(RoleRequest.Database database) {
        List<PolicyScope> rules =
                request.policiesOf(database).stream()
                        .map(policy -> Objects.requireNonNull(scopes.get(policy.name())))
                        .toList();
        lines.blank();
        lines.connect(database.name());
        lines.sql("BEGIN");
        lines.sql("SET LOCAL search_path = pg_catalog");
        HeldPrivileges.takeBack(request.role(), lines);
        RoleRequest.Known known = database.known();
        if (known == null) {
            OfflineSection.write(request, rules, lines);
        } else {
            new DatabaseSection(request, known, rules, lines).write();
        }
        lines.sql("COMMIT");
    }

    private void footer() {
        lines.blank();
        lines.comment(
                "A new role needs a password, given where no file and no history keeps it:  \\password "
                        + role(request.role()));
    }
}
