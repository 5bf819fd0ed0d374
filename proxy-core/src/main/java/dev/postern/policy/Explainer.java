package dev.postern.policy;

import dev.postern.catalog.Cast;
import dev.postern.catalog.Catalog;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Operator;
import dev.postern.catalog.Routine;
import dev.postern.catalog.SearchPath;
import dev.postern.catalog.Type;
import dev.postern.policy.Explanation.Call;
import dev.postern.policy.Explanation.Candidate;
import dev.postern.policy.Explanation.Grounds;
import dev.postern.policy.Explanation.Read;
import dev.postern.policy.FunctionList.Entry;
import dev.postern.sql.CastUse;
import dev.postern.sql.FunctionUse;
import dev.postern.sql.OperatorUse;
import dev.postern.sql.RelationUse;
import dev.postern.sql.StatementFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Puts into words what the rules find. It asks them and decides nothing itself. */
final class Explainer {

    private final RoutineRules routines;
    private final CallRules calls;
    private final RelationRules relations;

    Explainer(RoutineRules routines, CallRules calls, RelationRules relations) {
        this.routines = routines;
        this.calls = calls;
        this.relations = relations;
    }

    Explanation explain(StatementFacts facts, SearchPath path, Context context) {
        List<Read> reads = new ArrayList<>();
        for (RelationUse use : facts.relations()) {
            Denial refusal = relations.relation(use, path, context, RelationRules.Standing.STRICT);
            reads.add(new Read(use, refusal == null ? relations.columns(use, context) : refusal));
        }
        List<Call> functions = new ArrayList<>();
        for (FunctionUse use : facts.functions()) {
            Call call = function(use, path, context);
            if (use.syntax() != FunctionUse.Syntax.ATTRIBUTE
                    || call.refusal() != null
                    || !call.candidates().isEmpty()) {
                functions.add(call);
            }
        }
        List<Call> operators = new ArrayList<>();
        for (OperatorUse use : facts.operators()) {
            Call call = operator(use, path, context);
            if (call.refusal() != null
                    || call.candidates().stream().anyMatch(c -> c.routine() != null)) {
                operators.add(call);
            }
        }
        return new Explanation(
                facts.statement().command(),
                reads,
                functions,
                operators,
                types(facts, path, context),
                facts.settings());
    }

    private Call function(FunctionUse use, SearchPath path, Context context) {
        List<Candidate> candidates = new ArrayList<>();
        Denial refusal = calls.function(use, path, context);
        if (use.meaning() instanceof FunctionUse.Meaning.Resolved resolved) {
            if (resolved.builtIn()) {
                candidates.add(builtIn(use, context));
            }
            for (Routine routine : resolved.routines()) {
                candidates.add(routine(routine.qualifiedName(), routine, path, context));
            }
        }
        return new Call(use.qualifiedName(), use.arguments(), use.position(), candidates, refusal);
    }

    private Candidate builtIn(FunctionUse use, Context context) {
        Denial refusal = calls.builtIn(use, context.policy());
        Entry entry = FunctionList.BUILT_IN.find(use.name(), use.arguments());
        boolean reviewed = entry == null || isHarmless(entry.functionClass());
        return new Candidate(
                "pg_catalog." + use.name(),
                null,
                List.of(),
                refusal != null ? Grounds.NONE : reviewed ? Grounds.BUILT_IN : Grounds.POLICY,
                refusal != null
                        ? refusal.message()
                        : !reviewed
                                ? byPolicy(context)
                                : entry == null ? "reviewed" : entry.reason());
    }

    private static boolean isHarmless(FunctionClass functionClass) {
        return switch (functionClass) {
            case SAFE, SETTING, RESET -> true;
            case UNSAFE, SENSITIVE -> false;
        };
    }

    private Call operator(OperatorUse use, SearchPath path, Context context) {
        List<Candidate> candidates = new ArrayList<>();
        if (use.meaning() instanceof OperatorUse.Meaning.Resolved resolved) {
            for (Operator operator : resolved.operators()) {
                candidates.add(
                        byId(
                                operator.schema() + "." + operator.symbol(),
                                operator.function(),
                                path,
                                context));
            }
        }
        return new Call(
                use.qualifiedName(),
                FunctionUse.ANY_ARGUMENTS,
                use.position(),
                candidates,
                calls.operator(use, path, context));
    }

