package dev.postern.server.catalog;

import dev.postern.catalog.Cast;
import dev.postern.catalog.Catalog;
import dev.postern.catalog.Column;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Operator;
import dev.postern.catalog.Relation;
import dev.postern.catalog.SearchPath;
import dev.postern.catalog.Type;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One reading of a whole catalog, in a transaction that {@link CatalogReader} has begun. */
final class SnapshotReading {

    private static final int FETCH_SIZE = 2_000;

    /** Where a type's functions begin and end among the columns of its query. */
    private static final int FIRST_TYPE_FUNCTION = 11;

    private static final int LAST_TYPE_FUNCTION = 19;

    private final Connection connection;
    private final Catalog.Source source;
    private final PrintedTexts texts;
    private final Interner interner = new Interner();
    private final Map<Integer, String> schemas = new HashMap<>();
    private final Members members = new Members();

    SnapshotReading(Connection connection, CatalogLimits limits, Catalog.Source source) {
        this.connection = connection;
        this.source = source;
        this.texts = new PrintedTexts(connection, limits);
    }

    /** Does something with each row. */
    @FunctionalInterface
    interface RowReader {
        void read(ResultSet row) throws SQLException, CatalogTooLargeException;
    }

    Catalog read(SearchPath defaultPath) throws SQLException, CatalogTooLargeException {
        Catalog.Builder catalog = new Catalog.Builder(source, defaultPath);
        each(CatalogQueries.SCHEMAS, row -> schemas.put(oid(row, 1), name(row, 2)));
        schemas.values().forEach(catalog::schema);
        each(
                CatalogQueries.EXTENSION_MEMBERS,
                row -> members.add(name(row, 1), oid(row, 2), name(row, 3)));
        new RoutineReading(this).readInto(catalog);
        readOperators(catalog);
        readCasts(catalog);
        Map<Integer, List<Column>> columns = columns();
        readTypes(catalog, columns);
        readRelations(catalog, columns);
        return catalog.build();
    }

    private void readOperators(Catalog.Builder catalog)
            throws SQLException, CatalogTooLargeException {
        each(
                CatalogQueries.OPERATORS,
                row -> {
                    int oid = oid(row, 1);
                    catalog.add(
                            new Operator(
                                    oid,
                                    schema(row, 2),
                                    name(row, 3),
                                    oid(row, 4),
                                    oid(row, 5),
                                    oid(row, 6),
                                    oid(row, 7),
                                    members.of(Members.OPERATORS, oid)));
                });
    }

    private void readCasts(Catalog.Builder catalog) throws SQLException, CatalogTooLargeException {
        each(
                CatalogQueries.CASTS,
                row -> {
                    int oid = oid(row, 1);
                    catalog.add(
                            new Cast(
                                    oid,
                                    oid(row, 2),
                                    oid(row, 3),
                                    oid(row, 4),
                                    switch (letter(row, 5)) {
                                        case 'i' -> Cast.Context.IMPLICIT;
                                        case 'a' -> Cast.Context.ASSIGNMENT;
                                        case 'e' -> Cast.Context.EXPLICIT;
                                        default -> throw unknown("castcontext", row.getString(5));
                                    },
                                    switch (letter(row, 6)) {
                                        case 'f' -> Cast.Method.FUNCTION;
                                        case 'i' -> Cast.Method.INOUT;
                                        case 'b' -> Cast.Method.BINARY;
                                        default -> throw unknown("castmethod", row.getString(6));
                                    },
                                    members.of(Members.CASTS, oid)));
                });
    }

    private Map<Integer, List<Column>> columns() throws SQLException, CatalogTooLargeException {
        Map<Integer, List<Column>> columns = new HashMap<>();
        each(
                CatalogQueries.COLUMNS,
                row ->
                        columns.computeIfAbsent(oid(row, 1), relation -> new ArrayList<>())
                                .add(interner.one(new Column(name(row, 2), oid(row, 3)))));
        columns.replaceAll((relation, list) -> interner.one(List.copyOf(list)));
        return columns;
    }

