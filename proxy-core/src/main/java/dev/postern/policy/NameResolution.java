package dev.postern.policy;

import dev.postern.sql.CastUse;
import dev.postern.sql.ColumnUse;
import dev.postern.sql.FunctionUse;
import dev.postern.sql.OperatorUse;
import org.jspecify.annotations.Nullable;

/**
 * Says of a name that a text uses whether everything it may mean is harmless. {@link ReviewedNames}
 * answers from lists alone; a resolution against the upstream's catalog answers from what is there.
 */
public interface NameResolution {

    /** Returns why a call must not pass, {@code null} if it may. */
    @Nullable Denial function(FunctionUse function, Policy policy);

    /** Returns why an operator must not be used, {@code null} if it may. */
    @Nullable Denial operator(OperatorUse operator, Policy policy);

    /** Returns why a conversion must not be made, {@code null} if it may. */
    @Nullable Denial cast(CastUse cast, Policy policy);

    /** Returns why a name in attribute notation must not be used, {@code null} if it may. */
    @Nullable Denial attribute(ColumnUse column, Policy policy);
}
