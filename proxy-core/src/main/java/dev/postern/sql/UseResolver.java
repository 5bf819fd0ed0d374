package dev.postern.sql;

import dev.postern.catalog.Cast;
import dev.postern.catalog.Catalog;
import dev.postern.catalog.Column;
import dev.postern.catalog.Names;
import dev.postern.catalog.Operator;
import dev.postern.catalog.Relation;
import dev.postern.catalog.Routine;
import dev.postern.catalog.Type;
import dev.postern.sql.FactsCollector.FoundRelation;
import dev.postern.sql.FunctionUse.Syntax;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks up what the uses of a whole statement mean. */
final class UseResolver {

    private static final int MAX_DOMAINS = 8;

    private final FactsCollector found;
    private final ValueTypes types;
    private final Names names;
    private final Catalog catalog;
    private final List<FunctionUse> functions = new ArrayList<>();
    private final List<OperatorUse> operators = new ArrayList<>();
    private final List<CastUse> casts = new ArrayList<>();
    private final Set<Integer> present = new HashSet<>();
    private final Set<Integer> reached = new HashSet<>();
    private final ArrayDeque<Integer> toClose = new ArrayDeque<>();

    UseResolver(FactsCollector found, ValueTypes types) {
        this.found = found;
        this.types = types;
        this.names = found.names();
        this.catalog = names.catalog();
    }

    List<FunctionUse> functions() {
        return functions;
    }

    List<OperatorUse> operators() {
        return operators;
    }

    List<CastUse> casts() {
        return casts;
    }

    /** Returns the types, without PostgreSQL's own, of which the statement may hold values. */
    Set<Integer> types() {
        return present;
    }

    void resolve() {
        if (catalog.isKnown()) {
            collectTypes();
        }
        for (PendingUse use : found.uses) {
            switch (use) {
                case PendingUse.Call call -> functions.add(function(call));
                case PendingUse.Operation operation -> operators.add(operator(operation));
                case PendingUse.Conversion conversion -> casts.add(cast(conversion));
            }
        }
        // Arguments may be converted to what a routine takes.
        reached.forEach(this::present);
        close();
    }

    /** Values come from relations, parameters, what is converted, and what routines return. */
    private void collectTypes() {
        for (int i = 0; i < found.parameterTypes().size(); i++) {
            present(found.parameterTypes().get(i));
        }
        for (FoundRelation relation : found.relations()) {
            Relation known = relation.use().relation();
            if (known != null) {
                present(known.rowType());
                known.columns().forEach(column -> present(column.type()));
            }
        }
        for (PendingUse use : found.uses) {
            switch (use) {
                case PendingUse.Call call -> {
                    for (Routine routine : all(call)) {
                        if (!routine.isBuiltIn()) {
                            present(routine.result());
                            routine.resultColumns().forEach(column -> present(column.type()));
                        }
                    }
                    Type converted = conversionByName(call);
                    if (converted != null) {
                        present(converted.oid());
                    }
                }
                case PendingUse.Operation operation -> {
                    for (Operator operator :
                            names.operators(operation.schema(), operation.symbol())) {
                        if (!operator.isBuiltIn()) {
                            present(operator.result());
                        }
                    }
                }
                case PendingUse.Conversion conversion -> {
                    Type target = names.type(conversion.schema(), conversion.type());
                    if (target != null) {
                        present(target.oid());
                    }
                }
            }
        }
        close();
    }

    private void present(int oid) {
        if (!Catalog.isBuiltIn(oid) && present.add(oid)) {
            toClose.add(oid);
        }
    }

    /** What holds a type of its own is there with it, and so is what is made of it. */
    private void close() {
        for (Integer oid = toClose.poll(); oid != null; oid = toClose.poll()) {
            Type type = catalog.type(oid);
            if (type != null) {
                present(type.element());
                present(type.array());
                present(type.base());
                type.fields().forEach(field -> present(field.type()));
                Relation relation = type.relation() == 0 ? null : catalog.relation(type.relation());
                if (relation != null) {
                    for (Column column : relation.columns()) {
                        present(column.type());
                    }
                }
            }
        }
    }

    private List<Routine> all(PendingUse.Call call) {
        return call.syntax() == Syntax.SPECIAL
                ? List.of()
                : names.routines(call.schema(), call.name(), call.count());
    }

    private FunctionUse function(PendingUse.Call call) {
        return new FunctionUse(
                call.schema(),
                call.name(),
                call.count(),
                call.syntax(),
                call.position(),
                catalog.isKnown() ? meaning(call) : new FunctionUse.Meaning.Unresolved());
    }

    private FunctionUse.Meaning meaning(PendingUse.Call call) {
        if (call.syntax() == Syntax.SPECIAL) {
            return new FunctionUse.Meaning.Resolved(true, List.of());
        }
        List<Routine> all = all(call);
        List<Routine> meant = all;
        if (call.syntax() == Syntax.ATTRIBUTE) {
            meant = types.candidates().fitting(all, new int[] {argumentType(call)});
        } else if (!all.stream().allMatch(Routine::isBuiltIn)) {
            meant =
                    types.candidates()
                            .routines(
                                    all,
                                    types.ofAll(call.arguments(), call.scope()),
                                    present::contains);
            // PostgreSQL will say that none of them fits.
            meant = meant.isEmpty() ? all : meant;
        }
        Type converted = meant.isEmpty() ? conversionByName(call) : null;
        if (converted != null) {
            SyntaxNode operand = call.arguments().isEmpty() ? null : call.arguments().get(0);
            casts.add(
                    new CastUse(
                            call.schema(),
                            call.name(),
                            CastUse.Source.EXPRESSION,
                            call.position(),
                            new CastUse.Meaning.Resolved(
                                    converted, castsTo(converted, operand, call.scope()))));
            return new FunctionUse.Meaning.Resolved(true, List.of());
        }
        for (Routine routine : meant) {
            for (int i = 0; !routine.isBuiltIn() && i < routine.arguments().size(); i++) {
                reached.add(routine.arguments().get(i));
            }
        }
        return new FunctionUse.Meaning.Resolved(
                meant.stream().anyMatch(Routine::isBuiltIn),
                meant.stream().filter(routine -> !routine.isBuiltIn()).toList());
    }

