package dev.postern.policy;

import dev.postern.catalog.Cast;
import dev.postern.catalog.Catalog;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Operator;
import dev.postern.catalog.Routine;
import dev.postern.catalog.SearchPath;
import dev.postern.catalog.Type;
import dev.postern.policy.FunctionList.Entry;
import dev.postern.protocol.SqlState;
import dev.postern.sql.SqlFacts;
import dev.postern.sql.Statement;
import dev.postern.sql.StatementFacts;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges what the catalog holds and a text can reach: routines by what they are and, in language
 * SQL, by what they do; operators, casts and types by the routines behind them.
 */
final class RoutineRules {

    private final FactsRules facts;

    RoutineRules(FactsRules facts) {
        this.facts = facts;
    }

    private record RoutineKey(int oid, @Nullable SearchPath path) {}

    private record TypeKey(int oid) {}

    /**
     * Returns what stands against calling a routine.
     *
     * @param path the search path that applies where it is called
     */
    @Nullable Objection routine(Routine routine, SearchPath path, Context context) {
        if (routine.isBuiltIn()) {
            return builtIn(routine);
        }
        boolean dependsOnPath =
                routine.body() != null && !routine.body().bound() && routine.searchPath() == null;
        return context.judged(
                new RoutineKey(routine.oid(), dependsOnPath ? path : null),
                () -> judge(routine, path, context));
    }

    private static @Nullable Objection builtIn(Routine routine) {
        Entry entry = FunctionList.BUILT_IN.find(routine.name(), routine.arguments().size());
        if (entry == null || entry.functionClass() == FunctionClass.SAFE) {
            return null;
        }
        return unsafe("it calls " + routine.name() + ", which is no read: " + entry.reason(), "");
    }

    private @Nullable Objection judge(Routine routine, SearchPath path, Context context) {
        if (isAllowed(routine, context.policy(), true)) {
            return null;
        }
        Entry entry = routine.extension() == null ? null : ExtensionList.INSTANCE.find(routine);
        if (entry != null) {
            return entry.functionClass() == FunctionClass.SAFE
                    ? null
                    : unsafe(entry.reason(), allowing(routine));
        }
        if (isAllowed(routine, context.policy(), false)) {
            return null;
        }
        if (!routine.support().isEmpty()) {
            return all(routine.support(), path, context);
        }
        Routine.Body body = routine.body();
        if (body == null) {
            return unknown(
                    "it is written in "
                            + routine.language()
                            + ", which cannot be judged: it may do more than read",
                    routine);
        }
        if (routine.securityDefiner()) {
            return unknown("it runs with its owner's rights (SECURITY DEFINER)", routine);
        }
        SearchPath own = routine.searchPath();
        SearchPath inside = own == null ? path : own;
        Objection objection =
                body(body.text(), body.bound() ? SearchPath.SYSTEM : inside, routine, context);
        if (objection == null && routine.defaultsText() != null) {
            objection =
                    body("SELECT " + routine.defaultsText(), SearchPath.SYSTEM, routine, context);
        }
        for (int i = 0; objection == null && i < routine.arguments().size(); i++) {
            objection = type(routine.arguments().get(i), context);
        }
        return objection == null ? type(routine.result(), context) : objection;
    }

    private @Nullable Objection body(
            String text, SearchPath path, Routine routine, Context context) {
        return switch (context.read(text, path)) {
            case SqlFacts.Unreadable unreadable -> unreadable(unreadable, "its body", routine);
            case SqlFacts.Parsed parsed -> {
                for (StatementFacts statement : parsed.statements()) {
                    if (!(statement.statement() instanceof Statement.Select)) {
                        yield unsafe(
                                "its body holds " + statement.statement().command(),
                                allowing(routine));
                    }
                    Findings findings = new Findings(context.policy());
                    facts.judge(statement, path, context, RelationRules.Standing.STRICT, findings);
                    Denial denial = findings.any();
                    if (denial != null) {
                        yield Objections.within(denial, allowing(routine));
                    }
                }
                yield null;
            }
        };
    }

    private static Objection unreadable(
            SqlFacts.Unreadable unreadable, String what, Routine routine) {
        return switch (unreadable.reason()) {
            case TOO_COMPLEX, FAULT ->
                    new Objection(
                            Rule.TEXT_TOO_COMPLEX,
                            SqlState.STATEMENT_TOO_COMPLEX,
                            what + " could not be judged in time",
                            "Try again; what was judged is remembered.");
            case SYNTAX, NODE_UNKNOWN, TOO_LONG, ENCODING ->
                    unknown(what + " cannot be read", routine);
        };
    }

    private @Nullable Objection all(Oids routines, SearchPath path, Context context) {
        for (int i = 0; i < routines.size(); i++) {
            Objection objection = byId(routines.get(i), path, context);
            if (objection != null) {
                return objection;
            }
        }
        return null;
    }