    private void readTypes(Catalog.Builder catalog, Map<Integer, List<Column>> columns)
            throws SQLException, CatalogTooLargeException {
        Map<Integer, List<String>> checks =
                textsOf(CatalogQueries.CHECKS, CatalogQueries.CHECK_TEXTS);
        each(
                CatalogQueries.TYPES,
                row -> {
                    int oid = oid(row, 1);
                    int relation = oid(row, 10);
                    catalog.add(
                            new Type(
                                    oid,
                                    schema(row, 2),
                                    name(row, 3),
                                    typeKind(row.getString(4)),
                                    letter(row, 5),
                                    row.getBoolean(6),
                                    oid(row, 7),
                                    oid(row, 8),
                                    oid(row, 9),
                                    relation,
                                    typeFunctions(row),
                                    checks.getOrDefault(oid, List.of()),
                                    extensionOfType(row, oid, relation),
                                    row.getBoolean(20)
                                            ? columns.getOrDefault(relation, List.of())
                                            : List.of()));
                });
    }

    private static Type.Kind typeKind(String letter) throws SQLException {
        return switch (letter) {
            case "b" -> Type.Kind.BASE;
            case "c" -> Type.Kind.COMPOSITE;
            case "d" -> Type.Kind.DOMAIN;
            case "e" -> Type.Kind.ENUM;
            case "p" -> Type.Kind.PSEUDO;
            case "r" -> Type.Kind.RANGE;
            case "m" -> Type.Kind.MULTIRANGE;
            default -> throw unknown("typtype", letter);
        };
    }

    private Oids typeFunctions(ResultSet row) throws SQLException {
        int[] functions = new int[LAST_TYPE_FUNCTION - FIRST_TYPE_FUNCTION + 1];
        for (int i = 0; i < functions.length; i++) {
            functions[i] = oid(row, FIRST_TYPE_FUNCTION + i);
        }
        return withoutZeros(functions);
    }

    private @Nullable String extensionOfType(ResultSet row, int oid, int relation)
            throws SQLException {
        String own = members.of(Members.TYPES, oid);
        if (own != null) {
            return own;
        }
        int elementsRelation = oid(row, 21);
        String ofRelation =
                members.of(Members.RELATIONS, relation == 0 ? elementsRelation : relation);
        if (ofRelation != null) {
            return ofRelation;
        }
        String ofElement = members.of(Members.TYPES, oid(row, 7));
        return ofElement != null ? ofElement : members.of(Members.TYPES, oid(row, 22));
    }

    private void readRelations(Catalog.Builder catalog, Map<Integer, List<Column>> columns)
            throws SQLException, CatalogTooLargeException {
        Map<Integer, List<Integer>> parents = new HashMap<>();
        Map<Integer, List<Integer>> children = new HashMap<>();
        each(
                CatalogQueries.INHERITANCE,
                row -> {
                    add(parents, oid(row, 1), oid(row, 2));
                    add(children, oid(row, 2), oid(row, 1));
                });
        Map<Integer, List<String>> policies =
                textsOf(CatalogQueries.POLICIES, CatalogQueries.POLICY_TEXTS);
        textsOf(CatalogQueries.VIRTUAL_COLUMNS, CatalogQueries.VIRTUAL_COLUMN_TEXTS)
                .forEach((relation, expressions) ->
                        policies.computeIfAbsent(relation, oid -> new ArrayList<>())
                                .addAll(expressions));
        List<Relation> relations = new ArrayList<>();
        List<Integer> views = new ArrayList<>();
        each(
                CatalogQueries.RELATIONS,
                row -> {
                    int oid = oid(row, 1);
                    Relation.Kind kind = relationKind(row.getString(4));
                    boolean isView =
                            kind == Relation.Kind.VIEW || kind == Relation.Kind.MATERIALIZED_VIEW;
                    if (isView && !Catalog.isBuiltIn(oid)) {
                        views.add(oid);
                    }
                    relations.add(
                            new Relation(
                                    oid,
                                    schema(row, 2),
                                    name(row, 3),
                                    kind,
                                    columns.getOrDefault(oid, List.of()),
                                    oid(row, 5),
                                    null,
                                    oids(parents.get(oid)),
                                    oids(children.get(oid)),
                                    policies.getOrDefault(oid, List.of()),
                                    members.of(Members.RELATIONS, oid)));
                });
        Map<Integer, String> definitions = texts.of(CatalogQueries.DEFINITIONS, views);
        for (Relation relation : relations) {
            String definition = definitions.get(relation.oid());
            catalog.add(definition == null ? relation : defined(relation, definition));
        }
    }

