package dev.postern.sql;

import dev.postern.sql.FunctionUse.Syntax;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A use of a name that may mean several things, together with what tells which: it is resolved when
 * the whole statement has been seen.
 */
sealed interface PendingUse {

    /**
     * A call.
     *
     * @param count the number of arguments, {@link FunctionUse#ANY_ARGUMENTS} if it cannot be told
     * @param arguments the arguments themselves, in order; empty if their places cannot be told
     * @param argumentType the type of the only argument where no node stands for it
     */
    record Call(
            @Nullable String schema,
            String name,
            int count,
            Syntax syntax,
            int position,
            List<@Nullable SyntaxNode> arguments,
            int argumentType,
            Scope scope)
            implements PendingUse {}

    /**
     * An operator.
     *
     * @param left {@code null} for prefix operators, and where it cannot be told
     * @param right {@code null} where it cannot be told
     * @param prefix whether it has a right operand only
     * @param leftType the type on the left where no node stands for it
     * @param rightType the type on the right where no node stands for it
     */
    record Operation(
            @Nullable String schema,
            String symbol,
            int position,
            @Nullable SyntaxNode left,
            @Nullable SyntaxNode right,
            boolean prefix,
            Scope scope,
            int leftType,
            int rightType)
            implements PendingUse {}

    /**
     * A conversion.
     *
     * @param operand what is converted; {@code null} if nothing that is known
     */
    record Conversion(
            @Nullable String schema,
            String type,
            CastUse.Source source,
            int position,
            @Nullable SyntaxNode operand,
            Scope scope)
            implements PendingUse {}
}
