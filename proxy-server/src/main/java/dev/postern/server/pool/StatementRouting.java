package dev.postern.server.pool;

import dev.postern.policy.SessionEffects;
import dev.postern.protocol.BackendMessage.Column;
import dev.postern.protocol.BackendMessages;
import dev.postern.protocol.BindParts;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendMessages;
import dev.postern.protocol.FrontendType;
import dev.postern.protocol.ParseParts;
import dev.postern.protocol.SqlState;
import dev.postern.server.pool.Owed.Kind;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session's messages on their way to whichever connection serves it. The bytes go on as they
 * are, but for the names of prepared statements on a shared connection: there a statement has a
 * name that tells its content, is prepared when it is first needed, and stays for whoever needs it
 * next. What a connection lacks, because another served before, is prepared in front of the message
 * that needs it.
 *
 * <p>A message that depends on a statement waits while it is not certain, for an answer that is
 * owed behind an earlier Sync, whether the statement is there.
 */
final class StatementRouting {

    private static final int SMALL = 128;
    private static final int HEADER_LENGTH = 5;
    private static final String OWN = "postern_settings";
    private static final byte[] CANNOT_SUCCEED =
            "POSTERN REFUSED A STATEMENT HERE\0\0\0".getBytes(StandardCharsets.US_ASCII);

    private final SessionState state;
    private final PoolMode mode;
    private final int maxStatements;
    private final Listener listener;
    private final Map<String, Prepared> prepared = new HashMap<>();
    private final Set<String> verbatim = new HashSet<>();
    private int unsettled;
    private boolean settlesLater;
    private boolean barrier;
    private Object visit = new Object();
    private @Nullable SessionEffects announced;
    private int from;

    /** Hears what the session's statements do to it. */
    interface Listener {

        /** Settings may have changed. */
        void onSettingsChanged();

        /** A statement that ties the session to its connection goes out. */
        void onPinned(Pin why);

        /** What tied it is gone. */
        void onUnpinned(Pin why);

        /** Writes what the server has reported of its settings and the session has not heard. */
        void onReports(ByteBuf out);

        /** The server could not be told again who the session is for. */
        void onIdentityLost(ErrorResponse error);
    }

    StatementRouting(SessionState state, PoolMode mode, int maxStatements, Listener listener) {
        this.state = state;
        this.mode = mode;
        this.maxStatements = maxStatements;
        this.listener = listener;
    }

    /** The next Query or Execute does this. */
    void announce(SessionEffects effects) {
        announced = effects;
    }

    /** Tells whether statements stand on the connection under the session's own names. */
    boolean leavesNames() {
        return !verbatim.isEmpty();
    }

    /** The session has another connection from now on. */
    void onOtherConnection() {
        verbatim.clear();
        unsettled = 0;
        settlesLater = false;
        barrier = false;
        visit = new Object();
    }

    /**
     * Sends messages.
     *
     * @param in whole messages; its reader index is moved behind what has gone out or is dropped
     * @return false if the rest has to wait until answers have come
     */
    boolean send(ByteBuf in, ServerConnection server) {
        from = in.readerIndex();
        boolean all = true;
        while (all && in.isReadable()) {
            int at = in.readerIndex();
            byte type = in.getByte(at);
            if (mustWait(type, in, at)) {
                all = false;
            } else if (server.answers().skipping() && type != FrontendType.SYNC) {
                // The server would read and drop it.
                announced = null;
                take(in, server);
            } else if (!isPrepared(type, in, at, server)) {
                all = false;
            } else {
                route(type, in, at, server);
            }
        }
        forward(in, server);
        if (!all && server.answers().openPipeline()) {
            write(server, FrontendMessages::flush);
        }
        return all;
    }

    private boolean mustWait(byte type, ByteBuf in, int at) {
        if (type == FrontendType.SYNC || type == FrontendType.FLUSH) {
            return false;
        }
        boolean onStatement =
                switch (type) {
                    case FrontendType.PARSE, FrontendType.BIND -> true;
                    case FrontendType.DESCRIBE, FrontendType.CLOSE ->
                            in.getByte(at + HEADER_LENGTH) == 'S';
                    default -> announced != null;
                };
        return barrier || (onStatement && settlesLater);
    }

