package dev.postern.policy;

import dev.postern.catalog.Cast;
import dev.postern.catalog.Catalog;
import dev.postern.catalog.Operator;
import dev.postern.catalog.Routine;
import dev.postern.catalog.SearchPath;
import dev.postern.catalog.Type;
import dev.postern.policy.TypeDrivenFunctions.Reach;
import dev.postern.protocol.SqlState;
import dev.postern.sql.CastUse;
import dev.postern.sql.FunctionUse;
import dev.postern.sql.FunctionUse.Syntax;
import dev.postern.sql.OperatorUse;
import dev.postern.sql.StatementFacts;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges the calls of a statement, in whatever syntax: everything that each may mean must pass. */
final class CallRules {

    private static final int JSON = 114;
    private static final int TEXT = 25;

    private final RoutineRules routines;
    private final ReviewedNames byName = new ReviewedNames();

    CallRules(RoutineRules routines) {
        this.routines = routines;
    }

    /** Adds what stands against a statement's calls; tells whether it is refused. */
    boolean judge(StatementFacts facts, SearchPath path, Context context, Findings findings) {
        for (FunctionUse use : facts.functions()) {
            if (findings.add(function(use, path, context))) {
                return true;
            }
        }
        for (OperatorUse use : facts.operators()) {
            if (findings.add(operator(use, path, context))) {
                return true;
            }
        }
        for (CastUse use : facts.casts()) {
            if (findings.add(cast(use, path, context))) {
                return true;
            }
        }
        return findings.add(unseen(facts, path, context));
    }

    @Nullable Denial function(FunctionUse use, SearchPath path, Context context) {
        return switch (use.meaning()) {
            case FunctionUse.Meaning.Unresolved unresolved ->
                    use.syntax() == Syntax.ATTRIBUTE
                            ? byName.attribute(use)
                            : byName.function(use, context.policy());
            case FunctionUse.Meaning.Resolved(boolean builtIn, List<Routine> others) -> {
                Denial denial = builtIn ? builtIn(use, context.policy()) : null;
                for (Routine routine : denial == null ? others : List.<Routine>of()) {
                    if (use.syntax() == Syntax.TABLESAMPLE
                            && ExtensionList.INSTANCE.isTrusted(routine.extension())) {
                        // Its handler is called by the server alone, whatever its label.
                        continue;
                    }
                    Objection objection = routines.routine(routine, path, context);
                    if (objection != null) {
                        yield objection.of("function", routine.qualifiedName(), use.position());
                    }
                }
                boolean missing = !builtIn && others.isEmpty() && use.syntax() != Syntax.ATTRIBUTE;
                yield missing ? noFunction(use) : denial;
            }
        };
    }

    @Nullable Denial builtIn(FunctionUse use, Policy policy) {
        return switch (use.syntax()) {
            case ATTRIBUTE -> byName.attribute(use);
            case TABLESAMPLE, SPECIAL, CALL -> byName.builtIn(use, policy);
        };
    }

    private static Denial noFunction(FunctionUse use) {
        return new Denial(
                Rule.FUNCTION_UNKNOWN,
                SqlState.UNDEFINED_FUNCTION,
                "function "
                        + use.qualifiedName()
                        + switch (use.arguments()) {
                            case FunctionUse.ANY_ARGUMENTS -> "";
                            case 0 -> " without arguments";
                            case 1 -> " with one argument";
                            default -> " with " + use.arguments() + " arguments";
                        }
                        + " does not exist",
                use.position(),
                use.qualifiedName(),
                "Check its name, schema and number of arguments; \\df or pg_proc lists what there is.");
    }

    @Nullable Denial operator(OperatorUse use, SearchPath path, Context context) {
        return switch (use.meaning()) {
            case OperatorUse.Meaning.Unresolved unresolved -> byName.operator(use);
            case OperatorUse.Meaning.Resolved(boolean builtIn, List<Operator> others) -> {
                for (Operator operator : others) {
                    Objection objection = routines.operator(operator, path, context);
                    if (objection != null) {
                        yield objection.of(
                                "operator",
                                operator.schema() + "." + operator.symbol(),
                                use.position());
                    }
                }
                yield builtIn || !others.isEmpty() ? null : noOperator(use);
            }
        };
    }