    private List<Call> types(StatementFacts facts, SearchPath path, Context context) {
        List<Call> types = new ArrayList<>();
        TreeSet<Integer> others = new TreeSet<>(facts.types());
        for (CastUse use : facts.casts()) {
            Denial refusal = calls.cast(use, path, context);
            List<Candidate> candidates = new ArrayList<>();
            if (use.meaning() instanceof CastUse.Meaning.Resolved(Type target, List<Cast> casts)) {
                others.remove(target.oid());
                if (!target.isBuiltIn()) {
                    candidates.add(type(target, context));
                }
                for (Cast cast : casts) {
                    if (cast.method() == Cast.Method.FUNCTION) {
                        candidates.add(
                                byId(
                                        "conversion from "
                                                + nameOf(cast.source(), context.catalog()),
                                        cast.function(),
                                        path,
                                        context));
                    }
                }
            }
            if (refusal != null || !candidates.isEmpty()) {
                types.add(
                        new Call(
                                use.qualifiedName(),
                                FunctionUse.ANY_ARGUMENTS,
                                use.position(),
                                candidates,
                                refusal));
            }
        }
        for (int oid : others) {
            Type type = context.catalog().type(oid);
            Candidate candidate = type == null ? null : type(type, context);
            if (candidate != null && (!candidate.passes() || isOwn(type))) {
                types.add(
                        new Call(
                                candidate.name(),
                                FunctionUse.ANY_ARGUMENTS,
                                0,
                                List.of(candidate),
                                null));
            }
        }
        return types;
    }

    /** Not merely the rows of a relation, or an array of another type. */
    private static boolean isOwn(@Nullable Type type) {
        return type != null && type.relation() == 0 && type.element() == 0;
    }

    private Candidate type(Type type, Context context) {
        Objection objection = routines.type(type.oid(), context);
        boolean trusted = ExtensionList.INSTANCE.isTrusted(type.extension());
        boolean allowed = RoutineRules.isAllowed(type, context.policy());
        return new Candidate(
                type.qualifiedName(),
                null,
                List.of(),
                objection != null
                        ? Grounds.NONE
                        : trusted ? Grounds.EXTENSION : allowed ? Grounds.POLICY : Grounds.PARTS,
                objection != null
                        ? objection.reason()
                        : trusted
                                ? "extension " + type.extension()
                                : allowed
                                        ? byPolicy(context)
                                        : "what reads, prints and checks its values passes");
    }

    private Candidate byId(String name, int oid, SearchPath path, Context context) {
        Routine routine = context.catalog().routine(oid);
        return routine == null
                ? new Candidate(
                        name,
                        null,
                        List.of(),
                        Catalog.isBuiltIn(oid) ? Grounds.BUILT_IN : Grounds.NONE,
                        Catalog.isBuiltIn(oid)
                                ? "a function of PostgreSQL's own"
                                : "its function is not in the catalog")
                : routine(name, routine, path, context);
    }

    private Candidate routine(String name, Routine routine, SearchPath path, Context context) {
        Objection objection = routines.routine(routine, path, context);
        return new Candidate(
                name,
                routine,
                arguments(routine.arguments(), context.catalog()),
                objection == null ? grounds(routine, context) : Grounds.NONE,
                objection == null ? why(routine, context) : objection.reason());
    }

    /** The order is that in which {@link RoutineRules} asks. */
    private static Grounds grounds(Routine routine, Context context) {
        if (routine.isBuiltIn()) {
            return Grounds.BUILT_IN;
        }
        if (RoutineRules.isAllowed(routine, context.policy(), true)) {
            return Grounds.POLICY;
        }
        if (reviewed(routine) != null) {
            return Grounds.EXTENSION;
        }
        if (RoutineRules.isAllowed(routine, context.policy(), false)) {
            return Grounds.POLICY;
        }
        return routine.body() == null ? Grounds.PARTS : Grounds.BODY;
    }

    private static String why(Routine routine, Context context) {
        return switch (grounds(routine, context)) {
            case BUILT_IN -> "a function of PostgreSQL's own";
            case EXTENSION -> {
                Entry entry = reviewed(routine);
                yield entry == null ? "" : entry.reason();
            }
            case POLICY -> byPolicy(context);
            case BODY -> "its SQL was judged: it only reads";
            case PARTS, NONE -> "the functions that it is made of pass";
        };
    }

    private static @Nullable Entry reviewed(Routine routine) {
        return routine.extension() == null ? null : ExtensionList.INSTANCE.find(routine);
    }

    private static String byPolicy(Context context) {
        return "functions.allow of policy \"" + context.policy().name() + "\"";
    }

    private static List<String> arguments(Oids types, Catalog catalog) {
        List<String> names = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            names.add(nameOf(types.get(i), catalog));
        }
        return names;
    }

    private static String nameOf(int oid, Catalog catalog) {
        Type type = catalog.type(oid);
        if (type == null) {
            return "?";
        }
        if (type.element() != 0 && type.name().startsWith("_")) {
            return nameOf(type.element(), catalog) + "[]";
        }
        return type.isBuiltIn() ? type.name() : type.qualifiedName();
    }
}
