package dev.postern.policy;

import dev.postern.catalog.Relation;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a policy opens in one database, PostgreSQL's own objects aside: the privileges that a role
 * needs for it, and no more.
 *
 * @param relations what may be read, by schema and name
 * @param schemas where that is, and what it rests on: the types of its columns, and functions that
 *     the policy names
 */
public record Reach(List<OpenRelation> relations, NavigableSet<String> schemas) {

    public Reach {
        relations = List.copyOf(relations);
        schemas = new TreeSet<>(schemas);
    }

    /** Returns what this or another opens. */
    public Reach and(Reach other) {
        Map<Relation, Set<String>> closed = new LinkedHashMap<>();
        for (OpenRelation open : relations) {
            closed.put(open.relation(), open.closedColumns());
        }
        for (OpenRelation open : other.relations) {
            closed.merge(
                    open.relation(),
                    open.closedColumns(),
                    (one, two) -> {
                        Set<String> both = new HashSet<>(one);
                        both.retainAll(two);
                        return both;
                    });
        }
        NavigableSet<String> all = new TreeSet<>(schemas);
        all.addAll(other.schemas);
        return new Reach(
                closed.entrySet().stream()
                        .map(entry -> new OpenRelation(entry.getKey(), entry.getValue()))
                        .sorted(OpenRelation.BY_NAME)
                        .toList(),
                all);
    }
}
