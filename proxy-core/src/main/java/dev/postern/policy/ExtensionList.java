package dev.postern.policy;

import dev.postern.catalog.Routine;
import dev.postern.catalog.Routine.Volatility;
import dev.postern.policy.FunctionList.Entry;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reviewed extensions, {@code extensions.tsv}, and those of their functions that are not what
 * their label says, {@code extension-exceptions.tsv}.
 */
final class ExtensionList {

    /** The one list there is. */
    static final ExtensionList INSTANCE = new ExtensionList();

    private final Map<String, Boolean> trusted = new HashMap<>();
    private final Map<String, Entry> functions = new HashMap<>();
    private final Map<String, Entry> byName = new HashMap<>();

    private ExtensionList() {
        for (String[] row : ReviewedTable.rows("extensions.tsv", 3)) {
            trusted.put(row[0], row[1].equals("reads"));
        }
        for (String[] row : ReviewedTable.rows("extension-exceptions.tsv", 4)) {
            FunctionClass functionClass = FunctionClass.valueOf(row[2].toUpperCase(Locale.ROOT));
            Entry entry = new Entry(functionClass, row[0] + ": " + row[3]);
            functions.put(row[0] + "." + row[1], entry);
            byName.merge(row[1], entry, ExtensionList::worse);
            int slash = row[1].indexOf('/');
            if (slash > 0) {
                byName.merge(row[1].substring(0, slash), entry, ExtensionList::worse);
            }
        }
    }

    private static Entry worse(Entry a, Entry b) {
        return a.functionClass() == FunctionClass.SAFE ? b : a;
    }

    /** Tells whether an extension's functions that only read pass. */
    boolean isTrusted(@Nullable String extension) {
        return extension != null && trusted.getOrDefault(extension, false);
    }

    /**
     * Returns what the review says of a function by its name alone, {@code null} if it is no
     * exception.
     */
    @Nullable Entry byName(String name, int arguments) {
        Entry entry = arguments < 0 ? null : byName.get(name + "/" + arguments);
        return entry == null ? byName.get(name) : entry;
    }

    /**
     * Returns what the review says of an extension's routine, {@code null} if its extension was not
     * reviewed.
     */
    @Nullable Entry find(Routine routine) {
        Boolean reads = trusted.get(routine.extension());
        if (reads == null) {
            return null;
        }
        String name = routine.extension() + "." + routine.name();
        Entry entry = functions.get(name + "/" + routine.arguments().size());
        if (entry == null) {
            entry = functions.get(name);
        }
        if (entry != null) {
            return entry;
        }
        String extension = "extension " + routine.extension();
        if (!reads) {
            return new Entry(
                    FunctionClass.UNSAFE, extension + " is not one of those that only read");
        }
        boolean harmless =
                routine.volatility() != Volatility.VOLATILE
                        && !routine.securityDefiner()
                        && routine.kind() != Routine.Kind.PROCEDURE;
        return harmless
                ? new Entry(FunctionClass.SAFE, extension)
                : new Entry(
                        FunctionClass.UNSAFE,
                        extension
                                + " calls it "
                                + (routine.securityDefiner() ? "SECURITY DEFINER" : "VOLATILE")
                                + ", and it is not listed as a read");
    }
}
