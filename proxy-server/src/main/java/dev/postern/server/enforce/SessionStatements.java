package dev.postern.server.enforce;

import dev.postern.policy.Denial;
import dev.postern.policy.Policy;
import dev.postern.policy.PreparedNames;
import dev.postern.policy.PreparedStatements;
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
    private @Nullable Policy preparedPolicy;

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
    @Nullable Denial check(Verdict.Allow verdict, Policy current) {
        return preparedUnder(current).check(verdict);
    }

    /** Returns what {@link #check} would say, and changes nothing. */
    @Nullable Denial unknown(Verdict.Allow verdict, Policy current) {
        return preparedUnder(current).unknown(verdict);
    }

    /** A Parse under this name is forwarded. */
    void onParse(String name, Policy current) {
        preparedUnder(current).onParse(inSql(name));
    }

    /**
     * Returns what Bind means by a name that no Parse made: an SQL PREPARE did, or nobody, which
     * {@link #check} says.
     */
    static JudgedStatement preparedInSql(String name, Policy policy) {
        return madeInSql("EXECUTE", name, new PreparedNames(Set.of(), Set.of(inSql(name))), policy);
    }

    /**
     * Returns what Execute means by a name that no Bind made: an SQL DECLARE did, or nobody, which
     * the upstream will say.
     */
    static JudgedStatement declaredInSql(String name, Policy policy) {
        return madeInSql("FETCH", name, PreparedNames.NONE, policy);
    }

    /**
     * The names that were prepared under a policy: what stands behind a name is judged again by
     * being prepared again.
     */
    @SuppressWarnings("ReferenceEquality") // a policy is replaced as a whole
    private PreparedStatements preparedUnder(Policy current) {
        if (preparedPolicy != current) {
            preparedPolicy = current;
            prepared = new PreparedStatements();
        }
        return prepared;
    }

    /** A name as SQL has it. */
    private static String inSql(String name) {
        return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static JudgedStatement madeInSql(
            String command, String name, PreparedNames prepared, Policy policy) {
        byte[] text =
                (command + " \"" + name.replace("\"", "\"\"") + "\"")
                        .getBytes(StandardCharsets.ISO_8859_1);
        return new JudgedStatement(
                SqlText.owning(text),
                new Verdict.Allow(
                        new StatementSummary(command, "", List.of(), List.of()), prepared),
                policy,
                null);
    }
}
