package dev.postern.server.doctor;

import dev.postern.policy.OpenRelation;
import dev.postern.policy.Reach;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.roles.Privileges;
import dev.postern.server.roles.Privileges.RelationPrivileges;
import dev.postern.server.tools.CatalogLook;
import dev.postern.server.tools.PrivilegesLook;
import dev.postern.server.tools.Workbench;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether an upstream's role may read what its policies open, and no more. */
public final class RoleChecks implements Check {

    private static final int MAX_LISTED = 5;

    private final Patient patient;
    private final UpstreamConfig upstream;
    private final Workbench bench;

    public RoleChecks(Patient patient, UpstreamConfig upstream, Workbench bench) {
        this.patient = patient;
        this.upstream = upstream;
        this.bench = bench;
    }

    @Override
    public List<Finding> run() {
        List<PolicyConfig> policies =
                patient.configuration().policies().values().stream()
                        .filter(policy -> policy.upstream().equals(upstream.name()))
                        .toList();
        Set<String> databases = new LinkedHashSet<>();
        policies.forEach(policy -> databases.addAll(policy.databases()));
        List<Finding> findings = new ArrayList<>();
        for (String database : databases) {
            database(
                    database,
                    policies.stream()
                            .filter(policy -> policy.databases().contains(database))
                            .toList(),
                    findings);
        }
        return findings;
    }

    private void database(String database, List<PolicyConfig> policies, List<Finding> findings) {
        String subject = upstream.name() + " " + database;
        CatalogLook look = bench.look(upstream.name(), database);
        String host = look.host();
        if (!look.isRead() || host == null) {
            findings.add(unreadable(subject, String.valueOf(look.reason())));
            return;
        }
        PrivilegesLook privileges = bench.privileges(upstream.name(), host, database);
        if (privileges.privileges() == null) {
            findings.add(unreadable(subject, host + ": " + privileges.reason()));
            return;
        }
        findings.add(
                CheckCode.CATALOG_READABLE.ok(
                        subject, look.catalog().size() + " objects, read from " + host));
        Reach reach =
                policies.stream()
                        .map(policy -> bench.reach(bench.rules(policy), look.catalog()))
                        .reduce(Reach::and)
                        .orElseThrow();
        scoped(subject, policies, reach, privileges.privileges(), findings);
    }

    private static Finding unreadable(String subject, String reason) {
        return CheckCode.CATALOG_READABLE.fail(
                subject,
                reason,
                "The role needs CONNECT on the database; if the catalog is too large or slow, see gate.catalog. Without it every name is refused.");
    }

    private void scoped(
            String subject,
            List<PolicyConfig> policies,
            Reach reach,
            Privileges privileges,
            List<Finding> findings) {
        Map<List<String>, OpenRelation> open = new HashMap<>();
        reach.relations()
                .forEach(one ->
                        open.put(List.of(one.relation().schema(), one.relation().name()), one));
        List<String> beyond = new ArrayList<>();
        List<String> lacking = new ArrayList<>();
        for (RelationPrivileges held : privileges.relations()) {
            OpenRelation opened = open.get(List.of(held.schema(), held.name()));
            if (readsMore(held, opened) && !(held.extension() && held.publicReads())) {
                beyond.add(held.schema() + "." + held.name());
            }
            if (opened != null && lacks(held, opened)) {
                lacking.add(held.schema() + "." + held.name());
            }
        }
        List<String> unlimited =
                policies.stream()
                        .filter(policy -> policy.relations().allow() == null)
                        .map(PolicyConfig::name)
                        .toList();
        findings.add(scope(subject, beyond, unlimited));
        if (unlimited.isEmpty()) {
            findings.add(sufficiency(subject, lacking));
        }
    }

    private Finding scope(String subject, List<String> beyond, List<String> unlimited) {
        String role = "role " + upstream.user();
        String remedy = patient.roleSql(upstream.name()) + " prints the script";
        if (!beyond.isEmpty()) {
            return CheckCode.ROLE_SCOPED.note(
                    subject,
                    role + " may read what no policy opens, whole or in part: " + listed(beyond),
                    remedy
                            + " that takes this from it. Until then the gate alone keeps it closed.");
        }
        if (!unlimited.isEmpty()) {
            return CheckCode.ROLE_SCOPED.note(
                    subject,
                    (unlimited.size() == 1 ? "policy " : "policies ")
                            + String.join(", ", unlimited)
                            + " without relations.allow: whatever "
                            + role
                            + " may read is open",
                    "Name what agents need under relations.allow (postern policy suggest derives it from what they did); then "
                            + remedy
                            + " for just that.");
        }
        return CheckCode.ROLE_SCOPED.ok(subject, role + " may read nothing that no policy opens");
    }

    private Finding sufficiency(String subject, List<String> lacking) {
        String role = "role " + upstream.user();
        return lacking.isEmpty()
                ? CheckCode.ROLE_SUFFICIENT.ok(
                        subject, role + " may read all that its policies open")
                : CheckCode.ROLE_SUFFICIENT.note(
                        subject,
                        role
                                + " may not read what a policy opens, whole or in part: "
                                + listed(lacking),
                        patient.roleSql(upstream.name())
                                + " prints the script that grants it. Until then PostgreSQL refuses it with 42501.");
    }

    private static boolean readsMore(RelationPrivileges held, @Nullable OpenRelation opened) {
        if (!held.isReadable()) {
            return false;
        }
        if (opened == null) {
            return true;
        }
        return held.columns() == null
                ? !opened.closedColumns().isEmpty()
                : !opened.openColumns().containsAll(held.columns());
    }

    private static boolean lacks(RelationPrivileges held, OpenRelation opened) {
        return !held.reads()
                && (held.columns() == null || !held.columns().containsAll(opened.openColumns()));
    }

    private static String listed(List<String> names) {
        String list = String.join(", ", names.subList(0, Math.min(MAX_LISTED, names.size())));
        return names.size() > MAX_LISTED
                ? list + " and " + (names.size() - MAX_LISTED) + " more"
                : list;
    }
}
