package dev.postern.sql;

import dev.postern.catalog.Column;
import dev.postern.catalog.Relation;
import dev.postern.sql.RelationUse.ColumnRead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one item of a FROM clause binds: a name, and columns under it. */
abstract sealed class Range {

    /** Whether an item has a column. */
    enum Has {
        YES,
        NO,
        MAYBE
    }

    private final @Nullable String name;

    private Range(@Nullable String name) {
        this.name = name;
    }

    /** Returns its alias, or its own name if it has none; {@code null} if it has neither. */
    final @Nullable String name() {
        return name;
    }

    /** Tells whether {@code schema.name} in front of a column means this item. */
    boolean isCalled(@Nullable String schema, String called) {
        return schema == null && called.equals(name);
    }

    abstract Has has(String column);

    /** Returns a column's type, {@link ValueType#UNKNOWN} if it is not known. */
    abstract int typeOf(String column);

    /** Returns the type of its rows, {@link ValueType#UNKNOWN} if it is not known. */
    abstract int rowType();

    /** A column may be read. */
    abstract void read(String column, int position, int output);

    /** All columns may be read. */
    abstract void readAll(int position, int output);

    /** Returns its columns. */
    abstract Columns columns();

    /**
     * The columns of an item.
     *
     * @param columns those that are known, in order
     * @param complete whether there are no others
     */
    record Columns(List<Column> columns, boolean complete) {

        static final Columns NONE_KNOWN = new Columns(List.of(), false);

        /** Returns them under the names that an alias gives. */
        Columns renamed(List<String> names) {
            if (names.isEmpty()) {
                return this;
            }
            if (!complete) {
                return new Columns(
                        names.stream().map(given -> new Column(given, ValueType.UNKNOWN)).toList(),
                        false);
            }
            List<Column> renamed = new ArrayList<>(columns.size());
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                renamed.add(i < names.size() ? new Column(names.get(i), column.type()) : column);
            }
            return new Columns(renamed, true);
        }

