package dev.postern.sql;

import dev.postern.catalog.Column;
import dev.postern.sql.FunctionUse.Syntax;
import dev.postern.sql.Range.Columns;
import dev.postern.sql.Range.Has;
import dev.postern.sql.RelationUse.ColumnRead;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what of which relation a name reads. A name may be a column, a whole row, or in
 * attribute notation a function; what cannot be told apart counts as all that it may be.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-expressions.html">Value Expressions</a>
 */
final class ColumnReferences {

    private static final int MAX_PARTS = 4;

    private final FactsCollector found;
    private final ValueTypes types;

    ColumnReferences(FactsCollector found, ValueTypes types) {
        this.found = found;
        this.types = types;
    }

    /** Notes what a ColumnRef reads. */
    void read(SyntaxNode reference, Scope scope, int position, int output) {
        List<@Nullable SyntaxNode> fields = reference.list("fields");
        SyntaxNode last = fields.isEmpty() ? null : fields.get(fields.size() - 1);
        if (last == null || fields.size() > MAX_PARTS) {
            return;
        }
        QualifiedName of =
                fields.size() == 1 ? null : QualifiedName.of(fields.subList(0, fields.size() - 1));
        if (last.is("A_Star")) {
            star(of, scope, position, output);
            return;
        }
        String text = last.is("String") ? last.text("sval") : null;
        String name = text == null ? "" : text;
        if (of == null) {
            column(name, scope, position, output);
        } else {
            columnOf(of, name, scope, position, output);
        }
    }

    private static void star(@Nullable QualifiedName of, Scope place, int position, int output) {
        for (Scope scope = place; scope != null; scope = scope.outer()) {
            if (scope.query() == null) {
                continue;
            }
            boolean any = false;
            for (Range range : scope.nameable()) {
                if (of == null || range.isCalled(of.schema(), of.name())) {
                    range.readAll(position, output);
                    any = true;
                }
            }
            if (scope.certain() && (any || of == null)) {
                return;
            }
        }
    }

    private static void column(String name, Scope place, int position, int output) {
        boolean surely = false;
        for (Scope scope = place; scope != null && !surely; scope = scope.outer()) {
            if (scope.query() == null) {
                continue;
            }
            boolean here = false;
            for (Range range : scope.nameable()) {
                Has has = range.has(name);
                if (has != Has.NO) {
                    range.read(name, position, output);
                    here |= has == Has.YES;
                }
            }
            surely = here && scope.certain();
        }
        if (!surely) {
            rows(name, place, position, output);
        }
    }

    /** {@code t} alone is a whole row if it is no column. */
    private static void rows(String name, Scope place, int position, int output) {
        for (Scope scope = place; scope != null; scope = scope.outer()) {
            for (Range range : scope.nameable()) {
                if (range.isCalled(null, name)) {
                    range.readAll(position, output);
                }
            }
        }
    }

    private void columnOf(QualifiedName of, String name, Scope place, int position, int output) {
        boolean surely = false;
        int row = ValueType.UNKNOWN;
        int rows = 0;
        boolean attribute = false;
        for (Scope scope = place; scope != null && !surely; scope = scope.outer()) {
            if (scope.query() == null) {
                continue;
            }
            for (Range range : scope.nameable()) {
                if (!range.isCalled(of.schema(), of.name())) {
                    continue;
                }
                surely = scope.certain();
                switch (range.has(name)) {
                    case YES -> range.read(name, position, output);
                    case MAYBE -> {
                        range.read(name, position, output);
                        attribute = true;
                        rows++;
                    }
                    case NO -> {
                        range.readAll(position, output);
                        attribute = true;
                        row = range.rowType();
                        rows++;
                    }
                }
            }
        }
        if (attribute || (!surely && rows == 0)) {
            attribute(name, position, rows == 1 ? row : ValueType.UNKNOWN, null, place);
        }
    }

    /** Notes that a name may be a function of a row. */
    private void attribute(
            String name, int position, int row, @Nullable SyntaxNode argument, Scope scope) {
        List<@Nullable SyntaxNode> arguments = new ArrayList<>(1);
        if (argument != null) {
            arguments.add(argument);
        }
        found.uses.add(
                new PendingUse.Call(
                        null, name, 1, Syntax.ATTRIBUTE, position, arguments, row, scope));
    }

    /** Notes what {@code (expression).name} may call. */
    void fields(SyntaxNode indirection, Scope scope) {
        SyntaxNode argument = indirection.node("arg");
        int type = types.of(argument, scope);
        boolean first = true;
        for (SyntaxNode part : indirection.list("indirection")) {
            String name = part != null && part.is("String") ? part.text("sval") : null;
            if (name == null) {
                type = ValueType.UNKNOWN;
            } else {
                Column field = type > 0 ? types.fieldOf(type, name) : null;
                if (field == null) {
                    attribute(
                            name,
                            found.position(argument),
                            type > 0 ? type : ValueType.UNKNOWN,
                            first ? argument : null,
                            scope);
                }
                type = field == null ? ValueType.UNKNOWN : field.type();
            }
            first = false;
        }
    }

    /** Notes what USING and NATURAL compare. */
    void join(SyntaxNode join, Ranges ranges, List<@Nullable SyntaxNode> using) {
        boolean natural = join.flag("isNatural");
        if (!natural && using.isEmpty()) {
            return;
        }
        List<Range> left = FromClause.parts(join.node("larg"), ranges);
        List<Range> right = FromClause.parts(join.node("rarg"), ranges);
        int position = found.position(join);
        if (natural) {
            common(left, right, position);
            common(right, left, position);
            for (String name : names(left)) {
                if (right.stream().anyMatch(range -> range.has(name) != Has.NO)) {
                    compare(name, left, right, position);
                }
            }
            return;
        }
        for (String name : FromClause.strings(using)) {
            compare(name, left, right, position);
            left.forEach(range -> readIfThere(range, name, position));
            right.forEach(range -> readIfThere(range, name, position));
        }
    }

    /** Notes that the columns of a name are compared. */
    private void compare(String name, List<Range> left, List<Range> right, int position) {
        found.uses.add(
                new PendingUse.Operation(
                        null,
                        "=",
                        position,
                        null,
                        null,
                        false,
                        Scope.NONE,
                        typeIn(left, name),
                        typeIn(right, name)));
    }

    private static int typeIn(List<Range> ranges, String name) {
        Range only = null;
        for (Range range : ranges) {
            switch (range.has(name)) {
                case YES -> {
                    if (only != null) {
                        return ValueType.UNKNOWN;
                    }
                    only = range;
                }
                case MAYBE -> {
                    return ValueType.UNKNOWN;
                }
                case NO -> {}
            }
        }
        return only == null ? ValueType.UNKNOWN : only.typeOf(name);
    }

    private static Set<String> names(List<Range> ranges) {
        Set<String> names = new LinkedHashSet<>();
        for (Range range : ranges) {
            range.columns().columns().forEach(column -> names.add(column.name()));
        }
        return names;
    }

    private static void readIfThere(Range range, String name, int position) {
        if (range.has(name) != Has.NO) {
            range.read(name, position, ColumnRead.ANYWHERE);
        }
    }

    private static void common(List<Range> ranges, List<Range> others, int position) {
        for (Range range : ranges) {
            Columns columns = range.columns();
            if (!columns.complete()) {
                range.readAll(position, ColumnRead.ANYWHERE);
                continue;
            }
            for (Column column : columns.columns()) {
                if (others.stream().anyMatch(other -> other.has(column.name()) != Has.NO)) {
                    range.read(column.name(), position, ColumnRead.ANYWHERE);
                }
            }
        }
    }
}
