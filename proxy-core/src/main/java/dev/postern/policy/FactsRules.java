package dev.postern.policy;

import dev.postern.catalog.SearchPath;
import dev.postern.policy.FunctionList.Entry;
import dev.postern.protocol.SqlState;
import dev.postern.sql.FunctionUse;
import dev.postern.sql.Hazard;
import dev.postern.sql.SettingUse;
import dev.postern.sql.StatementFacts;
import org.jspecify.annotations.Nullable;

/** Judges what a statement names, whether an agent sent it or the catalog holds it. */
final class FactsRules {

    private final RelationRules relations;
    private final CallRules calls;
    private final Explainer explainer;
    private final ReachRules reach;

    FactsRules() {
        RoutineRules routines = new RoutineRules(this);
        this.relations = new RelationRules(routines, this);
        this.calls = new CallRules(routines);
        this.explainer = new Explainer(routines, calls, relations);
        this.reach = new ReachRules(relations);
    }

    /** Returns what puts these rules' findings into words. */
    Explainer explainer() {
        return explainer;
    }

    /** Returns what tells all that a policy opens. */
    ReachRules reach() {
        return reach;
    }

    /** Adds what stands against a statement that a definition holds. */
    void judge(
            StatementFacts facts,
            SearchPath path,
            Context context,
            RelationRules.Standing standing,
            Findings findings) {
        if (!relations.judge(facts, path, context, standing, findings)) {
            judgeAllButRelations(facts, path, context, findings);
        }
    }

    /** Adds what stands against a statement that an agent sent; tells whether it is refused. */
    boolean judgeSent(
            StatementFacts facts,
            SearchPath path,
            boolean resets,
            Context context,
            Findings findings) {
        return hazards(facts, findings)
                || relations.judge(facts, path, context, RelationRules.Standing.STRICT, findings)
                || findings.add(settings(facts))
                || calls.judge(facts, path, context, findings)
                || (!resets && resetFunctions(facts, context.policy(), findings));
    }

    /** Adds what stands against the rest of a statement that a definition holds. */
    boolean judgeAllButRelations(
            StatementFacts facts, SearchPath path, Context context, Findings findings) {
        return hazards(facts, findings)
                || findings.add(changedSetting(facts))
                || findings.add(settings(facts))
                || calls.judge(facts, path, context, findings)
                || resetFunctions(facts, context.policy(), findings);
    }

    /** What a session's settings are is followed in what its agent sends. */
    private static @Nullable Denial changedSetting(StatementFacts facts) {
        for (SettingUse use : facts.settings()) {
            boolean changes =
                    switch (use.access()) {
                        case SET, RESET, SET_DEFAULT, RESET_ALL -> true;
                        case READ, READ_LISTED -> false;
                    };
            if (changes) {
                return new Denial(
                        Rule.FUNCTION_UNSAFE,
                        SqlState.INSUFFICIENT_PRIVILEGE,
                        "it changes settings of the session",
                        use.position(),
                        use.name(),
                        "Leave it out.");
            }
        }
        return null;
    }

    private static boolean hazards(StatementFacts facts, Findings findings) {
        for (Hazard hazard : facts.hazards()) {
            return findings.add(Denials.hazard(hazard));
        }
        return false;
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

    /**
     * What connection pools send before they hand a connection on passes as a whole, not in parts.
     */
    private static boolean resetFunctions(StatementFacts facts, Policy policy, Findings findings) {
        for (FunctionUse function : facts.functions()) {
            Entry entry = FunctionList.BUILT_IN.find(function.name(), function.arguments());
            if (entry != null
                    && entry.functionClass() == FunctionClass.RESET
                    && !ReviewedNames.isNamed(function, policy)
                    && findings.add(
                            new Denial(
                                    Rule.FUNCTION_UNSAFE,
                                    SqlState.INSUFFICIENT_PRIVILEGE,
                                    "function " + function.qualifiedName() + " is not a read",
                                    function.position(),
                                    function.qualifiedName(),
                                    "It passes in one text together with RESET ALL."))) {
                return true;
            }
        }
        return false;
    }
}
