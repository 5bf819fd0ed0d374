package dev.postern.server.pool;

import dev.postern.protocol.BackendMessage.Column;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendMessages;
import dev.postern.server.pool.Owed.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a session has prepared, and how it stands on the connection that serves it. On a shared
 * connection a statement has a name that tells its content, is prepared when it is first needed,
 * and stays for whoever needs it next; the least recently used makes room.
 */
final class PreparedStatements {

    /** How a statement that is about to be used stands on the connection. */
    enum Standing {
        /** It is what the session has prepared. */
        AS_PREPARED,
        /** Whether it is, an answer will tell that is still owed. */
        UNKNOWN,
        /** It has other columns. */
        CHANGED
    }

    private final SessionState state;
    private final PoolMode mode;
    private final int maxStatements;
    private final LongSupplier nanoTime;
    private final Map<String, Prepared> prepared = new HashMap<>();

    /** What stands on the connection under the session's own names. */
    private final Set<String> verbatim = new HashSet<>();

    private int unsettled;
    private boolean settlesLater;

    /** The session's present stay on a connection, known by its identity. */
    private Object visit = new Object();

    /**
     * Makes it for a session that begins.
     *
     * @param maxStatements how many may stand on a shared connection
     */
    PreparedStatements(
            SessionState state, PoolMode mode, int maxStatements, LongSupplier nanoTime) {
        this.state = state;
        this.mode = mode;
        this.maxStatements = maxStatements;
        this.nanoTime = nanoTime;
    }

    /** The session has another connection from now on. */
    void onOtherConnection() {
        verbatim.clear();
        unsettled = 0;
        settlesLater = false;
        visit = new Object();
    }

    /** What ends with ReadyForQuery has gone out. */
    void onReadyOwed() {
        settlesLater = unsettled > 0;
    }

    /**
     * Tells whether an answer that is owed behind an earlier Sync or Query decides what the session
     * has.
     */
    boolean settlesLater() {
        return settlesLater;
    }

    /** Tells whether statements stand on the connection under the session's own names. */
    boolean leavesNames() {
        return !verbatim.isEmpty();
    }

    @Nullable Prepared get(String name) {
        return prepared.get(name);
    }

    /** Returns a statement's name on the connection. */
    String nameOf(String name, Prepared statement) {
        return mode == PoolMode.SESSION || name.isEmpty() ? name : statement.contentName(state);
    }

    // ---- bringing statements to the connection

    /** The session's Parse of a statement has gone out, with its name on the connection. */
    void parsed(String name, String there, Prepared statement, Outgoing out) {
        ServerStatement made = new ServerStatement(statement, visit, nanoTime);
        statement.standsFirst(made);
        Change change = new Change(out.server(), name, there, statement, made);
        out.owe(new Owed(Kind.PARSE, false, change, null));
        askColumns(there, made, out);
    }

    /** A statement that stands on the connection is the session's from now on. */
    Owed.Outcome adopted(
            String name, Prepared statement, ServerStatement present, ServerConnection server) {
        statement.standsFirst(present);
        return new Change(server, name, null, statement, null);
    }

    /** A statement is about to be closed, here alone or also on the connection. */
    Owed.Outcome closed(String name, boolean there, ServerConnection server) {
        return new Change(server, name, there ? name : null, null, null);
    }

    /** PostgreSQL drops the unnamed statement at any Query that it reads. */
    Change unnamedDropped(ServerConnection server) {
        return new Change(server, "", "", null, null);
    }

    /**
     * Prepares a statement on the connection, unless it is there.
     *
     * @return how it stands there; to be told how its use goes
     */
    ServerStatement ensure(String there, Prepared statement, Outgoing out) {
        ServerConnection server = out.server();
        ServerStatement present = server.statements().get(there);
        if (present != null && present.isOf(statement)) {
            return present;
        }
        if (present != null && !there.isEmpty()) {
            closeThere(there, out);
        }
        makeRoom(there, out);
        out.insert(buffer -> FrontendMessages.parse(buffer, there, statement.rest()));
        ServerStatement made = new ServerStatement(statement, visit, nanoTime);
        out.owe(new Owed(Kind.PARSE, true, new Change(server, null, there, null, made), null));
        askColumns(there, made, out);
        return made;
    }

    /** As {@link #ensure}, for one that is used in SQL under the session's own name. */
    void ensureVerbatim(String name, Outgoing out) {
        Prepared statement = prepared.get(name);
        if (statement != null) {
            ServerStatement _ = ensure(name, statement, out);
            if (mode == PoolMode.TRANSACTION) {
                verbatim.add(name);
            }
        }
    }

    /** Asks for a shared statement's columns; the session does not see this. */
    private void askColumns(String there, ServerStatement asked, Outgoing out) {
        if (mode == PoolMode.SESSION || there.isEmpty()) {
            return;
        }
        out.insert(buffer -> FrontendMessages.describeStatement(buffer, there));
        out.owe(new Owed(Kind.DESCRIBE_STATEMENT, true, asked.description(), null));
    }

