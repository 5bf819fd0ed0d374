package dev.postern.sql;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.Operator;
import dev.postern.catalog.Routine;
import dev.postern.catalog.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Narrows down which routine or operator a use means, by the types of its arguments as far as they
 * are known. What may be meant stays.
 *
 * @see <a href="https://www.postgresql.org/docs/current/typeconv-oper.html">Operator Type
 *     Resolution</a>
 */
final class Candidates {

    private static final int[] WHOLE_NUMBERS = {
        ValueType.INTEGER, ValueType.BIGINT, ValueType.NUMERIC
    };

    private final Catalog catalog;

    Candidates(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Returns the routines that a call may mean.
     *
     * @param arguments what is known of the types of the arguments; empty if their places are not
     *     known
     * @param present tells of a type whether the statement may hold values of it
     */
    List<Routine> routines(List<Routine> all, int[] arguments, IntPredicate present) {
        if (allBuiltIn(all) || arguments.length == 0) {
            return all;
        }
        List<Routine> exact = exact(all, arguments);
        if (!exact.isEmpty()) {
            return exact;
        }
        boolean builtIn = all.stream().anyMatch(Routine::isBuiltIn);
        List<Routine> left = new ArrayList<>();
        for (Routine routine : all) {
            if (fits(routine, arguments) && !(builtIn && isForeign(routine, present))) {
                left.add(routine);
            }
        }
        return allLiterals(arguments) ? takingStrings(left, arguments.length) : left;
    }

    private static boolean allLiterals(int[] arguments) {
        for (int argument : arguments) {
            if (argument != ValueType.LITERAL) {
                return false;
            }
        }
        return arguments.length > 0;
    }

    /** Literals alone are taken for strings wherever one of the routines takes a string. */
    private List<Routine> takingStrings(List<Routine> routines, int count) {
        List<Routine> left = routines;
        for (int i = 0; i < count; i++) {
            int index = i;
            List<Routine> strings =
                    left.stream().filter(r -> takesString(argumentType(r, index))).toList();
            if (!strings.isEmpty()) {
                left = strings;
            }
        }
        return left;
    }

    private boolean takesString(int oid) {
        Type type = catalog.type(oid);
        return type == null || type.category() == 'S' || type.kind() == Type.Kind.PSEUDO;
    }

    /** Returns the routines, PostgreSQL's own among them, that take arguments of these types. */
    List<Routine> fitting(List<Routine> all, int[] arguments) {
        List<Routine> exact = exact(all, arguments);
        return exact.isEmpty()
                ? all.stream().filter(routine -> fits(routine, arguments)).toList()
                : exact;
    }

    /** Returns the operators, PostgreSQL's own among them, that take operands of these types. */
    List<Operator> fitting(List<Operator> all, boolean prefix, int left, int right) {
        return operators(all, prefix, left, right, oid -> true);
    }

    private static boolean allBuiltIn(List<Routine> routines) {
        for (Routine routine : routines) {
            if (!routine.isBuiltIn()) {
                return false;
            }
        }
        return true;
    }

    private boolean fits(Routine routine, int[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (!Coercion.may(catalog, arguments[i], argumentType(routine, i))) {
                return false;
            }
        }
        return true;
    }

    private static int argumentType(Routine routine, int index) {
        int last = routine.arguments().size() - 1;
        if (routine.variadic() != 0 && index >= last) {
            return ValueType.UNKNOWN;
        }
        return index > last ? ValueType.UNKNOWN : routine.arguments().get(index);
    }

    /** The one whose argument types are exactly those given wins over all others. */
    private List<Routine> exact(List<Routine> all, int[] arguments) {
        List<Routine> exact = new ArrayList<>(1);
        for (int whole : WHOLE_NUMBERS) {
            int[] types = new int[arguments.length];
            boolean wholeNumbers = false;
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] == ValueType.UNKNOWN || arguments[i] == ValueType.LITERAL) {
                    return List.of();
                }
                wholeNumbers |= arguments[i] == ValueType.WHOLE_NUMBER;
                types[i] = arguments[i] == ValueType.WHOLE_NUMBER ? whole : arguments[i];
            }
            Routine match = exactMatch(all, types);
            if (match == null) {
                return List.of();
            }
            if (!exact.contains(match)) {
                exact.add(match);
            }
            if (!wholeNumbers) {
                break;
            }
        }
        return exact;
    }

    private static @Nullable Routine exactMatch(List<Routine> all, int[] types) {
        Routine match = null;
        for (Routine routine : all) {
            if (routine.arguments().size() == types.length && same(routine, types)) {
                if (match != null) {
                    return null;
                }
                match = routine;
            }
        }
        return match;
    }

    private static boolean same(Routine routine, int[] types) {
        for (int i = 0; i < types.length; i++) {
            if (routine.arguments().get(i) != types[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Tells whether a routine is about a type of which the statement can hold no value, not even a
     * literal: PostgreSQL takes a literal for another type than that of a string only if no routine
     * of the name takes it for a string.
     */
    private boolean isForeign(Routine routine, IntPredicate present) {
        for (int i = 0; i < routine.arguments().size(); i++) {
            if (isForeign(routine.arguments().get(i), present)) {
                return true;
            }
        }
        return false;
    }

    private boolean isForeign(int oid, IntPredicate present) {
        Type type = catalog.type(oid);
        return type != null
                && !type.isBuiltIn()
                && type.category() != 'S'
                && !type.preferred()
                && !present.test(oid)
                && catalog.userCasts().stream().noneMatch(cast -> cast.target() == oid);
    }

    /**
     * Returns the operators that a use may mean.
     *
     * @param left what is known of the type on its left, of no meaning for prefix operators
     */
    List<Operator> operators(
            List<Operator> all, boolean prefix, int left, int right, IntPredicate present) {
        List<Operator> fitting = new ArrayList<>();
        boolean builtIn = false;
        for (Operator operator : all) {
            if ((operator.left() == 0) == prefix
                    && (prefix || Coercion.may(catalog, left, operator.left()))
                    && Coercion.may(catalog, right, operator.right())) {
                fitting.add(operator);
                builtIn |= operator.isBuiltIn();
            }
        }
        Operator exact = exactOperator(fitting, prefix, left, right);
        if (exact != null) {
            return List.of(exact);
        }
        if (builtIn) {
            fitting.removeIf(operator ->
                    isForeign(operator.right(), present)
                            || (!prefix && isForeign(operator.left(), present)));
        }
        return fitting;
    }

    /**
     * The operator on exactly these types wins; a literal on one side is taken for the type of the
     * other.
     */
    private static @Nullable Operator exactOperator(
            List<Operator> fitting, boolean prefix, int left, int right) {
        int exactLeft = left == ValueType.LITERAL ? right : left;
        int exactRight = right == ValueType.LITERAL && !prefix ? left : right;
        if (exactRight <= 0 || exactRight == ValueType.LITERAL || (!prefix && exactLeft <= 0)) {
            return null;
        }
        Operator exact = null;
        for (Operator operator : fitting) {
            if (operator.right() == exactRight && (prefix || operator.left() == exactLeft)) {
                if (exact != null) {
                    return null;
                }
                exact = operator;
            }
        }
        return exact;
    }
}
