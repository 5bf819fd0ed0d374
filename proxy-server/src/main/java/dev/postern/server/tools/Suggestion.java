package dev.postern.server.tools;

import dev.postern.policy.Denial;
import dev.postern.server.config.PolicyConfig;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The least policy that lets recorded reads pass.
 *
 * @param present the policy it is to take the place of
 * @param relations what {@code relations.allow} has to hold, with what each entry rests on
 * @param functions likewise for {@code functions.allow}
 * @param deniedRelations {@code relations.deny} of the present policy, without what the statements
 *     read
 * @param deniedColumns likewise for {@code columns.deny}
 * @param openedDenials entries of those two lists that were left out for that reason
 * @param limits with room above what the statements needed
 * @param passing how many of the statements pass under it: all but those in {@code leftOut}
 * @param leftOut what no such policy lets pass
 */
public record Suggestion(
        PolicyConfig present,
        SortedMap<String, Basis> relations,
        SortedMap<String, Basis> functions,
        List<String> deniedRelations,
        List<String> deniedColumns,
        List<String> openedDenials,
        SuggestedLimits limits,
        int passing,
        List<LeftOut> leftOut) {

    public Suggestion {
        deniedRelations = List.copyOf(deniedRelations);
        deniedColumns = List.copyOf(deniedColumns);
        openedDenials = List.copyOf(openedDenials);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * What an entry rests on.
     *
     * @param statements distinct ones
     * @param runs how often they were sent
     * @param columns the columns they read, {@code *} for all; empty for functions
     * @param note what else there is to say, may be empty
     */
    public record Basis(int statements, long runs, SortedSet<String> columns, String note) {}

    /** A statement that does not pass. */
    public record LeftOut(RecordedStatement<?> statement, Denial denial) {}
}