    /**
     * Lets the least recently used go until one more may stand on the connection. In a failed
     * transaction nothing goes: it could not be prepared again.
     */
    void makeRoom(String there, Outgoing out) {
        if (mode == PoolMode.SESSION || there.isEmpty() || out.answers().status() == 'E') {
            return;
        }
        ServerStatements present = out.server().statements();
        while (present.size() >= maxStatements) {
            String eldest = present.eldest();
            if (eldest == null) {
                return;
            }
            closeThere(eldest, out);
        }
    }

    /** Closes a statement on the connection; the session still has it. */
    void closeThere(String there, Outgoing out) {
        out.insert(buffer -> FrontendMessages.closeStatement(buffer, there));
        Change change = new Change(out.server(), null, there, null, null);
        out.owe(new Owed(Kind.CLOSE, true, change, null));
    }

    /** The session must not see what others have prepared. */
    void closeOthers(Outgoing out) {
        if (mode == PoolMode.SESSION) {
            return;
        }
        Set<String> mine = new HashSet<>(verbatim);
        prepared.forEach((name, statement) -> mine.add(nameOf(name, statement)));
        for (String name : out.server().statements().names(other -> !mine.contains(other))) {
            closeThere(name, out);
        }
    }

    /** DEALLOCATE of all has run. */
    void allDropped(ServerConnection server) {
        prepared.keySet().removeIf(name -> !name.isEmpty());
        server.statements().clearNamed();
        verbatim.clear();
    }

    /** DEALLOCATE of one has run. */
    void dropped(String name, ServerConnection server) {
        prepared.remove(name);
        server.statements().put(name, null);
        verbatim.remove(name);
    }

    // ---- whether a statement still is what the session has prepared

    /**
     * Tells how a statement stands. PostgreSQL refuses a prepared statement whose columns are
     * others than they were, and drivers rely on that. So one that is prepared on another
     * connection later, when a table may have changed, has to have the columns that it had at
     * first; what another session has left is prepared anew before it is given up.
     */
    Standing standing(String there, ServerStatement present, Prepared statement, Outgoing out) {
        List<Column> atFirst = statement.columns();
        if (there.isEmpty() || atFirst == null || statement.isFirst(present)) {
            return Standing.AS_PREPARED;
        }
        if (!present.isDescribed()) {
            return Standing.UNKNOWN;
        }
        boolean differs = present.differsFrom(atFirst);
        if ((differs || present.isOutdated()) && !present.isMadeIn(visit)) {
            closeThere(there, out);
            ServerStatement _ = ensure(there, statement, out);
            return Standing.UNKNOWN;
        }
        return differs ? Standing.CHANGED : Standing.AS_PREPARED;
    }

    /**
     * A change of the session's statements, of the connection's, or of both, made when the message
     * goes out and undone if it is not to be.
     */
    final class Change implements Owed.Outcome {

        private final ServerConnection server;
        private final @Nullable String name;
        private final @Nullable String there;
        private final @Nullable Prepared before;
        private final @Nullable ServerStatement thereBefore;
        private final @Nullable ServerStatement thereNow;
        private boolean settled;

        /**
         * Makes it.
         *
         * @param name the session's name that changes, {@code null} if none does
         * @param there the connection's name that changes, {@code null} if none does
         */
        private Change(
                ServerConnection server,
                @Nullable String name,
                @Nullable String there,
                @Nullable Prepared now,
                @Nullable ServerStatement thereNow) {
            this.server = server;
            this.name = name;
            this.there = there;
            this.before = name == null ? null : prepared.get(name);
            this.thereBefore = there == null ? null : server.statements().get(there);
            this.thereNow = thereNow;
            unsettled++;
            set(now, thereNow);
        }

        private void set(@Nullable Prepared mine, @Nullable ServerStatement its) {
            if (name != null) {
                if (mine == null) {
                    prepared.remove(name);
                } else {
                    prepared.put(name, mine);
                }
            }
            if (there != null) {
                server.statements().put(there, its);
            }
        }

        @Override
        public void succeeded(Owed owed) {
            settle();
            if (thereNow != null) {
                thereNow.succeeded(owed);
            }
        }

        @Override
        public void failed(@Nullable ErrorResponse error) {
            settle();
            if (error != null && "".equals(there)) {
                // A Parse that fails has dropped the unnamed statement before.
                set(null, null);
            } else {
                undo();
            }
        }

        /** It was not to be. */
        void undo() {
            set(before, thereBefore);
        }

        /** It is certain. */
        void settle() {
            if (!settled) {
                settled = true;
                unsettled = Math.max(0, unsettled - 1);
                settlesLater &= unsettled > 0;
            }
        }
    }
}
