package dev.postern.policy;

import dev.postern.policy.FunctionList.Entry;
import dev.postern.protocol.SqlState;
import dev.postern.sql.CastUse;
import dev.postern.sql.ColumnUse;
import dev.postern.sql.FunctionUse;
import dev.postern.sql.OperatorUse;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolution by name alone, against the reviewed lists and the policy's own. It takes an
 * unqualified name that a list holds for the listed function: a function of one's own by the same
 * name is not told apart before the catalog is asked.
 */
public final class ReviewedNames implements NameResolution {

    private static final Set<String> SAMPLING_METHODS =
            Set.of("bernoulli", "system", "system_rows", "system_time");

    private final Set<String> operators = firstColumn("operators.tsv");
    private final Set<String> types = firstColumn("types.tsv");

    private static Set<String> firstColumn(String resource) {
        Set<String> names = new HashSet<>();
        for (String[] row : ReviewedTable.rows(resource, 2)) {
            names.add(row[0]);
        }
        return Set.copyOf(names);
    }

    @Override
    public @Nullable Denial function(FunctionUse function, Policy policy) {
        if (function.syntax() == FunctionUse.Syntax.TABLESAMPLE
                && SAMPLING_METHODS.contains(function.name())) {
            return null;
        }
        Entry entry =
                isSystem(function.schema())
                        ? FunctionList.BUILT_IN.find(function.name(), function.arguments())
                        : null;
        if (entry == null && !isOnlySystem(function.schema())) {
            entry = FunctionList.EXTENSIONS.find(function.name(), function.arguments());
        }
        if (entry == null) {
            boolean conversion =
                    isSystem(function.schema())
                            && function.arguments() == 1
                            && types.contains(function.name());
            return conversion || policyAllows(function, policy, false)
                    ? null
                    : unknownFunction(function);
        }
        return switch (entry.functionClass()) {
            case SAFE, SETTING, RESET -> null;
            case UNSAFE, SENSITIVE ->
                    policyAllows(function, policy, true)
                            ? null
                            : unsafeFunction(function.qualifiedName(), function.position(), entry);
        };
    }

    @Override
    public @Nullable Denial operator(OperatorUse operator, Policy policy) {
        boolean known = operators.contains(operator.symbol());
        if (known && (operator.schema() == null || operator.schema().equals("pg_catalog"))) {
            return null;
        }
        return new Denial(
                Rule.FUNCTION_UNKNOWN,
                SqlState.INSUFFICIENT_PRIVILEGE,
                "operator "
                        + operator.qualifiedName()
                        + " is not a reviewed one: its function may do more than read",
                operator.position(),
                operator.qualifiedName(),
                "Use PostgreSQL's own operators, unqualified or as OPERATOR(pg_catalog.…).");
    }

    @Override
    public @Nullable Denial cast(CastUse cast, Policy policy) {
        String name = cast.type().startsWith("_") ? cast.type().substring(1) : cast.type();
        boolean known = types.contains(name);
        if (isOnlySystem(cast.schema())
                ? known
                : known || cast.source() == CastUse.Source.LITERAL) {
            return null;
        }
        if (policyAllows(
                new FunctionUse(cast.schema(), cast.type(), 1, FunctionUse.Syntax.CALL, 0),
                policy,
                false)) {
            return null;
        }
        return new Denial(
                Rule.FUNCTION_UNKNOWN,
                SqlState.INSUFFICIENT_PRIVILEGE,
                "cast of an expression to "
                        + cast.qualifiedName()
                        + ", which is not a built-in type: the cast may call a function that does more than read",
                cast.position(),
                cast.qualifiedName(),
                "Cast a string literal or a parameter, compare as text, or ask for functions.allow: [\""
                        + (cast.schema() == null ? "public" : cast.schema())
                        + "."
                        + cast.type()
                        + "(*)\"].");
    }

    @Override
    public @Nullable Denial attribute(ColumnUse column, Policy policy) {
        Entry entry = FunctionList.BUILT_IN.find(column.name(), 1);
        if (entry == null) {
            entry = FunctionList.EXTENSIONS.find(column.name(), 1);
        }
        if (entry == null || entry.functionClass() == FunctionClass.SAFE) {
            return null;
        }
        return unsafeFunction(column.name(), column.position(), entry);
    }

    private static boolean policyAllows(FunctionUse function, Policy policy, boolean explicitly) {
        for (FunctionPattern pattern : policy.functionPatterns()) {
            if ((pattern.isExplicit() || !explicitly)
                    && pattern.matches(function.schema(), function.name(), function.arguments())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSystem(@Nullable String schema) {
        return schema == null || isOnlySystem(schema);
    }

    private static boolean isOnlySystem(@Nullable String schema) {
        return schema != null
                && (schema.equals("pg_catalog") || schema.equals("information_schema"));
    }

    private static Denial unsafeFunction(String name, int position, Entry entry) {
        boolean sensitive = entry.functionClass() == FunctionClass.SENSITIVE;
        return new Denial(
                Rule.FUNCTION_UNSAFE,
                SqlState.INSUFFICIENT_PRIVILEGE,
                "function "
                        + name
                        + (sensitive ? " is not for agents: " : " is not a read: ")
                        + entry.reason(),
                position,
                name,
                "Leave the call out; functions that only compute or read pass.");
    }

    private static Denial unknownFunction(FunctionUse function) {
        String schema = function.schema() == null ? "public" : function.schema();
        return new Denial(
                Rule.FUNCTION_UNKNOWN,
                SqlState.INSUFFICIENT_PRIVILEGE,
                "function "
                        + function.qualifiedName()
                        + " is not a reviewed built-in: it may do more than read",
                function.position(),
                function.qualifiedName(),
                "Use built-in functions, or ask for functions.allow: [\""
                        + schema
                        + "."
                        + function.name()
                        + "(*)\"] in the policy.");
    }
}