    private @Nullable Objection byId(int oid, SearchPath path, Context context) {
        Routine routine = context.catalog().routine(oid);
        if (routine != null) {
            return routine(routine, path, context);
        }
        return Catalog.isBuiltIn(oid)
                ? null
                : Objections.unreadable("it calls a function that is not in the catalog");
    }

    /** Returns what stands against using an operator. */
    @Nullable Objection operator(Operator operator, SearchPath path, Context context) {
        return byId(operator.function(), path, context);
    }

    /** Returns what stands against a conversion. */
    @Nullable Objection cast(Cast cast, SearchPath path, Context context) {
        return switch (cast.method()) {
            case FUNCTION -> byId(cast.function(), path, context);
            case INOUT, BINARY -> null;
        };
    }

    /** Returns what stands against making values of a type. */
    @Nullable Objection type(int oid, Context context) {
        if (Catalog.isBuiltIn(oid)) {
            return null;
        }
        return context.judged(new TypeKey(oid), () -> judgeType(oid, context));
    }

    /** A type is as harmless as all that it is made of. */
    private @Nullable Objection judgeType(int oid, Context context) {
        Catalog catalog = context.catalog();
        Set<Integer> seen = new HashSet<>();
        ArrayDeque<Integer> pending = new ArrayDeque<>();
        pending.add(oid);
        for (Integer next = pending.poll(); next != null; next = pending.poll()) {
            Type type = catalog.type(next);
            if (type == null || type.isBuiltIn() || !seen.add(next)) {
                continue;
            }
            Objection objection = part(type, context);
            if (objection != null) {
                return objection;
            }
            pending.add(type.element());
            pending.add(type.base());
            type.fields().forEach(field -> pending.add(field.type()));
            var relation = type.relation() == 0 ? null : catalog.relation(type.relation());
            if (relation != null) {
                relation.columns().forEach(column -> pending.add(column.type()));
            }
        }
        return null;
    }

    private @Nullable Objection part(Type type, Context context) {
        if (ExtensionList.INSTANCE.isTrusted(type.extension())
                || isAllowed(type, context.policy())) {
            return null;
        }
        for (String check : type.checks()) {
            Objection objection = expression(check, context);
            if (objection != null) {
                return new Objection(
                        objection.rule(),
                        objection.sqlState(),
                        "its check runs more than reads: " + objection.reason(),
                        objection.hint());
            }
        }
        return all(type.functions(), SearchPath.SYSTEM, context);
    }

    /** Returns what stands against evaluating an expression as PostgreSQL prints it. */
    @Nullable Objection expression(String text, Context context) {
        return switch (context.read("SELECT " + text, SearchPath.SYSTEM)) {
            case SqlFacts.Unreadable unreadable -> Objections.unreadable("it cannot be read");
            case SqlFacts.Parsed parsed -> {
                for (StatementFacts statement : parsed.statements()) {
                    Findings findings = new Findings(context.policy());
                    facts.judgeAllButRelations(statement, SearchPath.SYSTEM, context, findings);
                    Denial denial = findings.any();
                    if (denial != null) {
                        yield Objections.within(denial, "Use other tables and types.");
                    }
                }
                yield null;
            }
        };
    }

    /**
     * Tells whether the policy allows a routine.
     *
     * @param explicitly whether only entries that name it without {@code *} count
     */
    static boolean isAllowed(Routine routine, Policy policy, boolean explicitly) {
        for (FunctionPattern pattern : policy.functions()) {
            if ((pattern.isExplicit() || !explicitly)
                    && pattern.matches(
                            routine.schema(), routine.name(), routine.arguments().size())) {
                return true;
            }
        }
        return false;
    }

    /** A type is allowed as the function of its name would be. */
    static boolean isAllowed(Type type, Policy policy) {
        for (FunctionPattern pattern : policy.functions()) {
            if (pattern.matches(type.schema(), type.name(), 1)) {
                return true;
            }
        }
        return false;
    }

    private static String allowing(Routine routine) {
        return "Leave it out, or ask for functions.allow: [\""
                + routine.qualifiedName()
                + "(*)\"] in the policy.";
    }

    private static Objection unknown(String reason, Routine routine) {
        return new Objection(
                Rule.FUNCTION_UNKNOWN, SqlState.INSUFFICIENT_PRIVILEGE, reason, allowing(routine));
    }

    private static Objection unsafe(String reason, String hint) {
        return new Objection(
                Rule.FUNCTION_UNSAFE,
                SqlState.INSUFFICIENT_PRIVILEGE,
                reason,
                hint.isEmpty() ? "Leave it out." : hint);
    }
}
