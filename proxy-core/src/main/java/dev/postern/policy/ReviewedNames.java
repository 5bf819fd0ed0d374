package dev.postern.policy;

import dev.postern.policy.FunctionList.Entry;
import dev.postern.protocol.SqlState;
import dev.postern.sql.CastUse;
import dev.postern.sql.FunctionUse;
import dev.postern.sql.OperatorUse;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges names alone, against the reviewed lists and the policy's own: PostgreSQL's names always,
 * all others where no catalog was asked. Then a name that a list holds counts as the listed one,
 * since another by the same name cannot be told apart.
 */
final class ReviewedNames {

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

    /** Returns why a call must not pass, {@code null} if it may. */
    @Nullable Denial function(FunctionUse function, Policy policy) {
        if (function.syntax() == FunctionUse.Syntax.TABLESAMPLE
                && SAMPLING_METHODS.contains(function.name())) {
            return null;
        }
        Entry entry =
                isSystem(function.schema())
                        ? FunctionList.BUILT_IN.find(function.name(), function.arguments())
                        : null;
        if (entry == null && !isOnlySystem(function.schema())) {
            entry = ExtensionList.INSTANCE.byName(function.name(), function.arguments());
        }
        return judged(function, entry, policy);
    }

    /** Returns why a call of one of PostgreSQL's own functions must not pass. */
    @Nullable Denial builtIn(FunctionUse function, Policy policy) {
        if (function.syntax() == FunctionUse.Syntax.TABLESAMPLE
                && SAMPLING_METHODS.contains(function.name())) {
            return null;
        }
        return judged(
                function,
                FunctionList.BUILT_IN.find(function.name(), function.arguments()),
                policy);
    }

    private @Nullable Denial judged(FunctionUse function, @Nullable Entry entry, Policy policy) {
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

    /** Returns why an operator must not be used, {@code null} if it may. */
    @Nullable Denial operator(OperatorUse operator) {
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

    /** Tells whether one of PostgreSQL's own types was reviewed. */
    boolean isReviewedType(String type) {
        return types.contains(type.startsWith("_") ? type.substring(1) : type);
    }

    /** Returns why a conversion must not be made, {@code null} if it may. */
    @Nullable Denial cast(CastUse cast, Policy policy) {
        boolean known = isReviewedType(cast.type());
        if (isOnlySystem(cast.schema())
                ? known
                : known || cast.source() == CastUse.Source.LITERAL) {
            return null;
        }
        if (policyAllows(cast.schema(), cast.type(), 1, policy, false)) {
            return null;
        }
        return unreviewedType(cast);
    }

    /** The refusal of a conversion to a type that nobody reviewed. */
    Denial unreviewedType(CastUse cast) {
        return new Denial(
                Rule.FUNCTION_UNKNOWN,
                SqlState.INSUFFICIENT_PRIVILEGE,
                "cast of an expression to "
                        + cast.qualifiedName()
                        + ", which is not a reviewed type: the cast may call a function that does more than read",
                cast.position(),
                cast.qualifiedName(),
                "Cast a string literal or a parameter, compare as text, or ask for functions.allow: [\""
                        + (cast.schema() == null ? "public" : cast.schema())
                        + "."
                        + cast.type()
                        + "(*)\"].");
    }

    /** Returns why a name in attribute notation must not be used, {@code null} if it may. */
    @Nullable Denial attribute(FunctionUse attribute) {
        Entry entry = FunctionList.BUILT_IN.find(attribute.name(), 1);
        if (entry == null) {
            entry = ExtensionList.INSTANCE.byName(attribute.name(), 1);
        }
        if (entry == null || entry.functionClass() == FunctionClass.SAFE) {
            return null;
        }
        return unsafeFunction(attribute.name(), attribute.position(), entry);
    }

    private static boolean policyAllows(FunctionUse function, Policy policy, boolean explicitly) {
        return policyAllows(
                function.schema(), function.name(), function.arguments(), policy, explicitly);
    }

    private static boolean policyAllows(
            @Nullable String schema,
            String name,
            int arguments,
            Policy policy,
            boolean explicitly) {
        for (FunctionPattern pattern : policy.functions()) {
            if ((pattern.isExplicit() || !explicitly) && pattern.matches(schema, name, arguments)) {
                return true;
            }
        }
        return false;
    }

    /** Tells whether a policy names a function of PostgreSQL's own, so that its class is moot. */
    static boolean isNamed(FunctionUse function, Policy policy) {
        return policyAllows("pg_catalog", function.name(), function.arguments(), policy, true);
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
