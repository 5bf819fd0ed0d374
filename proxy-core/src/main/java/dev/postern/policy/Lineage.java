package dev.postern.policy;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Relation;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a relation is a partition or inheritance child of, and what its own are, at any distance.
 */
final class Lineage {

    private Lineage() {}

    /** Returns a relation with all that it is a part of. */
    static Set<Relation> above(Relation relation, Catalog catalog) {
        return lineage(relation, catalog, true);
    }

    /** Returns a relation with all that are parts of it. */
    static Set<Relation> below(Relation relation, Catalog catalog) {
        return lineage(relation, catalog, false);
    }

    private static Set<Relation> lineage(Relation relation, Catalog catalog, boolean up) {
        if ((up ? relation.parents() : relation.children()).isEmpty()) {
            return Set.of(relation);
        }
        Set<Relation> lineage = new LinkedHashSet<>();
        ArrayDeque<Relation> pending = new ArrayDeque<>();
        pending.add(relation);
        for (Relation next = pending.poll(); next != null; next = pending.poll()) {
            if (lineage.add(next)) {
                Oids related = up ? next.parents() : next.children();
                for (int i = 0; i < related.size(); i++) {
                    Relation other = catalog.relation(related.get(i));
                    if (other != null) {
                        pending.add(other);
                    }
                }
            }
        }
        return lineage;
    }
}