    private static Denial noOperator(OperatorUse use) {
        return new Denial(
                Rule.FUNCTION_UNKNOWN,
                SqlState.UNDEFINED_FUNCTION,
                "operator " + use.qualifiedName() + " does not exist for these types",
                use.position(),
                use.qualifiedName(),
                "Check the symbol and the types of its operands; a cast may help.");
    }

    @Nullable Denial cast(CastUse use, SearchPath path, Context context) {
        return switch (use.meaning()) {
            case CastUse.Meaning.Unresolved unresolved -> byName.cast(use, context.policy());
            case CastUse.Meaning.NoType noType ->
                    new Denial(
                            Rule.FUNCTION_UNKNOWN,
                            SqlState.UNDEFINED_OBJECT,
                            "type \"" + use.qualifiedName() + "\" does not exist",
                            use.position(),
                            use.qualifiedName(),
                            "Check its name and schema; \\dT or pg_type lists what there is.");
            case CastUse.Meaning.Resolved(Type target, List<Cast> casts) -> {
                if (target.isBuiltIn() && !byName.isReviewedType(target.name())) {
                    yield byName.unreviewedType(use);
                }
                Objection objection = routines.type(target.oid(), context);
                for (Cast cast : objection == null ? casts : List.<Cast>of()) {
                    objection = routines.cast(cast, path, context);
                    if (objection != null) {
                        break;
                    }
                }
                yield objection == null
                        ? null
                        : objection.of("conversion to", target.qualifiedName(), use.position());
            }
        };
    }

    /** What PostgreSQL calls without being told to, for the types that the statement holds. */
    private @Nullable Denial unseen(StatementFacts facts, SearchPath path, Context context) {
        Catalog catalog = context.catalog();
        for (Cast cast : catalog.userCasts()) {
            if (cast.context() == Cast.Context.IMPLICIT
                    && isPresent(cast.source(), facts)
                    && isPresent(cast.target(), facts)) {
                Objection objection = routines.cast(cast, path, context);
                if (objection != null) {
                    return objection.of("conversion to", nameOf(cast.target(), catalog), 0);
                }
            }
        }
        for (FunctionUse use : facts.functions()) {
            Reach reach = TypeDrivenFunctions.INSTANCE.reach(use);
            Denial denial =
                    reach == null ? null : reached(reach, use.position(), facts, path, context);
            if (denial != null) {
                return denial;
            }
        }
        boolean concatenates = facts.operators().stream().anyMatch(TypeDrivenFunctions::isCalledBy);
        return concatenates ? reached(Reach.CAST_TO_TEXT, 0, facts, path, context) : null;
    }

    private @Nullable Denial reached(
            Reach reach, int position, StatementFacts facts, SearchPath path, Context context) {
        return switch (reach) {
            case CAST_TO_JSON -> castTo(JSON, position, facts, path, context);
            case CAST_TO_TEXT -> castTo(TEXT, position, facts, path, context);
            case COLUMNS -> typesOf(facts.types(), position, context);
            case TYPE_BY_OID, TYPE_BY_NAME ->
                    typesOf(context.catalog().userDomains(), position, context);
        };
    }

    private @Nullable Denial castTo(
            int target, int position, StatementFacts facts, SearchPath path, Context context) {
        for (Cast cast : context.catalog().userCasts()) {
            if (cast.target() == target && facts.types().contains(cast.source())) {
                Objection objection = routines.cast(cast, path, context);
                if (objection != null) {
                    return objection.of(
                            "conversion of", nameOf(cast.source(), context.catalog()), position);
                }
            }
        }
        return null;
    }

    private @Nullable Denial typesOf(Collection<Integer> types, int position, Context context) {
        for (Integer type : types) {
            Objection objection = routines.type(type, context);
            if (objection != null) {
                return objection.of("conversion to", nameOf(type, context.catalog()), position);
            }
        }
        return null;
    }

    private static boolean isPresent(int type, StatementFacts facts) {
        return Catalog.isBuiltIn(type) || facts.types().contains(type);
    }

    private static String nameOf(int oid, Catalog catalog) {
        Type type = catalog.type(oid);
        return type == null ? "a type" : type.qualifiedName();
    }
}
