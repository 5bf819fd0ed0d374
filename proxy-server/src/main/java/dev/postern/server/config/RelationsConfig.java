package dev.postern.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy's rules for relations and columns.
 *
 * @param allow relations that may be read, {@code schema.table} with {@code *} for any characters;
 *     {@code null}: all that the upstream role may read
 * @param deny relations that may not be read
 * @param deniedColumns columns that may not be read, {@code schema.table.column}
 */
public record RelationsConfig(
        @Nullable List<String> allow, List<String> deny, List<String> deniedColumns) {

    /** No rules. */
    public static final RelationsConfig NONE = new RelationsConfig(null, List.of(), List.of());

    public RelationsConfig {
        allow = allow == null ? null : Keys.POLICY_RELATIONS_ALLOW.check(List.copyOf(allow));
        deny = Keys.POLICY_RELATIONS_DENY.check(List.copyOf(deny));
        deniedColumns = Keys.POLICY_COLUMNS_DENY.check(List.copyOf(deniedColumns));
    }
}
