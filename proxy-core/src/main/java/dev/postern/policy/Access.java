package dev.postern.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy opens and closes, as it is configured.
 *
 * @param functions functions allowed beyond the reviewed ones, {@code schema.name(*)}
 * @param relations what may be read, {@code schema.table} with {@code *} for any characters; {@code
 *     null}: whatever the upstream role may read, but not system relations that hold secrets
 * @param deniedRelations what may not be read, even if {@code relations} has it
 * @param deniedColumns columns that may not be read, {@code schema.table.column}
 * @param mode what becomes of statements that these rules are against
 */
public record Access(
        List<String> functions,
        @Nullable List<String> relations,
        List<String> deniedRelations,
        List<String> deniedColumns,
        Mode mode) {

    /** Reviewed functions, and whatever the upstream role may read. */
    public static final Access DEFAULT =
            new Access(List.of(), null, List.of(), List.of(), Mode.ENFORCE);

    /** What becomes of a statement that a rule for relations or functions is against. */
    public enum Mode {
        /** It is refused. */
        ENFORCE,
        /** It runs, and the record says what it would have been refused for. */
        OBSERVE
    }

    public Access {
        functions = List.copyOf(functions);
        relations = relations == null ? null : List.copyOf(relations);
        deniedRelations = List.copyOf(deniedRelations);
        deniedColumns = List.copyOf(deniedColumns);
    }

    /** Returns the same with these functions. */
    public Access withFunctions(List<String> allowed) {
        return new Access(allowed, relations, deniedRelations, deniedColumns, mode);
    }

    /** Returns the same with these rules for relations. */
    public Access withRelations(@Nullable List<String> allowed, List<String> denied) {
        return new Access(functions, allowed, denied, deniedColumns, mode);
    }

    /** Returns the same with these columns denied. */
    public Access withDeniedColumns(List<String> denied) {
        return new Access(functions, relations, deniedRelations, denied, mode);
    }

    /** Returns the same in another mode. */
    public Access withMode(Mode other) {
        return new Access(functions, relations, deniedRelations, deniedColumns, other);
    }
}