        @Nullable Column find(String column) {
            for (Column candidate : columns) {
                if (candidate.name().equals(column)) {
                    return candidate;
                }
            }
            return null;
        }
    }

    /** A relation. */
    static final class OfRelation extends Range {

        private static final Set<String> SYSTEM_COLUMNS =
                Set.of("tableoid", "ctid", "xmin", "xmax", "cmin", "cmax");

        private final RelationUse use;
        private final @Nullable Relation relation;
        private final Reads reads;
        private final List<String> aliases;
        private final boolean aliased;
        private @Nullable Map<String, Column> byName;

        /**
         * Makes an item.
         *
         * @param reads where it is noted what is read
         * @param aliases the names that the alias gives its first columns
         */
        OfRelation(RelationUse use, Reads reads, @Nullable String alias, List<String> aliases) {
            super(alias == null ? use.name() : alias);
            this.use = use;
            this.relation = use.relation();
            this.reads = reads;
            this.aliases = aliases;
            this.aliased = alias != null;
        }

        @Override
        boolean isCalled(@Nullable String schema, String called) {
            if (schema == null) {
                return called.equals(name());
            }
            if (aliased || !called.equals(use.name())) {
                return false;
            }
            return relation == null
                    ? use.schema() == null || use.schema().equals(schema)
                    : relation.schema().equals(schema);
        }

        /** Returns its own columns by the names they have here. */
        private Map<String, Column> byName() {
            Map<String, Column> known = byName;
            if (known == null) {
                known = new HashMap<>();
                List<Column> own = relation == null ? List.of() : relation.columns();
                for (int i = 0; i < own.size(); i++) {
                    Column column = own.get(i);
                    known.put(i < aliases.size() ? aliases.get(i) : column.name(), column);
                }
                byName = known;
            }
            return known;
        }

        @Override
        Has has(String column) {
            if (byName().containsKey(column)) {
                return Has.YES;
            }
            if (relation == null) {
                return Has.MAYBE;
            }
            return SYSTEM_COLUMNS.contains(column) ? Has.YES : Has.NO;
        }

        @Override
        int typeOf(String column) {
            Column own = byName().get(column);
            return own == null ? ValueType.UNKNOWN : own.type();
        }

        @Override
        int rowType() {
            return relation == null ? ValueType.UNKNOWN : relation.rowType();
        }

        @Override
        void read(String column, int position, int output) {
            Column own = byName().get(column);
            if (own != null) {
                reads.add(own.name(), position, output);
            } else if (relation == null) {
                reads.add(aliases.isEmpty() ? column : ColumnRead.ALL, position, output);
            }
        }

        @Override
        void readAll(int position, int output) {
            reads.add(ColumnRead.ALL, position, output);
        }

        @Override
        Columns columns() {
            return relation == null
                    ? Columns.NONE_KNOWN.renamed(aliases)
                    : new Columns(relation.columns(), true).renamed(aliases);
        }
    }

    /** A subquery, CTE or function: whatever is read to make it is noted where it stands. */
    static final class OfColumns extends Range {

        private final Source source;
        private final List<String> aliases;
        private final int row;
        private @Nullable Columns columns;

        /** Where the columns come from. */
        interface Source {
            Columns columns();
        }

        OfColumns(@Nullable String name, List<String> aliases, int rowType, Source source) {
            super(name);
            this.aliases = aliases;
            this.row = rowType;
            this.source = source;
        }

        @Override
        Columns columns() {
            Columns known = columns;
            if (known == null) {
                // What asks for itself meanwhile learns that nothing is known.
                columns = Columns.NONE_KNOWN;
                known = source.columns().renamed(aliases);
                columns = known;
            }
            return known;
        }

        @Override
        Has has(String column) {
            Columns known = columns();
            if (known.find(column) != null) {
                return Has.YES;
            }
            return known.complete() ? Has.NO : Has.MAYBE;
        }

        @Override
        int typeOf(String column) {
            Column found = columns().find(column);
            return found == null ? ValueType.UNKNOWN : found.type();
        }

        @Override
        int rowType() {
            return row;
        }

        @Override
        void read(String column, int position, int output) {}

        @Override
        void readAll(int position, int output) {}
    }

    /** A join under a name of its own, which hides those of its parts. */
    static final class OfJoin extends Range {

        private final Supplier<List<Range>> makeParts;
        private final List<String> aliases;
        private @Nullable List<Range> parts;

        OfJoin(@Nullable String name, List<String> aliases, Supplier<List<Range>> parts) {
            super(name);
            this.aliases = aliases;
            this.makeParts = parts;
        }

        private List<Range> parts() {
            List<Range> known = parts;
            if (known == null) {
                known = makeParts.get();
                parts = known;
            }
            return known;
        }

        @Override
        Has has(String column) {
            Has has = aliases.isEmpty() ? Has.NO : Has.MAYBE;
            for (Range part : parts()) {
                switch (part.has(column)) {
                    case YES -> {
                        return Has.YES;
                    }
                    case MAYBE -> has = Has.MAYBE;
                    case NO -> {}
                }
            }
            return has;
        }

        @Override
        int typeOf(String column) {
            if (aliases.isEmpty()) {
                for (Range part : parts()) {
                    if (part.has(column) == Has.YES) {
                        return part.typeOf(column);
                    }
                }
            }
            return ValueType.UNKNOWN;
        }

        @Override
        int rowType() {
            return ValueType.RECORD;
        }

        @Override
        void read(String column, int position, int output) {
            if (!aliases.isEmpty()) {
                readAll(position, output);
                return;
            }
            for (Range part : parts()) {
                if (part.has(column) != Has.NO) {
                    part.read(column, position, output);
                }
            }
        }

        @Override
        void readAll(int position, int output) {
            parts().forEach(part -> part.readAll(position, output));
        }

        @Override
        Columns columns() {
            return Columns.NONE_KNOWN;
        }
    }
}
