package dev.postern.server.roles;

import dev.postern.policy.RelationPattern;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.config.RelationsConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a policy's rules say of whole schemas: that is all that grants can say of tables to come.
 */
final class PolicyScope {

    private static final int RELATION = 2;
    private static final int COLUMN = 3;

    private final @Nullable List<RelationPattern> allowed;
    private final List<RelationPattern> closed;

    PolicyScope(PolicyConfig policy) {
        RelationsConfig relations = policy.relations();
        allowed = relations.allow() == null ? null : patterns(relations.allow(), RELATION).toList();
        closed =
                Stream.concat(
                                patterns(relations.deny(), RELATION),
                                patterns(relations.deniedColumns(), COLUMN))
                        .toList();
    }

    private static Stream<RelationPattern> patterns(List<String> texts, int parts) {
        return texts.stream().map(text -> RelationPattern.parse(text, parts));
    }

    /** Tells whether the policy opens all relations that a schema has, and ever will have. */
    boolean coversAll(String schema) {
        return (allowed == null
                        || allowed.stream()
                                .anyMatch(one -> isWhole(one) && one.matchesSchema(schema)))
                && !closesSome(schema);
    }

    private boolean closesSome(String schema) {
        return closed.stream().anyMatch(pattern -> pattern.matchesSchema(schema));
    }

    private static boolean isWhole(RelationPattern pattern) {
        return pattern.parts().get(1).equals("*");
    }

    private static boolean namesSchema(RelationPattern pattern) {
        return pattern.parts().get(0).indexOf('*') < 0;
    }

    /** Returns the schemas that are named and of which it opens all. */
    List<String> namedSchemas() {
        return allowed == null
                ? List.of()
                : allowed.stream()
                        .filter(one -> isWhole(one) && namesSchema(one))
                        .map(one -> one.parts().get(0))
                        .filter(this::coversAll)
                        .distinct()
                        .sorted()
                        .toList();
    }

    /** Returns the relations that are named in full and of which nothing is closed. */
    List<RelationPattern> namedRelations() {
        return allowed == null
                ? List.of()
                : allowed.stream()
                        .filter(RelationPattern::isExplicit)
                        .filter(one -> closed.stream().noneMatch(rule -> concerns(rule, one)))
                        .toList();
    }

    private static boolean concerns(RelationPattern rule, RelationPattern named) {
        return rule.matches(named.parts().get(0), named.parts().get(1));
    }

    /**
     * Returns what default privileges cannot say of its rules, and why; what is named in full needs
     * none.
     *
     * @param schemas those that there are
     */
    List<String> notByDefault(Collection<String> schemas) {
        List<String> left = new ArrayList<>();
        List<RelationPattern> patterns =
                allowed == null ? List.of(RelationPattern.parse("*.*", RELATION)) : allowed;
        for (RelationPattern pattern : patterns) {
            if (pattern.isExplicit()) {
                continue;
            }
            List<String> reasons = new ArrayList<>();
            if (!isWhole(pattern)) {
                reasons.add("a part of a schema");
            } else if (schemas.stream().anyMatch(s -> pattern.matchesSchema(s) && closesSome(s))) {
                reasons.add("relations.deny or columns.deny closes a part of it");
            }
            if (!namesSchema(pattern)) {
                reasons.add("schemas to come");
            }
            if (!reasons.isEmpty()) {
                left.add(pattern + " (" + String.join("; ", reasons) + ")");
            }
        }
        return left;
    }

    /** Returns what of its rules cannot be granted without knowing what there is, and why. */
    List<String> notByName() {
        List<String> left = new ArrayList<>();
        if (allowed == null) {
            left.add("whatever there is: the policy has no relations.allow");
        } else {
            List<RelationPattern> relations = namedRelations();
            List<String> schemas = namedSchemas();
            for (RelationPattern pattern : allowed) {
                boolean byName = pattern.isExplicit() || (isWhole(pattern) && namesSchema(pattern));
                if (!byName) {
                    left.add(pattern + " (neither a whole schema nor a full name)");
                } else if (!relations.contains(pattern)
                        && !(isWhole(pattern) && schemas.contains(pattern.parts().get(0)))) {
                    left.add(pattern + " (relations.deny or columns.deny may close a part of it)");
                }
            }
        }
        return left;
    }

    /** Returns the entries of its list that open none of these. */
    List<RelationPattern> idle(Collection<RelationName> relations) {
        return allowed == null
                ? List.of()
                : allowed.stream()
                        .filter(pattern ->
                                relations.stream()
                                        .noneMatch(
                                                one -> pattern.matches(one.schema(), one.name())))
                        .toList();
    }

    /** A relation's full name. */
    record RelationName(String schema, String name) {}
}