    private void route(byte type, ByteBuf in, int at, ServerConnection server) {
        switch (type) {
            case FrontendType.QUERY -> query(in, server);
            case FrontendType.PARSE -> parse(in, at, server);
            case FrontendType.BIND -> bind(in, at, server);
            case FrontendType.DESCRIBE -> describe(in, at, server);
            case FrontendType.CLOSE -> close(in, at, server);
            case FrontendType.EXECUTE -> execute(in, server);
            case FrontendType.SYNC -> {
                next(in);
                server.answers().add(new Owed(Kind.SYNC, false, Owed.NOBODY, null));
                settlesLater = unsettled > 0;
            }
            case FrontendType.FLUSH -> next(in);
            default ->
                    throw new IllegalStateException(
                            "a message of type " + type + " is not for the upstream");
        }
    }

    // ---- messages that run something

    private void query(ByteBuf in, ServerConnection server) {
        SessionEffects effects = takeAnnounced();
        before(effects, in, server);
        next(in);
        // PostgreSQL drops the unnamed statement at any Query that it reads.
        Change change = new Change(server, "", "", null, null);
        if (!server.answers().openPipeline()) {
            change.settle();
        }
        Owed.Outcome outcome = runs(effects, server, change);
        server.answers()
                .add(
                        effects.resetsSettings()
                                ? Owed.continued(outcome)
                                : new Owed(Kind.QUERY, false, outcome, null));
        settlesLater = unsettled > 0;
        after(effects, false, in, server);
    }

    private void execute(ByteBuf in, ServerConnection server) {
        SessionEffects effects = takeAnnounced();
        before(effects, in, server);
        next(in);
        server.answers().add(new Owed(Kind.EXECUTE, false, runs(effects, server, null), null));
        after(effects, true, in, server);
    }

    private SessionEffects takeAnnounced() {
        SessionEffects effects = announced;
        announced = null;
        return effects == null ? SessionEffects.NONE : effects;
    }

    private void before(SessionEffects effects, ByteBuf in, ServerConnection server) {
        if (effects.showsPrepared() && mode == PoolMode.TRANSACTION) {
            closeOthers(in, server);
        }
        for (Set<String> names : List.of(effects.executes(), effects.deallocates())) {
            for (String sqlName : names) {
                String name = inProtocol(sqlName);
                Prepared statement = prepared.get(name);
                if (statement != null) {
                    ensure(name, statement, in, server);
                    if (mode == PoolMode.TRANSACTION) {
                        verbatim.add(name);
                    }
                }
            }
        }
    }

    /** The session must not see what others have prepared. */
    private void closeOthers(ByteBuf in, ServerConnection server) {
        Set<String> mine = new HashSet<>(verbatim);
        prepared.forEach((name, statement) -> mine.add(nameOf(name, statement)));
        for (String name : server.statements().names(other -> !mine.contains(other))) {
            closeOwn(name, in, server);
        }
    }

    private void after(
            SessionEffects effects, boolean extended, ByteBuf in, ServerConnection server) {
        if (effects.changesSettings()) {
            listener.onSettingsChanged();
        }
        if (effects.resetsSettings()) {
            forward(in, server);
            String sql = state.afterReset(effects.resetsAll(), effects.resets());
            if (extended) {
                askInPipeline(sql, server);
            } else {
                server.ask(sql, new Restoring());
                server.answers()
                        .add(new Owed(Kind.LOCAL, false, Owed.NOBODY, () -> restored(server)));
            }
        }
        if (effects.prepares()) {
            listener.onPinned(Pin.PREPARED);
        }
        if (effects.holdsCursor()) {
            listener.onPinned(Pin.CURSOR);
        }
        barrier |= effects.dropsStatements();
    }

    /** What a Query that has reset settings ends with. */
    private ByteBuf restored(ServerConnection server) {
        ByteBuf out = server.allocator().buffer(SMALL);
        listener.onReports(out);
        BackendMessages.readyForQuery(out, server.answers().status());
        return out;
    }