    private static Relation.Kind relationKind(String letter) throws SQLException {
        return switch (letter) {
            case "r" -> Relation.Kind.TABLE;
            case "p" -> Relation.Kind.PARTITIONED_TABLE;
            case "v" -> Relation.Kind.VIEW;
            case "m" -> Relation.Kind.MATERIALIZED_VIEW;
            case "f" -> Relation.Kind.FOREIGN_TABLE;
            case "S" -> Relation.Kind.SEQUENCE;
            case "t" -> Relation.Kind.TOAST_TABLE;
            default -> throw unknown("relkind", letter);
        };
    }

    private static Relation defined(Relation view, String definition) {
        return new Relation(
                view.oid(),
                view.schema(),
                view.name(),
                view.kind(),
                view.columns(),
                view.rowType(),
                definition,
                view.parents(),
                view.children(),
                view.policies(),
                view.extension());
    }

    /**
     * Returns texts by the objects they belong to.
     *
     * @param list returns ids of texts and of the objects they belong to
     * @param print returns the texts by their ids
     */
    private Map<Integer, List<String>> textsOf(String list, String print)
            throws SQLException, CatalogTooLargeException {
        List<Integer> oids = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        each(
                list,
                row -> {
                    oids.add(oid(row, 1));
                    owners.add(oid(row, 2));
                });
        Map<Integer, String> printed = texts.of(print, oids);
        Map<Integer, List<String>> byOwner = new HashMap<>();
        for (int i = 0; i < oids.size(); i++) {
            byOwner.computeIfAbsent(owners.get(i), owner -> new ArrayList<>())
                    .add(printed.getOrDefault(oids.get(i), PrintedTexts.UNREADABLE));
        }
        return byOwner;
    }

    private static void add(Map<Integer, List<Integer>> into, int key, int value) {
        into.computeIfAbsent(key, oid -> new ArrayList<>(2)).add(value);
    }

    private Oids oids(@Nullable List<Integer> values) {
        return values == null
                ? Oids.NONE
                : interner.one(Oids.of(values.stream().mapToInt(Integer::intValue).toArray()));
    }

    /** Asks and reads each row; the rows come in parts. */
    void each(String query, RowReader reader) throws SQLException, CatalogTooLargeException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            each(statement, reader);
        }
    }

    /** Like {@link #each(String, RowReader)}, for a query whose parameter is a length of texts. */
    void eachWithTexts(String query, RowReader reader)
            throws SQLException, CatalogTooLargeException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setInt(1, texts.askFor());
            each(statement, reader);
        }
    }

    private static void each(PreparedStatement statement, RowReader reader)
            throws SQLException, CatalogTooLargeException {
        statement.setFetchSize(FETCH_SIZE);
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }

    Catalog.Source source() {
        return source;
    }

    PrintedTexts texts() {
        return texts;
    }

    Interner interner() {
        return interner;
    }

    Members members() {
        return members;
    }

    /** An object id, 0 for NULL. They are unsigned. */
    static int oid(ResultSet row, int column) throws SQLException {
        return (int) row.getLong(column);
    }

    static char letter(ResultSet row, int column) throws SQLException {
        return row.getString(column).charAt(0);
    }

    String name(ResultSet row, int column) throws SQLException {
        return interner.one(row.getString(column));
    }

    String schema(ResultSet row, int column) throws SQLException {
        int oid = oid(row, column);
        String schema = schemas.get(oid);
        if (schema == null) {
            throw new SQLException("there is no schema of id " + Integer.toUnsignedString(oid));
        }
        return schema;
    }

    Oids withoutZeros(int... values) {
        int count = 0;
        for (int value : values) {
            if (value != 0) {
                values[count++] = value;
            }
        }
        return interner.one(Oids.of(java.util.Arrays.copyOf(values, count)));
    }

    /** PostgreSQL has a kind of thing that it had not when this was written. */
    static SQLException unknown(String column, String value) {
        return new SQLException("unknown " + column + " " + value);
    }
}
