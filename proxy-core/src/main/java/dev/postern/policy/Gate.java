package dev.postern.policy;

import dev.postern.policy.FunctionList.Entry;
import dev.postern.protocol.SqlState;
import dev.postern.sql.CastUse;
import dev.postern.sql.ColumnUse;
import dev.postern.sql.FunctionUse;
import dev.postern.sql.Hazard;
import dev.postern.sql.OperatorUse;
import dev.postern.sql.SettingUse;
import dev.postern.sql.SqlFacts;
import dev.postern.sql.Statement;
import dev.postern.sql.StatementFacts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The decision: what passes is listed, everything else is refused. A text of several statements
 * passes only if each does. Immutable and without state, so that one instance serves every thread.
 */
public final class Gate {

    private final NameResolution names;
    private final StatementRules statements = new StatementRules();

    /** Makes a gate that asks {@code names} what the names in a text may mean. */
    public Gate(NameResolution names) {
        this.names = names;
    }

    /** Judges what was read of a text. */
    public Verdict judge(SqlFacts facts, Policy policy) {
        return switch (facts) {
            case SqlFacts.Unreadable unreadable ->
                    new Verdict.Deny(Summaries.UNREADABLE, Denials.unreadable(unreadable));
            case SqlFacts.Parsed parsed -> {
                StatementSummary summary = Summaries.of(parsed);
                Statement.Question question = Questions.asked(parsed.statements());
                if (question != null) {
                    yield new Verdict.Answer(summary, question);
                }
                Denial denial = firstDenial(parsed, policy);
                yield denial == null
                        ? new Verdict.Allow(summary, preparedNames(parsed.statements()))
                        : new Verdict.Deny(summary, denial);
            }
        };
    }

    /**
     * Tells whether a verdict on these facts holds for every text that differs from this one in the
     * values of its constants only: the text is one query, and no constant in it names something or
     * decides anything.
     */
    public boolean holdsForAnyConstants(SqlFacts facts) {
        if (!(facts instanceof SqlFacts.Parsed parsed) || parsed.statements().size() != 1) {
            return false;
        }
        StatementFacts statement = parsed.statements().get(0);
        return statement.statement() instanceof Statement.Select
                && statement.settings().isEmpty()
                && !statement.namesSystemRelation("pg_settings")
                && statement.casts().stream().noneMatch(cast -> cast.type().startsWith("reg"));
    }

    /** The refusal of a text whose second reading contradicts the first. */
    public static Verdict.Deny readersDisagree(StatementSummary summary, String seen) {
        return new Verdict.Deny(
                summary,
                new Denial(
                        Rule.READERS_DISAGREE,
                        SqlState.READ_ONLY_SQL_TRANSACTION,
                        "a second, independent reader sees " + seen + " in this text",
                        0,
                        seen,
                        "Write the statement more plainly: no quotes, comments or line breaks in odd places."));
    }

    /** The refusal of a text that could not be judged at all. */
    public static Verdict.Deny unavailable(String why) {
        return new Verdict.Deny(Summaries.UNREADABLE, Denials.unavailable(why));
    }

    private @Nullable Denial firstDenial(SqlFacts.Parsed parsed, Policy policy) {
        List<StatementFacts> all = parsed.statements();
        boolean resets = all.stream().anyMatch(Gate::resetsAll);
        for (int i = 0; i < all.size(); i++) {
            Denial denial = judge(all.get(i), policy, resets);
            if (denial != null) {
                return denial.atLeastAt(parsed.starts().get(i));
            }
        }
        return null;
    }

    private @Nullable Denial judge(StatementFacts facts, Policy policy, boolean resets) {
        Denial denial = statements.judge(facts.statement(), facts, resets);
        if (denial == null) {
            denial = Questions.misplaced(facts);
        }
        if (denial == null) {
            denial = hazard(facts);
        }
        if (denial == null) {
            denial = SensitiveRelations.INSTANCE.judge(facts);
        }
        if (denial == null) {
            denial = settings(facts);
        }
        return denial == null ? resolve(facts, policy, resets) : denial;
    }

    private static @Nullable Denial hazard(StatementFacts facts) {
        for (Hazard hazard : facts.hazards()) {
            return Denials.hazard(hazard);
        }
        return null;
    }

    private static @Nullable Denial settings(StatementFacts facts) {
        boolean listsSettings = facts.namesSystemRelation("pg_settings");
        for (SettingUse use : facts.settings()) {
            boolean unnamed = use.access() == SettingUse.Access.READ_LISTED && !listsSettings;
            Denial denial =
                    SettingList.INSTANCE.judge(
                            unnamed
                                    ? new SettingUse(
                                            SettingUse.Access.READ, null, null, use.position())
                                    : use);
            if (denial != null) {
                return denial;
            }
        }
        if (listsSettings) {
            for (String secret : SettingList.INSTANCE.secrets()) {
                if (facts.constants().contains(secret)) {
                    return SettingList.INSTANCE.readSecret(secret, 0);
                }
            }
        }
        return null;
    }

    private @Nullable Denial resolve(StatementFacts facts, Policy policy, boolean resets) {
        for (FunctionUse function : facts.functions()) {
            Denial denial = names.function(function, policy);
            if (denial == null && !resets) {
                denial = resetFunction(function);
            }
            if (denial != null) {
                return denial;
            }
        }
        for (OperatorUse operator : facts.operators()) {
            Denial denial = names.operator(operator, policy);
            if (denial != null) {
                return denial;
            }
        }
        for (CastUse cast : facts.casts()) {
            Denial denial = names.cast(cast, policy);
            if (denial != null) {
                return denial;
            }
        }
        for (ColumnUse column : facts.columns()) {
            Denial denial = column.qualified() ? names.attribute(column, policy) : null;
            if (denial != null) {
                return denial;
            }
        }
        return null;
    }

    /**
     * What connection pools send before they hand a connection on passes as a whole, not in parts.
     */
    private static @Nullable Denial resetFunction(FunctionUse function) {
        Entry entry = FunctionList.BUILT_IN.find(function.name(), function.arguments());
        if (entry == null || entry.functionClass() != FunctionClass.RESET) {
            return null;
        }
        return new Denial(
                Rule.FUNCTION_UNSAFE,
                SqlState.INSUFFICIENT_PRIVILEGE,
                "function " + function.qualifiedName() + " is not a read",
                function.position(),
                function.qualifiedName(),
                "It passes in one text together with RESET ALL.");
    }

    private static boolean resetsAll(StatementFacts facts) {
        return facts.settings().stream()
                .anyMatch(use -> use.access() == SettingUse.Access.RESET_ALL);
    }

    private static PreparedNames preparedNames(List<StatementFacts> all) {
        Set<String> prepares = new HashSet<>();
        Set<String> executes = new HashSet<>();
        for (StatementFacts facts : all) {
            Statement statement = facts.statement();
            if (statement instanceof Statement.Explain explain) {
                statement = explain.target();
            }
            if (statement instanceof Statement.Prepare prepare) {
                prepares.add(prepare.name());
            } else if (statement instanceof Statement.Execute execute
                    && !prepares.contains(execute.name())) {
                executes.add(execute.name());
            }
        }
        return prepares.isEmpty() && executes.isEmpty()
                ? PreparedNames.NONE
                : new PreparedNames(prepares, executes);
    }
}