    private void askInPipeline(String sql, ServerConnection server) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        byte[] rest = new byte[text.length + 1 + Short.BYTES];
        System.arraycopy(text, 0, rest, 0, text.length);
        write(
                server,
                out -> {
                    FrontendMessages.parse(out, OWN, rest);
                    FrontendMessages.bind(out, OWN, OWN);
                    FrontendMessages.execute(out, OWN);
                    FrontendMessages.closeStatement(out, OWN);
                });
        server.answers().add(new Owed(Kind.PARSE, true, new Restoring(), null));
        server.answers().add(new Owed(Kind.BIND, true, new Restoring(), null));
        server.answers().add(new Owed(Kind.EXECUTE, true, new Restoring(), null));
        server.answers().add(new Owed(Kind.CLOSE, true, Owed.NOBODY, null));
    }

    /** What a text that runs has done once it has run. */
    private Owed.Outcome runs(
            SessionEffects effects, ServerConnection server, @Nullable Change change) {
        if (!effects.dropsStatements() && change == null) {
            return Owed.NOBODY;
        }
        return new Owed.Outcome() {
            @Override
            public void succeeded(Owed owed) {
                if (change != null) {
                    change.settle();
                }
                if (effects.dropsStatements()) {
                    barrier = false;
                    dropped(effects, server);
                }
            }

            @Override
            public void failed(@Nullable ErrorResponse error) {
                barrier &= !effects.dropsStatements();
                if (change != null) {
                    change.settle();
                    if (error == null) {
                        change.undo();
                    }
                }
            }
        };
    }

    private void dropped(SessionEffects effects, ServerConnection server) {
        if (effects.deallocatesAll()) {
            prepared.keySet().removeIf(name -> !name.isEmpty());
            server.statements().clearNamed();
            verbatim.clear();
            listener.onUnpinned(Pin.PREPARED);
        }
        for (String sqlName : effects.deallocates()) {
            String name = inProtocol(sqlName);
            prepared.remove(name);
            server.statements().put(name, null);
            verbatim.remove(name);
        }
        if (effects.discardsAll()) {
            listener.onUnpinned(Pin.CURSOR);
        }
    }

    // ---- messages about statements

    private void parse(ByteBuf in, int at, ServerConnection server) {
        String name = name(in, at + HEADER_LENGTH);
        Prepared earlier = name.isEmpty() ? null : prepared.get(name);
        if (earlier != null) {
            // The server says that it exists.
            String there = nameOf(name, earlier);
            ensure(there, earlier, in, server);
            renamed(in, there, server);
            server.answers().add(new Owed(Kind.PARSE, false, Owed.NOBODY, null));
            return;
        }
        Prepared statement = new Prepared(ParseParts.of(in, at).rest());
        String there = nameOf(name, statement);
        ServerStatement present = there.equals(name) ? null : server.statements().get(there);
        if (present != null) {
            if (!present.isOutdated() && server.answers().mayAnswerForServer()) {
                statement.standsFirst(present);
                take(in, server);
                local('1', server, new Change(server, name, null, statement, null));
                return;
            }
            closeOwn(there, in, server);
        }
        makeRoom(there, in, server);
        if (there.equals(name)) {
            next(in);
        } else {
            renamed(in, there, server);
        }
        ServerStatement made = new ServerStatement(statement, visit);
        statement.standsFirst(made);
        server.answers()
                .add(
                        new Owed(
                                Kind.PARSE,
                                false,
                                new Change(server, name, there, statement, made),
                                null));
        if (!there.equals(name)) {
            askColumns(made, there, server);
        }
    }

    private void renamed(ByteBuf in, String there, ServerConnection server) {
        int at = in.readerIndex();
        byte[] rest = ParseParts.of(in, at).rest();
        take(in, server);
        write(server, out -> FrontendMessages.parse(out, there, rest));
    }

    private void bind(ByteBuf in, int at, ServerConnection server) {
        int statementAt = end(in, at + HEADER_LENGTH);
        String name = name(in, statementAt);
        Prepared statement = prepared.get(name);
        String there = statement == null ? name : nameOf(name, statement);
        if (statement != null && isOtherThanAtFirst(statement, there, server)) {
            refuseChanged(in, server);
            return;
        }
        if (statement != null) {
            ensure(there, statement, in, server);
        }
        if (there.equals(name)) {
            next(in);
        } else {
            BindParts parts = BindParts.of(in, at);
            forward(in, server);
            write(server, out -> parts.writeWithStatement(out, there));
            skip(in);
        }
        server.answers().add(new Owed(Kind.BIND, false, use(there, server), null));
    }

    private void describe(ByteBuf in, int at, ServerConnection server) {
        if (in.getByte(at + HEADER_LENGTH) != 'S') {
            next(in);
            server.answers().add(new Owed(Kind.DESCRIBE_PORTAL, false, Owed.NOBODY, null));
            return;
        }
        String name = name(in, at + HEADER_LENGTH + 1);
        Prepared statement = prepared.get(name);
        String there = statement == null ? name : nameOf(name, statement);
        if (statement != null && isOtherThanAtFirst(statement, there, server)) {
            refuseChanged(in, server);
            return;
        }
        if (statement != null) {
            ensure(there, statement, in, server);
        }
        if (there.equals(name)) {
            next(in);
        } else {
            take(in, server);
            write(server, out -> FrontendMessages.describeStatement(out, there));
        }
        server.answers().add(new Owed(Kind.DESCRIBE_STATEMENT, false, use(there, server), null));
    }

    private void close(ByteBuf in, int at, ServerConnection server) {
        if (in.getByte(at + HEADER_LENGTH) != 'S') {
            next(in);
            server.answers().add(new Owed(Kind.CLOSE, false, Owed.NOBODY, null));
            return;
        }
        String name = name(in, at + HEADER_LENGTH + 1);
        Prepared statement = prepared.get(name);
        if (statement != null && !nameOf(name, statement).equals(name)) {
            take(in, server);
            local('3', server, new Change(server, name, null, null, null));
        } else {
            next(in);
            server.answers()
                    .add(
                            new Owed(
                                    Kind.CLOSE,
                                    false,
                                    new Change(server, name, name, null, null),
                                    null));
        }
    }

    // ---- what the connection has

    private String nameOf(String name, Prepared statement) {
        return mode == PoolMode.SESSION || name.isEmpty() ? name : statement.contentName(state);
    }

    /** Prepares a statement on the connection, unless it is there. */
    private void ensure(String there, Prepared statement, ByteBuf in, ServerConnection server) {
        ServerStatement present = server.statements().get(there);
        if (present != null && present.isOf(statement)) {
            return;
        }
        if (present != null && !there.isEmpty()) {
            closeOwn(there, in, server);
        }
        makeRoom(there, in, server);
        forward(in, server);
        write(server, out -> FrontendMessages.parse(out, there, statement.rest()));
        ServerStatement made = new ServerStatement(statement, visit);
        server.answers()
                .add(new Owed(Kind.PARSE, true, new Change(server, null, there, null, made), null));
        if (mode == PoolMode.TRANSACTION && !there.isEmpty()) {
            askColumns(made, there, server);
        }
    }

    /** The session does not see this. */
    private static void askColumns(
            ServerStatement statement, String there, ServerConnection server) {
        write(server, out -> FrontendMessages.describeStatement(out, there));
        server.answers()
                .add(new Owed(Kind.DESCRIBE_STATEMENT, true, statement.description(), null));
    }

    /** Returns what hears how a statement's use goes. */
    private static Owed.Outcome use(String there, ServerConnection server) {
        ServerStatement used = server.statements().get(there);
        return used == null ? Owed.NOBODY : used;
    }

    // ---- whether a statement still is what the session has prepared

    /**
     * PostgreSQL refuses a prepared statement whose columns are others than they were, and drivers
     * rely on that. So one that is prepared on another connection later, when a table may have
     * changed, has to have the columns that it had at first.
     *
     * @return false if it has to be waited until the server has told the columns
     */
    private boolean isPrepared(byte type, ByteBuf in, int at, ServerConnection server) {
        boolean uses =
                type == FrontendType.BIND
                        || (type == FrontendType.DESCRIBE && in.getByte(at + HEADER_LENGTH) == 'S');
        if (mode != PoolMode.TRANSACTION || !uses) {
            return true;
        }
        String name =
                type == FrontendType.BIND
                        ? name(in, end(in, at + HEADER_LENGTH))
                        : name(in, at + HEADER_LENGTH + 1);
        Prepared statement = name.isEmpty() ? null : prepared.get(name);
        List<Column> atFirst = statement == null ? null : statement.columns();
        if (statement == null || atFirst == null) {
            return true;
        }
        String there = nameOf(name, statement);
        ensure(there, statement, in, server);
        ServerStatement present = server.statements().get(there);
        if (present == null || statement.isFirst(present)) {
            return true;
        }
        if (!present.isDescribed()) {
            return false;
        }
        boolean mayBeOld = present.isOutdated() || present.differsFrom(atFirst);
        if (!mayBeOld || present.isMadeIn(visit)) {
            return true;
        }
        closeOwn(there, in, server);
        ensure(there, statement, in, server);
        return false;
    }

    private static boolean isOtherThanAtFirst(
            Prepared statement, String there, ServerConnection server) {
        List<Column> atFirst = statement.columns();
        ServerStatement present = server.statements().get(there);
        return atFirst != null && present != null && present.differsFrom(atFirst);
    }

    /** What is sent in place of the message fails as well, and with it the transaction. */
    private void refuseChanged(ByteBuf in, ServerConnection server) {
        take(in, server);
        write(server, out -> FrontendMessages.parse(out, OWN, CANNOT_SUCCEED));
        server.answers()
                .add(
                        new Owed(
                                Kind.PARSE,
                                false,
                                Owed.NOBODY,
                                () -> {
                                    ByteBuf answer = server.allocator().buffer(SMALL);
                                    BackendMessages.errorResponse(
                                            answer,
                                            ErrorResponse.error(
                                                            SqlState.FEATURE_NOT_SUPPORTED,
                                                            "cached plan must not change result type")
                                                    .withHint(
                                                            "What the statement reads has other columns than when it"
                                                                    + " was prepared. Prepare it again."));
                                    return answer;
                                }));
    }

    private void makeRoom(String there, ByteBuf in, ServerConnection server) {
        if (mode == PoolMode.SESSION || there.isEmpty()) {
            return;
        }
        while (server.statements().size() >= maxStatements) {
            String eldest = server.statements().eldest();
            if (eldest == null) {
                return;
            }
            closeOwn(eldest, in, server);
        }
    }

    private void closeOwn(String there, ByteBuf in, ServerConnection server) {
        forward(in, server);
        write(server, out -> FrontendMessages.closeStatement(out, there));
        server.answers()
                .add(new Owed(Kind.CLOSE, true, new Change(server, null, there, null, null), null));
    }

    /**
     * A change of the session's statements, of the connection's, or of both, made when the message
     * goes out and undone if it is not to be.
     */
    private final class Change implements Owed.Outcome {

        private final ServerConnection server;
        private final @Nullable String name;
        private final @Nullable String there;
        private final @Nullable Prepared before;
        private final @Nullable ServerStatement thereBefore;
        private boolean settled;

        /**
         * Makes it.
         *
         * @param name the session's name that changes, {@code null} if none does
         * @param there the connection's name that changes, {@code null} if none does
         */
        Change(
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
        }

        @Override
        public void failed(@Nullable ErrorResponse error) {
            settle();
            if (error != null && "".equals(there)) {
                // A Parse that fails has dropped the unnamed statement before.
                set(null, null);
            } else {
                set(before, thereBefore);
            }
        }

        /** A Query was skipped. */
        void undo() {
            set(before, thereBefore);
        }

        void settle() {
            if (!settled) {
                settled = true;
                unsettled = Math.max(0, unsettled - 1);
                settlesLater &= unsettled > 0;
            }
        }
    }

    /** Who the session is for is told again: if that fails, nothing more may run. */
    private final class Restoring implements Owed.Outcome {

        @Override
        public void failed(@Nullable ErrorResponse error) {
            // In a failed transaction the reset has failed as well, or is undone with it.
            if (error != null && !error.sqlState().equals("25P02")) {
                listener.onIdentityLost(error);
            }
        }
    }

    // ---- bytes

    private static String name(ByteBuf in, int at) {
        int length = in.bytesBefore(at, in.writerIndex() - at, (byte) 0);
        return length == 0 ? "" : in.toString(at, length, StandardCharsets.ISO_8859_1);
    }

    private static int end(ByteBuf in, int at) {
        return at + in.bytesBefore(at, in.writerIndex() - at, (byte) 0) + 1;
    }

    /** A name of SQL as the protocol has it. */
    private static String inProtocol(String sqlName) {
        return new String(sqlName.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private void local(char type, ServerConnection server, Change change) {
        server.answers()
                .add(
                        new Owed(
                                Kind.LOCAL,
                                false,
                                change,
                                () -> {
                                    ByteBuf answer = server.allocator().buffer(SMALL);
                                    BackendMessages.empty(answer, type);
                                    return answer;
                                }));
    }

    /** The message joins those that go out as they are. */
    private static void next(ByteBuf in) {
        in.skipBytes(in.getInt(in.readerIndex() + 1) + 1);
    }

    /** The message does not go out as it is; what came before it does. */
    private void take(ByteBuf in, ServerConnection server) {
        forward(in, server);
        skip(in);
    }

    private void skip(ByteBuf in) {
        next(in);
        from = in.readerIndex();
    }

    private void forward(ByteBuf in, ServerConnection server) {
        int to = in.readerIndex();
        if (to > from) {
            server.peer().write(in.retainedSlice(from, to - from));
        }
        from = to;
    }

    private static void write(ServerConnection server, Consumer<ByteBuf> message) {
        ByteBuf out = server.allocator().buffer(SMALL);
        message.accept(out);
        server.peer().write(out);
    }
}
