package dev.postern.server.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the section {@code policies}.
 *
 * @param name what agents' entries call it
 * @param upstream the name of the upstream
 * @param databases the databases that may be connected to, by exact name; at least one
 * @param maxLag how far the standby that a statement runs on may be behind; {@code null}: as far as
 *     the upstream lets it
 * @param mode what becomes of statements that the rules below are against
 * @param relations which relations and columns may be read
 * @param allowedFunctions functions beyond the reviewed built-in ones, {@code schema.name(*)}
 * @param limits what one statement and one agent may use
 */
public record PolicyConfig(
        String name,
        String upstream,
        List<String> databases,
        @Nullable Duration maxLag,
        PolicyMode mode,
        RelationsConfig relations,
        List<String> allowedFunctions,
        LimitsConfig limits) {

    public PolicyConfig {
        databases = Keys.POLICY_DATABASES.check(List.copyOf(databases));
        Keys.POLICY_MAX_LAG.checkIfPresent(maxLag);
        allowedFunctions = Keys.POLICY_FUNCTIONS_ALLOW.check(List.copyOf(allowedFunctions));
    }
}