    private int argumentType(PendingUse.Call call) {
        return call.arguments().isEmpty()
                ? call.argumentType()
                : types.of(call.arguments().get(0), call.scope());
    }

    /** {@code type(x)} converts x where no function of that name takes it. */
    private @Nullable Type conversionByName(PendingUse.Call call) {
        return call.syntax() == Syntax.CALL && call.count() == 1
                ? names.type(call.schema(), call.name())
                : null;
    }

    private OperatorUse operator(PendingUse.Operation use) {
        return new OperatorUse(
                use.schema(),
                use.symbol(),
                use.position(),
                catalog.isKnown() ? meaning(use) : new OperatorUse.Meaning.Unresolved());
    }

    private OperatorUse.Meaning meaning(PendingUse.Operation use) {
        List<Operator> all = names.operators(use.schema(), use.symbol());
        List<Operator> meant = all;
        if (!allBuiltIn(all)) {
            meant =
                    types.candidates()
                            .operators(
                                    all,
                                    use.prefix(),
                                    use.left() == null
                                            ? use.leftType()
                                            : types.of(use.left(), use.scope()),
                                    use.right() == null
                                            ? use.rightType()
                                            : types.of(use.right(), use.scope()),
                                    present::contains);
            // PostgreSQL will say that none of them fits.
            meant = meant.isEmpty() ? all : meant;
        }
        for (Operator operator : meant) {
            if (!operator.isBuiltIn()) {
                reached.add(operator.left());
                reached.add(operator.right());
            }
        }
        return new OperatorUse.Meaning.Resolved(
                meant.stream().anyMatch(Operator::isBuiltIn),
                meant.stream().filter(operator -> !operator.isBuiltIn()).toList());
    }

    private static boolean allBuiltIn(List<Operator> operators) {
        for (Operator operator : operators) {
            if (!operator.isBuiltIn()) {
                return false;
            }
        }
        return true;
    }

    private CastUse cast(PendingUse.Conversion use) {
        return new CastUse(use.schema(), use.type(), use.source(), use.position(), meaning(use));
    }

    private CastUse.Meaning meaning(PendingUse.Conversion use) {
        if (!catalog.isKnown()) {
            return new CastUse.Meaning.Unresolved();
        }
        Type target = names.type(use.schema(), use.type());
        if (target == null) {
            return new CastUse.Meaning.NoType();
        }
        return new CastUse.Meaning.Resolved(
                target,
                use.source() == CastUse.Source.LITERAL
                        ? List.of()
                        : castsTo(target, use.operand(), use.scope()));
    }

    /** Returns the conversions to a type, or to what it is made of, that may be applied here. */
    private List<Cast> castsTo(Type target, @Nullable SyntaxNode operand, Scope scope) {
        if (catalog.userCasts().isEmpty()) {
            return List.of();
        }
        Set<Integer> targets = parts(target);
        int type = types.of(operand, scope);
        Set<Integer> sources = sources(type);
        List<Cast> casts = new ArrayList<>();
        for (Cast cast : catalog.userCasts()) {
            boolean source =
                    sources == null
                            ? Catalog.isBuiltIn(cast.source()) || present.contains(cast.source())
                            : sources.contains(cast.source());
            if (source && targets.contains(cast.target())) {
                casts.add(cast);
            }
        }
        return casts;
    }

    /** Returns the types a value of this type may be taken for; {@code null} if it may be any. */
    private @Nullable Set<Integer> sources(int type) {
        return switch (type) {
            case ValueType.UNKNOWN, ValueType.RECORD -> null;
            case ValueType.WHOLE_NUMBER ->
                    Set.of(ValueType.INTEGER, ValueType.BIGINT, ValueType.NUMERIC);
            default -> {
                Type known = catalog.type(type);
                yield known == null ? null : basis(known);
            }
        };
    }

    /** Returns a type and all that values of it are made of. */
    private Set<Integer> parts(Type type) {
        Set<Integer> parts = new HashSet<>();
        ArrayDeque<Type> pending = new ArrayDeque<>();
        pending.add(type);
        for (Type next = pending.poll(); next != null; next = pending.poll()) {
            if (!parts.add(next.oid())) {
                continue;
            }
            addType(next.element(), pending);
            addType(next.base(), pending);
            next.fields().forEach(field -> addType(field.type(), pending));
            Relation relation = next.relation() == 0 ? null : catalog.relation(next.relation());
            if (relation != null) {
                relation.columns().forEach(column -> addType(column.type(), pending));
            }
        }
        return parts;
    }

    private void addType(int oid, ArrayDeque<Type> pending) {
        Type type = oid == 0 ? null : catalog.type(oid);
        if (type != null) {
            pending.add(type);
        }
    }

    /** Returns a type, what its arrays hold, and what it is a domain over. */
    private Set<Integer> basis(Type type) {
        Set<Integer> basis = new HashSet<>();
        Type next = type;
        for (int depth = 0; next != null && depth < MAX_DOMAINS; depth++) {
            basis.add(next.oid());
            next = catalog.type(next.element() != 0 ? next.element() : next.base());
        }
        return basis;
    }
}
