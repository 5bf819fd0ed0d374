package dev.postern.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes the operators that expressions use, those too that their syntax does not show. */
final class OperatorCollector {

    private final FactsCollector found;

    OperatorCollector(FactsCollector found) {
        this.found = found;
    }

    /** Notes what an A_Expr calls. */
    void expression(SyntaxNode expression, Scope scope) {
        SyntaxNode left = expression.node("lexpr");
        SyntaxNode right = expression.node("rexpr");
        String kind = expression.text("kind");
        switch (kind == null ? "" : kind) {
            case "AEXPR_OP" ->
                    operators(
                            expression.list("name"), expression, left, right, left == null, scope);
            case "AEXPR_BETWEEN",
                    "AEXPR_NOT_BETWEEN",
                    "AEXPR_BETWEEN_SYM",
                    "AEXPR_NOT_BETWEEN_SYM" -> {
                int position = found.position(expression);
                for (SyntaxNode bound : itemsOf(right)) {
                    operation(null, ">=", position, left, bound, false, scope);
                    operation(null, "<=", position, left, bound, false, scope);
                    if (!"AEXPR_BETWEEN".equals(kind)) {
                        operation(null, "<", position, left, bound, false, scope);
                        operation(null, ">", position, left, bound, false, scope);
                    }
                }
            }
            case "AEXPR_IN" -> {
                for (SyntaxNode item : itemsOf(right)) {
                    operators(expression.list("name"), expression, left, item, false, scope);
                }
            }
            case "AEXPR_OP_ANY", "AEXPR_OP_ALL" ->
                    operators(expression.list("name"), expression, left, null, false, scope);
            default -> operators(expression.list("name"), expression, left, right, false, scope);
        }
    }

    /** A long list of one operator's operands counts once for each kind of operand. */
    private static List<@Nullable SyntaxNode> itemsOf(@Nullable SyntaxNode list) {
        List<@Nullable SyntaxNode> items = new ArrayList<>();
        if (list == null || !list.is("List")) {
            items.add(list);
            return items;
        }
        boolean literal = false;
        boolean number = false;
        for (SyntaxNode item : list.list("items")) {
            if (item != null && item.is("A_Const")) {
                boolean string = item.has("sval");
                if (string ? literal : number) {
                    continue;
                }
                literal |= string;
                number |= !string;
            }
            items.add(item);
        }
        return items;
    }

    /** Notes what a comparison with a subquery calls. */
    void subLink(SyntaxNode link, Scope scope) {
        String kind = link.text("subLinkType");
        if ("ANY_SUBLINK".equals(kind) && link.list("operName").isEmpty()) {
            operation(null, "=", found.position(link), link.node("testexpr"), null, false, scope);
        }
        operators(link.list("operName"), link, link.node("testexpr"), null, false, scope);
    }

    /** {@code CASE x WHEN y} compares. */
    void caseOperand(SyntaxNode expression, Scope scope) {
        SyntaxNode operand = expression.node("arg");
        if (operand == null) {
            return;
        }
        for (SyntaxNode when : expression.list("args")) {
            operation(
                    null,
                    "=",
                    found.position(expression),
                    operand,
                    when == null ? null : when.node("expr"),
                    false,
                    scope);
        }
    }

    private void operators(
            List<@Nullable SyntaxNode> parts,
            SyntaxNode place,
            @Nullable SyntaxNode left,
            @Nullable SyntaxNode right,
            boolean prefix,
            Scope scope) {
        if (!parts.isEmpty()) {
            QualifiedName name = QualifiedName.of(parts);
            operation(
                    name.schema(), name.name(), found.position(place), left, right, prefix, scope);
        }
    }

    private void operation(
            @Nullable String schema,
            String symbol,
            int position,
            @Nullable SyntaxNode left,
            @Nullable SyntaxNode right,
            boolean prefix,
            Scope scope) {
        found.uses.add(
                new PendingUse.Operation(
                        schema,
                        symbol,
                        position,
                        left,
                        right,
                        prefix,
                        scope,
                        ValueType.UNKNOWN,
                        ValueType.UNKNOWN));
    }

    /** Notes what {@code ORDER BY … USING} names. */
    void sorting(SyntaxNode sort, Scope scope) {
        operators(sort.list("useOp"), sort, null, null, false, scope);
    }

    /** Notes a comparison of which nothing is known. */
    void anyEquality(SyntaxNode place, Scope scope) {
        operation(null, "=", found.position(place), null, null, false, scope);
    }
}
