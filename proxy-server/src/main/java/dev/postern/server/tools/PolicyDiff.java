package dev.postern.server.tools;

import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.policy.Verdict;
import dev.postern.server.config.LimitsConfig;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.tools.PolicyChange.Kind;
import dev.postern.server.tools.PolicyChange.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Judges recorded statements under two policies, and tells where they differ. */
public final class PolicyDiff {

    private final Workbench bench;
    private final Map<Alike, Counted> changes = new LinkedHashMap<>();

    private PolicyDiff(Workbench bench) {
        this.bench = bench;
    }

    /**
     * The policies that apply to a statement.
     *
     * @param candidate {@code null} if the candidate has none for its agent
     * @param candidateName what the candidate would call it
     */
    public record Pair(
            PolicyConfig present, @Nullable PolicyConfig candidate, String candidateName) {

        @Override
        public String toString() {
            return present.name() + " " + candidateName;
        }
    }

    private record Alike(Pair pair, Kind kind, Outcome now, Outcome then, String fingerprint) {}

    private static final class Counted {

        private final TreeSet<String> agents = new TreeSet<>();
        private final String example;
        private int statements;
        private long runs;
        private String lastSeen = "";

        Counted(String example) {
            this.example = example;
        }

        void add(RecordedStatement<?> statement) {
            statements++;
            runs += statement.runs();
            agents.addAll(statement.agents());
            lastSeen =
                    statement.lastSeen().compareTo(lastSeen) > 0 ? statement.lastSeen() : lastSeen;
        }
    }

    /** Returns what would change, worst first. */
    public static List<PolicyChange> of(
            Workbench bench, Collection<RecordedStatement<Pair>> statements) {
        PolicyDiff diff = new PolicyDiff(bench);
        statements.forEach(diff::compare);
        List<PolicyChange> found = new ArrayList<>();
        diff.changes.forEach((alike, counted) ->
                found.add(
                        new PolicyChange(
                                alike.kind(),
                                alike.pair().present().name(),
                                alike.pair().candidateName(),
                                alike.now(),
                                alike.then(),
                                counted.statements,
                                counted.runs,
                                counted.agents,
                                counted.lastSeen,
                                counted.example)));
        found.sort(
                Comparator.comparing(PolicyChange::kind)
                        .thenComparing(PolicyChange::runs, Comparator.reverseOrder())
                        .thenComparing(PolicyChange::example));
        return found;
    }

    private void compare(RecordedStatement<Pair> statement) {
        Pair pair = statement.group();
        Verdict verdict =
                bench.judge(bench.rules(pair.present()), statement.view(), statement.sql());
        Outcome now = outcome(verdict, pair.present(), statement, null);
        Outcome then = then(pair, statement);
        Kind kind = kind(now, then);
        if (kind != null) {
            changes.computeIfAbsent(
                            new Alike(pair, kind, now, then, verdict.summary().fingerprint()),
                            alike -> new Counted(statement.text()))
                    .add(statement);
        }
    }

    private Outcome then(Pair pair, RecordedStatement<?> statement) {
        PolicyConfig candidate = pair.candidate();
        if (candidate == null) {
            return Outcome.refused("policy", "there is no policy \"" + pair.candidateName() + "\"");
        }
        if (!candidate.databases().contains(statement.database())) {
            return Outcome.refused(
                    "database",
                    "policy \""
                            + candidate.name()
                            + "\" does not open database \""
                            + statement.database()
                            + "\"");
        }
        return outcome(
                bench.judge(bench.rules(candidate), statement.view(), statement.sql()),
                candidate,
                statement,
                pair.present().limits());
    }

    /**
     * Returns what a verdict and a policy's limits come to.
     *
     * @param before limits that count no more where they were exceeded already, {@code null} if
     *     none are looked at
     */
    private static Outcome outcome(
            Verdict verdict,
            PolicyConfig policy,
            RecordedStatement<?> statement,
            @Nullable LimitsConfig before) {
        return switch (verdict) {
            case Verdict.Answer answer -> Outcome.ALLOWED;
            case Verdict.Deny(var summary, Denial denial) -> of(false, denial);
            case Verdict.Allow allow -> {
                String exceeded =
                        before == null ? null : exceeded(statement, before, policy.limits());
                Denial observed = allow.observed();
                yield exceeded != null
                        ? Outcome.refused(Rule.RESULT_LIMIT.code(), exceeded)
                        : observed == null ? Outcome.ALLOWED : of(true, observed);
            }
        };
    }

    private static Outcome of(boolean passes, Denial denial) {
        return new Outcome(passes, denial.rule().code(), denial.message(), denial.hint());
    }

    private static @Nullable String exceeded(
            RecordedStatement<?> statement, LimitsConfig before, LimitsConfig then) {
        if (isBeyond(statement.maxRows(), then.maxRows())
                && !isBeyond(statement.maxRows(), before.maxRows())) {
            return "it returns more rows than limits.max_rows";
        }
        if (isBeyond(statement.maxBytes(), then.maxResult())
                && !isBeyond(statement.maxBytes(), before.maxResult())) {
            return "it returns more bytes than limits.max_result";
        }
        if (statement.maxMillis() > then.statementTimeout().toMillis()
                && statement.maxMillis() <= before.statementTimeout().toMillis()) {
            return "it takes longer than limits.statement_timeout";
        }
        return null;
    }

    private static boolean isBeyond(long used, @Nullable Long limit) {
        return limit != null && used > limit;
    }

    private static @Nullable Kind kind(Outcome now, Outcome then) {
        boolean sameRule = Objects.equals(now.rule(), then.rule());
        if (now.passes() && then.passes()) {
            if (then.rule() == null) {
                return now.rule() == null ? null : Kind.NO_LONGER_NOTED;
            }
            return sameRule ? null : Kind.NEWLY_NOTED;
        }
        if (now.passes() != then.passes()) {
            return now.passes() ? Kind.NEWLY_DENIED : Kind.NEWLY_ALLOWED;
        }
        return sameRule ? null : Kind.OTHER_RULE;
    }
}
