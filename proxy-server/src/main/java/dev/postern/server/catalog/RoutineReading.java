package dev.postern.server.catalog;

import static dev.postern.server.catalog.SnapshotReading.letter;
import static dev.postern.server.catalog.SnapshotReading.oid;
import static dev.postern.server.catalog.SnapshotReading.unknown;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.Column;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Routine;
import dev.postern.catalog.SearchPath;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of a reading that {@code pg_proc} and what belongs to it are. */
final class RoutineReading {

    private static final String SEARCH_PATH_SETTING = "search_path=";

    private final SnapshotReading reading;
    private final Interner interner;
    private final Map<Integer, String> languages = new HashMap<>();
    private final Map<Integer, Oids> support = new HashMap<>();

    RoutineReading(SnapshotReading reading) {
        this.reading = reading;
        this.interner = reading.interner();
    }

    void readInto(Catalog.Builder catalog) throws SQLException, CatalogTooLargeException {
        reading.each(
                CatalogQueries.LANGUAGES, row -> languages.put(oid(row, 1), reading.name(row, 2)));
        readSupport();
        List<Routine> routines = new ArrayList<>();
        List<Integer> bodies = new ArrayList<>();
        List<Integer> defaults = new ArrayList<>();
        reading.eachWithTexts(
                CatalogQueries.ROUTINES,
                row -> {
                    Routine routine = routine(row);
                    routines.add(routine);
                    if (row.getBoolean(18)) {
                        bodies.add(routine.oid());
                    }
                    if (row.getBoolean(19)) {
                        defaults.add(routine.oid());
                    }
                });
        Map<Integer, String> bodyTexts = reading.texts().of(CatalogQueries.BODIES, bodies);
        Map<Integer, String> defaultTexts = reading.texts().of(CatalogQueries.DEFAULTS, defaults);
        for (Routine routine : routines) {
            String body = bodyTexts.get(routine.oid());
            String expressions = defaultTexts.get(routine.oid());
            catalog.add(
                    body == null && expressions == null
                            ? routine
                            : printed(routine, body, expressions));
        }
    }

    private void readSupport() throws SQLException, CatalogTooLargeException {
        reading.each(
                CatalogQueries.SUPPORT_FUNCTIONS,
                row ->
                        support.put(
                                oid(row, 1),
                                reading.withoutZeros(
                                        oid(row, 2),
                                        oid(row, 3),
                                        oid(row, 4),
                                        oid(row, 5),
                                        oid(row, 6),
                                        oid(row, 7),
                                        oid(row, 8),
                                        oid(row, 9))));
        Map<Integer, List<Integer>> aliases = new HashMap<>();
        reading.each(
                CatalogQueries.ALIASES,
                row ->
                        aliases.computeIfAbsent(oid(row, 1), routine -> new ArrayList<>())
                                .add(oid(row, 2)));
        aliases.forEach((routine, same) ->
                support.put(
                        routine,
                        reading.withoutZeros(same.stream().mapToInt(Integer::intValue).toArray())));
    }

    private Routine routine(ResultSet row) throws SQLException, CatalogTooLargeException {
        int oid = oid(row, 1);
        Signature signature =
                new Signature(
                        ArrayText.oids(row.getString(13)),
                        ArrayText.strings(row.getString(14)),
                        ArrayText.strings(row.getString(15)));
        String setting = searchPathSetting(row.getString(16));
        SearchPath path =
                setting == null ? null : SearchPath.parse(setting, reading.source().user());
        Routine.Body body = row.getString(17) == null ? null : body(row.getString(17));
        if (setting != null && path == null && body != null) {
            body = new Routine.Body(PrintedTexts.UNREADABLE, false);
        }
        return new Routine(
                oid,
                reading.schema(row, 2),
                reading.name(row, 3),
                kind(letter(row, 4)),
                languages.getOrDefault(oid(row, 5), "?"),
                volatility(letter(row, 6)),
                row.getBoolean(7),
                interner.one(ArrayText.oids(row.getString(8))),
                interner.one(signature.inputNames()),
                row.getInt(9),
                oid(row, 10),
                oid(row, 11),
                row.getBoolean(12),
                interner.one(signature.resultColumns()),
                reading.members().of(Members.ROUTINES, oid),
                body,
                null,
                path == null ? null : interner.one(path),
                support.getOrDefault(oid, Oids.NONE));
    }

    private Routine.Body body(String source) throws CatalogTooLargeException {
        return new Routine.Body(reading.texts().admit(source), false);
    }

    private static Routine printed(
            Routine routine, @Nullable String body, @Nullable String defaults) {
        return new Routine(
                routine.oid(),
                routine.schema(),
                routine.name(),
                routine.kind(),
                routine.language(),
                routine.volatility(),
                routine.securityDefiner(),
                routine.arguments(),
                routine.argumentNames(),
                routine.defaults(),
                routine.variadic(),
                routine.result(),
                routine.returnsSet(),
                routine.resultColumns(),
                routine.extension(),
                body == null ? routine.body() : new Routine.Body(SqlBody.statements(body), true),
                defaults,
                routine.searchPath(),
                routine.support());
    }

    /** {@code proconfig} is an array of {@code name=value}. */
    private static @Nullable String searchPathSetting(@Nullable String settings) {
        for (String setting : ArrayText.strings(settings)) {
            if (setting.startsWith(SEARCH_PATH_SETTING)) {
                return setting.substring(SEARCH_PATH_SETTING.length());
            }
        }
        return null;
    }

    private static Routine.Kind kind(char letter) throws SQLException {
        return switch (letter) {
            case 'f' -> Routine.Kind.FUNCTION;
            case 'a' -> Routine.Kind.AGGREGATE;
            case 'w' -> Routine.Kind.WINDOW;
            case 'p' -> Routine.Kind.PROCEDURE;
            default -> throw unknown("prokind", String.valueOf(letter));
        };
    }

    private static Routine.Volatility volatility(char letter) throws SQLException {
        return switch (letter) {
            case 'i' -> Routine.Volatility.IMMUTABLE;
            case 's' -> Routine.Volatility.STABLE;
            case 'v' -> Routine.Volatility.VOLATILE;
            default -> throw unknown("provolatile", String.valueOf(letter));
        };
    }

    /**
     * The arguments as {@code pg_proc} lists them.
     *
     * @param types of all arguments; empty if all are input
     * @param modes of all arguments; empty if all are input
     * @param names of all arguments; empty if none has one
     */
    private record Signature(Oids types, List<String> modes, List<String> names) {

        List<String> inputNames() {
            if (modes.isEmpty() || names.isEmpty()) {
                return List.copyOf(names);
            }
            List<String> input = new ArrayList<>();
            for (int i = 0; i < modes.size(); i++) {
                if (isInput(modes.get(i))) {
                    input.add(names.get(i));
                }
            }
            return input.stream().allMatch(String::isEmpty) ? List.of() : List.copyOf(input);
        }

        /** One without a name is called after its place, as PostgreSQL does it. */
        List<Column> resultColumns() {
            List<Column> columns = new ArrayList<>();
            for (int i = 0; i < modes.size(); i++) {
                if (isOutput(modes.get(i))) {
                    String name = names.isEmpty() ? "" : names.get(i);
                    columns.add(
                            new Column(
                                    name.isEmpty() ? "column" + (columns.size() + 1) : name,
                                    types.get(i)));
                }
            }
            return List.copyOf(columns);
        }

        private static boolean isInput(String mode) {
            return "ibv".contains(mode);
        }

        private static boolean isOutput(String mode) {
            return "obt".contains(mode);
        }
    }
}
