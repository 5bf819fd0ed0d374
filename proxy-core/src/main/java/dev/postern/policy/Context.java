package dev.postern.policy;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.SearchPath;
import dev.postern.protocol.SqlText;
import dev.postern.sql.SqlFacts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One judging: under which policy, over which catalog, and which of the catalog's things are being
 * judged at this moment. For one thread.
 */
final class Context {

    /** How deep definitions may rest on each other. */
    private static final int MAX_DEPTH = 64;

    private static final int NOWHERE = Integer.MAX_VALUE;

    private final Policy policy;
    private final Catalog catalog;
    private final DefinitionReader reader;
    private final Knowledge.Known known;
    private final List<Object> underWay = new ArrayList<>();

    /** The lowest place in {@link #underWay} that something was taken to be harmless for. */
    private int assumed = NOWHERE;

    Context(Policy policy, Catalog catalog, DefinitionReader reader, Knowledge.Known known) {
        this.policy = policy;
        this.catalog = catalog;
        this.reader = reader;
        this.known = known;
    }

    Policy policy() {
        return policy;
    }

    Catalog catalog() {
        return catalog;
    }

    Knowledge.Known known() {
        return known;
    }

    /** Reads a text that the catalog holds. */
    SqlFacts read(String text, SearchPath path) {
        return reader.read(
                SqlText.owning(text.getBytes(StandardCharsets.UTF_8)),
                CatalogView.of(catalog, path));
    }

    /**
     * Returns what stands against a thing, judging it if that was not done before. What rests on
     * itself is as harmless as the rest of it.
     */
    @Nullable Objection judged(Object key, Supplier<@Nullable Objection> judge) {
        Knowledge.Judged before = known.find(key);
        if (before != null) {
            return before.objection();
        }
        if (!enter(key)) {
            return null;
        }
        Objection objection = tooDeep();
        if (objection == null) {
            objection = judge.get();
        }
        boolean complete = leave();
        if (objection == null ? complete : !objection.isPassing()) {
            known.keep(key, objection);
        }
        return objection;
    }

    /** Begins to judge a thing; false if it is being judged already. */
    boolean enter(Object key) {
        int place = underWay.indexOf(key);
        if (place >= 0) {
            assumed = Math.min(assumed, place);
            return false;
        }
        underWay.add(key);
        return true;
    }

    /** Ends it; tells whether what was found rests on nothing that is still being judged. */
    boolean leave() {
        int place = underWay.size() - 1;
        underWay.remove(place);
        if (assumed < place) {
            return false;
        }
        assumed = NOWHERE;
        return true;
    }

    /** Returns why it goes no further, {@code null} if it does. */
    @Nullable Objection tooDeep() {
        return underWay.size() <= MAX_DEPTH
                ? null
                : Objections.unreadable("it rests on too many definitions of others");
    }
}
