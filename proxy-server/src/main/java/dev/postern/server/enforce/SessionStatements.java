package dev.postern.server.enforce;

import dev.postern.catalog.Oids;
import dev.postern.policy.Denial;
import dev.postern.policy.PreparedNames;
import dev.postern.policy.PreparedStatements;
import dev.postern.policy.SearchPathChanges;
import dev.postern.policy.SessionEffects;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.session.NamedObjects;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the names of prepared statements and portals stand for in one session. */
final class SessionStatements {

    private final NamedObjects<JudgedStatement> statements = new NamedObjects<>();
    private final NamedObjects<JudgedStatement> portals = new NamedObjects<>();
    private PreparedStatements prepared = new PreparedStatements();
    private @Nullable Basis preparedOn;

    /** Returns the statements that were prepared by Parse. */
    NamedObjects<JudgedStatement> prepared() {
        return statements;
    }

    /** Returns the portals that were made by Bind. */
    NamedObjects<JudgedStatement> portals() {
        return portals;
    }

    /**
     * Returns why a text that is allowed by itself must not run in this session, {@code null} if it
     * may.
     */
    @Nullable Denial check(Verdict.Allow verdict, Basis current) {
        return preparedOn(current).check(verdict);
    }

    /** Returns what {@link #check} would say, and changes nothing. */
    @Nullable Denial unknown(Verdict.Allow verdict, Basis current) {
        return preparedOn(current).unknown(verdict);
    }

    /** A Parse under this name is forwarded. */
    void onParse(String name, Basis current) {
        preparedOn(current).onParse(inSql(name));
    }

    /**
     * Returns what Bind means by a name that no Parse made: an SQL PREPARE did, or nobody, which
     * {@link #check} says.
     */
    static JudgedStatement preparedInSql(String name, Basis basis) {
        return madeInSql("EXECUTE", name, new PreparedNames(Set.of(), Set.of(inSql(name))), basis);
    }

    /**
     * Returns what Execute means by a name that no Bind made: an SQL DECLARE did, or nobody, which
     * the upstream will say.
     */
    static JudgedStatement declaredInSql(String name, Basis basis) {
        return madeInSql("FETCH", name, PreparedNames.NONE, basis);
    }

    /**
     * The names that were prepared on a basis: what stands behind a name is judged again by being
     * prepared again.
     */
    @SuppressWarnings("ReferenceEquality") // a basis is replaced as a whole
    private PreparedStatements preparedOn(Basis current) {
        if (preparedOn != current) {
            preparedOn = current;
            prepared = new PreparedStatements();
        }
        return prepared;
    }

    /** A name as SQL has it. */
    private static String inSql(String name) {
        return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static JudgedStatement madeInSql(
            String command, String name, PreparedNames prepared, Basis basis) {
        byte[] text =
                (command + " \"" + name.replace("\"", "\"\"") + "\"")
                        .getBytes(StandardCharsets.ISO_8859_1);
        return new JudgedStatement(
                SqlText.owning(text),
                Oids.NONE,
                new Verdict.Allow(
                        new StatementSummary(command, "", List.of(), List.of()),
                        prepared,
                        SearchPathChanges.NONE,
                        SessionEffects.NONE,
                        null),
                basis,
                null);
    }
}
