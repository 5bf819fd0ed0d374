package dev.postern.policy;

import dev.postern.catalog.Column;
import dev.postern.catalog.Relation;
import dev.postern.protocol.SqlState;
import dev.postern.sql.RelationUse;
import dev.postern.sql.RelationUse.ColumnRead;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The refusals of relations and columns. They say nothing of a relation that its name does not say.
 */
final class RelationDenials {

    private static final int MAX_LISTED = 12;
    private static final int MAX_COLUMNS = 100;

    private RelationDenials() {}

    /** The refusal of a name that nobody has. */
    static Denial missing(RelationUse use) {
        return new Denial(
                Rule.RELATION_UNKNOWN,
                SqlState.UNDEFINED_TABLE,
                "relation \"" + use.qualifiedName() + "\" does not exist",
                use.position(),
                use.qualifiedName(),
                "Check its name and schema; information_schema.tables lists what there is.");
    }

    /** The refusal of a foreign table, or of what has one among its parts. */
    static Denial foreign(RelationUse use) {
        return new Denial(
                Rule.FOREIGN_TABLE,
                SqlState.INSUFFICIENT_PRIVILEGE,
                use.qualifiedName()
                        + " is, or has among its parts, a foreign table: reading it reaches another system",
                use.position(),
                use.qualifiedName(),
                "Read other tables, or ask for the foreign table's full name in relations.allow of the policy.");
    }

    /** The refusal of a read of a closed column. */
    static Denial column(RelationUse use, ColumnRead read, ClosedColumns closed, Policy policy) {
        boolean all = read.column().equals(ColumnRead.ALL);
        Relation relation = use.relation();
        String open =
                relation == null
                        ? ""
                        : relation.columns().stream()
                                .map(Column::name)
                                .filter(name -> !closed.names().contains(name))
                                .limit(MAX_COLUMNS)
                                .collect(Collectors.joining(", "));
        String object = use.qualifiedName() + "." + read.column();
        String hint =
                open.isEmpty()
                        ? "Name the columns you need, without * and whole rows."
                        : "Name the columns you need; these may be read: " + open + ".";
        return new Denial(
                closed.rule(),
                SqlState.INSUFFICIENT_PRIVILEGE,
                all
                        ? "all of "
                                + use.qualifiedName()
                                + " cannot be read: some of its columns are not open to agents"
                                + (closed.rule() == Rule.COLUMN_DENIED
                                        ? " of policy \"" + policy.name() + "\""
                                        : ": " + closed.reason())
                        : "column " + object + " is not for agents: " + closed.reason(),
                read.position() > 0 ? read.position() : use.position(),
                object,
                hint);
    }

    /**
     * The refusal of a name that the policy does not open, whether the relation is there or not.
     */
    static Denial closed(RelationUse use, Policy policy) {
        return new Denial(
                Rule.RELATION_DENIED,
                SqlState.INSUFFICIENT_PRIVILEGE,
                "relation "
                        + use.qualifiedName()
                        + " is not open to agents of policy \""
                        + policy.name()
                        + "\"",
                use.position(),
                use.qualifiedName(),
                open(policy));
    }

    private static String open(Policy policy) {
        List<RelationPattern> allowed = policy.relations();
        List<String> parts = new ArrayList<>();
        parts.add(
                allowed == null
                        ? "Other relations may be read"
                        : "These may be read: " + listed(allowed));
        if (!policy.deniedRelations().isEmpty()) {
            parts.add("but not " + listed(policy.deniedRelations()));
        }
        return String.join(", ", parts) + ".";
    }

    private static String listed(List<RelationPattern> patterns) {
        String list =
                patterns.stream()
                        .limit(MAX_LISTED)
                        .map(RelationPattern::toString)
                        .collect(Collectors.joining(", "));
        return patterns.size() > MAX_LISTED
                ? list + " and " + (patterns.size() - MAX_LISTED) + " more"
                : list;
    }
}
