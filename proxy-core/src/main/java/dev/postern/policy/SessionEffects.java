package dev.postern.policy;

import dev.postern.sql.SettingUse;
import dev.postern.sql.Statement;
import dev.postern.sql.Statement.TransactionKind;
import dev.postern.sql.StatementFacts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a text does to its session beyond its own results: what has to be known by whoever shares a
 * server's sessions among several of Postern's.
 *
 * @param changesSettings whether a setting may be another one afterwards
 * @param resetsAll whether all settings go back to what the server's session began with ({@code
 *     RESET ALL}, {@code DISCARD ALL})
 * @param resets settings that go back singly for the rest of the session, or say who the session is
 *     for, in lower case
 * @param prepares whether it makes prepared statements in SQL
 * @param executes names of prepared statements it runs that were made elsewhere
 * @param deallocates names of prepared statements it drops
 * @param deallocatesAll whether it drops all of them
 * @param holdsCursor whether it makes a cursor that outlives its transaction
 * @param discardsAll whether nothing but settings is left of the session's state
 * @param showsPrepared whether it reads the list of prepared statements
 */
public record SessionEffects(
        boolean changesSettings,
        boolean resetsAll,
        List<String> resets,
        boolean prepares,
        Set<String> executes,
        Set<String> deallocates,
        boolean deallocatesAll,
        boolean holdsCursor,
        boolean discardsAll,
        boolean showsPrepared) {

    /** Nothing. */
    public static final SessionEffects NONE =
            new SessionEffects(
                    false, false, List.of(), false, Set.of(), Set.of(), false, false, false, false);

    private static final Set<String> LISTS =
            Set.of("pg_prepared_statements", "pg_prepared_statement");

    public SessionEffects {
        resets = List.copyOf(resets);
        executes = Set.copyOf(executes);
        deallocates = Set.copyOf(deallocates);
    }

    /** Tells whether it is nothing. */
    public boolean isEmpty() {
        return equals(NONE);
    }

    /** Tells whether settings go back to what the server's session began with. */
    public boolean resetsSettings() {
        return resetsAll || !resets.isEmpty();
    }

    /** Tells whether prepared statements are dropped by SQL. */
    public boolean dropsStatements() {
        return deallocatesAll || !deallocates.isEmpty();
    }

    static SessionEffects of(List<StatementFacts> statements, PreparedNames prepared) {
        boolean changes = false;
        boolean resetsAll = false;
        List<String> resets = new ArrayList<>();
        Set<String> deallocates = new HashSet<>();
        boolean deallocatesAll = false;
        boolean holdsCursor = false;
        boolean discardsAll = false;
        boolean showsPrepared = false;
        for (StatementFacts facts : statements) {
            for (SettingUse use : facts.settings()) {
                switch (use.access()) {
                    case SET -> {
                        changes = true;
                        if ("application_name".equals(use.name())) {
                            resets.add(use.name());
                        }
                    }
                    case RESET, SET_DEFAULT -> {
                        changes = true;
                        if (use.name() == null) {
                            resetsAll = true;
                        } else if (!isLocal(facts.statement())) {
                            resets.add(use.name());
                        }
                    }
                    case RESET_ALL -> {
                        changes = true;
                        resetsAll = true;
                    }
                    case READ, READ_LISTED -> {}
                }
            }
            switch (facts.statement()) {
                case Statement.Discard discard when discard.command().endsWith("ALL") -> {
                    changes = true;
                    resetsAll = true;
                    deallocatesAll = true;
                    discardsAll = true;
                }
                case Statement.Deallocate(String name) -> {
                    if (name == null) {
                        deallocatesAll = true;
                    } else {
                        deallocates.add(name);
                    }
                }
                case Statement.DeclareCursor(Statement body, boolean holdable) ->
                        holdsCursor |= holdable;
                case Statement.Transaction transaction ->
                        changes |=
                                transaction.kind() == TransactionKind.SET_SESSION_CHARACTERISTICS;
                default -> {}
            }
            showsPrepared |= showsPrepared(facts);
        }
        SessionEffects effects =
                new SessionEffects(
                        changes,
                        resetsAll,
                        resets,
                        !prepared.prepares().isEmpty(),
                        prepared.executes(),
                        deallocates,
                        deallocatesAll,
                        holdsCursor,
                        discardsAll,
                        showsPrepared);
        return effects.isEmpty() ? NONE : effects;
    }

    private static boolean isLocal(Statement statement) {
        return statement instanceof Statement.Setting setting && setting.local();
    }

    private static boolean showsPrepared(StatementFacts facts) {
        return facts.relations().stream().anyMatch(use -> LISTS.contains(use.name()))
                || facts.functions().stream().anyMatch(use -> LISTS.contains(use.name()));
    }
}
