package dev.postern.policy;

import dev.postern.catalog.Catalog;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What has been found out about the things in a catalog under a policy, so that each is judged
 * once. It goes when the catalog does. Safe for use by any thread.
 */
final class Knowledge {

    /** Policies come and go by reloads only; those that went are forgotten with the rest. */
    private static final int MAX_POLICIES = 1_000;

    private final Map<Catalog, Map<Policy, Known>> catalogs =
            Collections.synchronizedMap(new WeakHashMap<>());

    /** What was found of a thing: what stands against it, {@code null} if nothing. */
    record Judged(@Nullable Objection objection) {}

    /** What is known under one policy; nothing in it refers to the catalog. */
    static final class Known {

        private final Map<Object, Judged> objections = new ConcurrentHashMap<>();
        private final Map<Integer, ViewRules.Outcome> views = new ConcurrentHashMap<>();

        /** Returns what was found of a thing, {@code null} if it was not judged yet. */
        @Nullable Judged find(Object key) {
            return objections.get(key);
        }

        void keep(Object key, @Nullable Objection objection) {
            objections.put(key, new Judged(objection));
        }

        ViewRules.@Nullable Outcome view(int oid) {
            return views.get(oid);
        }

        void keep(int oid, ViewRules.Outcome outcome) {
            views.put(oid, outcome);
        }
    }

    Known of(Catalog catalog, Policy policy) {
        Map<Policy, Known> policies =
                catalogs.computeIfAbsent(catalog, key -> new ConcurrentHashMap<>());
        Known known = policies.get(policy);
        if (known == null) {
            if (policies.size() >= MAX_POLICIES) {
                policies.clear();
            }
            known = policies.computeIfAbsent(policy, key -> new Known());
        }
        return known;
    }
}
