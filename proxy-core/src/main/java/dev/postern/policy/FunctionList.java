package dev.postern.policy;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A reviewed list of functions by name, and where it matters by number of arguments. */
final class FunctionList {

    /** PostgreSQL's own functions. */
    static final FunctionList BUILT_IN = new FunctionList("builtin-functions.tsv");

    private final Map<String, Entry> entries = new HashMap<>();

    private FunctionList(String resource) {
        for (String[] row : ReviewedTable.rows(resource, 3)) {
            FunctionClass functionClass = FunctionClass.valueOf(row[1].toUpperCase(Locale.ROOT));
            Entry entry = new Entry(functionClass, row[2]);
            if (entries.put(row[0], entry) != null) {
                throw new IllegalStateException("listed twice: " + row[0]);
            }
            int slash = row[0].indexOf('/');
            if (slash > 0) {
                entries.merge(row[0].substring(0, slash), entry, FunctionList::worse);
            }
        }
    }

    /** What the review says of a function. */
    record Entry(FunctionClass functionClass, String reason) {}

    /**
     * Returns what is known of a function, {@code null} if it is not listed.
     *
     * @param arguments the number of arguments, negative if it is not known: then the worst of all
     *     functions of the name counts
     */
    @Nullable Entry find(String name, int arguments) {
        Entry entry = arguments < 0 ? null : entries.get(name + "/" + arguments);
        return entry == null ? entries.get(name) : entry;
    }

    private static Entry worse(Entry a, Entry b) {
        return a.functionClass() == FunctionClass.SAFE ? b : a;
    }
}
