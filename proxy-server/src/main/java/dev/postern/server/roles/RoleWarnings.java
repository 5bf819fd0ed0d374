package dev.postern.server.roles;

import static dev.postern.server.roles.SqlNames.qualified;

import dev.postern.policy.OpenRelation;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.config.PolicyMode;
import dev.postern.server.roles.PolicyScope.RelationName;
import dev.postern.server.roles.Privileges.RelationPrivileges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What whoever makes a role should know first. */
final class RoleWarnings {

    private final RoleRequest request;
    private final Map<String, PolicyScope> scopes;
    private final List<String> warnings = new ArrayList<>();

    private RoleWarnings(RoleRequest request, Map<String, PolicyScope> scopes) {
        this.request = request;
        this.scopes = scopes;
    }

    static List<String> of(RoleRequest request, Map<String, PolicyScope> scopes) {
        RoleWarnings all = new RoleWarnings(request, scopes);
        all.warnOfPolicies();
        request.databases().forEach(all::warnOfEverybody);
        all.warnOfIdle();
        return all.warnings;
    }

    private void warnOfPolicies() {
        if (!request.others().isEmpty()) {
            warnings.add(
                    "the role also serves "
                            + (request.others().size() == 1 ? "policy " : "policies ")
                            + String.join(", ", request.others())
                            + ", which loses what only it opens: name all of them with --policy, or give each upstream a role of its own");
        }
        for (PolicyConfig policy : request.policies()) {
            if (policy.mode() == PolicyMode.OBSERVE) {
                warnings.add(
                        "policy "
                                + policy.name()
                                + " only takes note (mode: observe); with this role PostgreSQL refuses what it would note");
            }
            if (policy.relations().allow() == null) {
                warnings.add(
                        "policy "
                                + policy.name()
                                + " has no relations.allow: it opens whatever the role may read, so this grants all there is but what is denied");
            }
        }
    }

    /** What everybody may do cannot be kept from one role. */
    private void warnOfEverybody(RoleRequest.Database database) {
        RoleRequest.Known known = database.known();
        if (known == null) {
            return;
        }
        Map<RelationName, OpenRelation> open = new HashMap<>();
        known.reach()
                .relations()
                .forEach(one ->
                        open.put(
                                new RelationName(one.relation().schema(), one.relation().name()),
                                one));
        for (RelationPrivileges relation : known.privileges().relations()) {
            String name = qualified(relation.schema(), relation.name());
            OpenRelation granted = open.get(new RelationName(relation.schema(), relation.name()));
            boolean whole = granted != null && granted.closedColumns().isEmpty();
            if (relation.publicWrites()) {
                warnings.add(
                        "everybody may write to "
                                + name
                                + " in database "
                                + database.name()
                                + ", this role too, so Postern will not serve with it: grant that to those that need it, then REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "
                                + name
                                + " FROM PUBLIC");
            }
            if (relation.publicReads() && !whole && !relation.extension()) {
                warnings.add(
                        "everybody may read "
                                + name
                                + " in database "
                                + database.name()
                                + ", this role too, and the policy "
                                + (granted == null ? "does not open it" : "closes columns of it")
                                + ": grant that to those that need it, then REVOKE SELECT ON "
                                + name
                                + " FROM PUBLIC");
            }
        }
    }

    private void warnOfIdle() {
        for (PolicyConfig policy : request.policies()) {
            List<RelationName> open = new ArrayList<>();
            boolean known = true;
            for (RoleRequest.Database database : request.databases()) {
                if (policy.databases().contains(database.name())) {
                    RoleRequest.Known facts = database.known();
                    known &= facts != null;
                    if (facts != null) {
                        facts.reach()
                                .relations()
                                .forEach(one ->
                                        open.add(
                                                new RelationName(
                                                        one.relation().schema(),
                                                        one.relation().name())));
                    }
                }
            }
            if (known) {
                Objects.requireNonNull(scopes.get(policy.name()))
                        .idle(open)
                        .forEach(pattern ->
                                warnings.add(
                                        "relations.allow of policy "
                                                + policy.name()
                                                + " has "
                                                + pattern
                                                + ", which opens no relation that there is"));
            }
        }
    }
}
