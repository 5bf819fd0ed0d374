package dev.postern.server.pool;

import dev.postern.policy.SessionEffects;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session's messages on their way to whichever connection serves it: their bytes go on as they
 * are, but for the names of prepared statements on a shared connection. What a connection lacks,
 * because another served before, is prepared in front of the message that needs it ({@link
 * PreparedStatements}).
 *
 * <p>A message that depends on a statement waits while it is not certain, for an answer that is
 * owed behind an earlier Sync, whether the statement is there.
 */
final class StatementRouting {

    private static final int HEADER_LENGTH = 5;
    private static final String OWN = "postern_settings";

    private final SessionState state;
    private final PreparedStatements statements;
    private final Listener listener;
    private boolean barrier;
    private @Nullable SessionEffects announced;

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

    StatementRouting(SessionState state, PreparedStatements statements, Listener listener) {
        this.state = state;
        this.statements = statements;
        this.listener = listener;
    }

    /** The next Query or Execute does this. */
    void announce(SessionEffects effects) {
        announced = effects;
    }

    /** The session has another connection from now on. */
    void onOtherConnection() {
        statements.onOtherConnection();
        barrier = false;
    }

    /**
     * Sends messages.
     *
     * @param in whole messages; its reader index is moved behind what has gone out or is dropped
     * @return false if the rest has to wait until answers have come
     */
    boolean send(ByteBuf in, ServerConnection server) {
        try (Outgoing out = new Outgoing(in, server)) {
            return send(in, out);
        }
    }

    private boolean send(ByteBuf in, Outgoing out) {
        boolean all = true;
        while (all && in.isReadable()) {
            byte type = in.getByte(in.readerIndex());
            if (mustWait(type, in)) {
                all = false;
            } else if (out.answers().skipping() && type != FrontendType.SYNC) {
                // The server would read and drop it.
                announced = null;
                out.take();
            } else {
                all = route(type, out);
            }
        }
        if (!all && out.answers().openPipeline()) {
            out.insert(FrontendMessages::flush);
        }
        out.write();
        return all;
    }

    private boolean mustWait(byte type, ByteBuf in) {
        if (type == FrontendType.SYNC || type == FrontendType.FLUSH) {
            return false;
        }
        boolean onStatement =
                switch (type) {
                    case FrontendType.PARSE, FrontendType.BIND -> true;
                    case FrontendType.DESCRIBE, FrontendType.CLOSE -> isOfStatement(in);
                    default -> announced != null;
                };
        return barrier || (onStatement && statements.settlesLater());
    }

    /** Tells whether a Describe or Close is of a statement, not of a portal. */
    private static boolean isOfStatement(ByteBuf in) {
        return in.getByte(in.readerIndex() + HEADER_LENGTH) == 'S';
    }

    /** Returns false if the message has to wait. */
    private boolean route(byte type, Outgoing out) {
        switch (type) {
            case FrontendType.QUERY -> query(out);
            case FrontendType.PARSE -> parse(out);
            case FrontendType.BIND -> {
                return bind(out);
            }
            case FrontendType.DESCRIBE -> {
                return describe(out);
            }
            case FrontendType.CLOSE -> close(out);
            case FrontendType.EXECUTE -> execute(out);
            case FrontendType.SYNC -> {
                out.pass();
                out.owe(new Owed(Kind.SYNC, false, Owed.NOBODY, null));
                statements.onReadyOwed();
            }
            case FrontendType.FLUSH -> out.pass();
            default ->
                    throw new IllegalStateException(
                            "a message of type " + type + " is not for the upstream");
        }
        return true;
    }

    // ---- messages that run something

    private void query(Outgoing out) {
        SessionEffects effects = takeAnnounced();
        before(effects, out);
        out.pass();
        PreparedStatements.Change unnamed = statements.unnamedDropped(out.server());
        if (!out.answers().openPipeline()) {
            unnamed.settle();
        }
        Owed.Outcome outcome = runs(effects, out.server(), unnamed);
        out.owe(
                effects.resetsSettings()
                        ? Owed.continued(outcome)
                        : new Owed(Kind.QUERY, false, outcome, null));
        statements.onReadyOwed();
        after(effects, false, out);
    }

    private void execute(Outgoing out) {
        SessionEffects effects = takeAnnounced();
        before(effects, out);
        out.pass();
        out.owe(new Owed(Kind.EXECUTE, false, runs(effects, out.server(), null), null));
        after(effects, true, out);
    }

    private SessionEffects takeAnnounced() {
        SessionEffects effects = announced;
        announced = null;
        return effects == null ? SessionEffects.NONE : effects;
    }

    private void before(SessionEffects effects, Outgoing out) {
        if (effects.showsPrepared()) {
            statements.closeOthers(out);
        }
        effects.executes().forEach(name -> statements.ensureVerbatim(inProtocol(name), out));
        effects.deallocates().forEach(name -> statements.ensureVerbatim(inProtocol(name), out));
    }

    private void after(SessionEffects effects, boolean extended, Outgoing out) {
        if (effects.changesSettings()) {
            listener.onSettingsChanged();
        }
        if (effects.resetsSettings()) {
            String sql = state.afterReset(effects.resetsAll(), effects.resets());
            if (extended) {
                askInPipeline(sql, out);
            } else {
                out.write();
                ServerConnection server = out.server();
                server.ask(sql, new Restoring());
                out.owe(new Owed(Kind.LOCAL, false, Owed.NOBODY, () -> restored(server)));
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
        return Outgoing.message(
                server,
                out -> {
                    listener.onReports(out);
                    BackendMessages.readyForQuery(out, server.answers().status());
                });
    }

    private void askInPipeline(String sql, Outgoing out) {
        out.insert(buffer -> {
            FrontendMessages.parse(buffer, OWN, sql);
            FrontendMessages.bind(buffer, OWN, OWN);
            FrontendMessages.execute(buffer, OWN);
            FrontendMessages.closeStatement(buffer, OWN);
        });
        out.owe(new Owed(Kind.PARSE, true, new Restoring(), null));
        out.owe(new Owed(Kind.BIND, true, new Restoring(), null));
        out.owe(new Owed(Kind.EXECUTE, true, new Restoring(), null));
        out.owe(new Owed(Kind.CLOSE, true, Owed.NOBODY, null));
    }

    /** What a text that runs has done once it has run. */
    private Owed.Outcome runs(
            SessionEffects effects,
            ServerConnection server,
            PreparedStatements.@Nullable Change change) {
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
            statements.allDropped(server);
            listener.onUnpinned(Pin.PREPARED);
        }
        for (String name : effects.deallocates()) {
            statements.dropped(inProtocol(name), server);
        }
        if (effects.discardsAll()) {
            listener.onUnpinned(Pin.CURSOR);
        }
    }

    // ---- messages about statements

    private void parse(Outgoing out) {
        ByteBuf in = out.in();
        int at = in.readerIndex();
        ServerConnection server = out.server();
        String name = name(in, at + HEADER_LENGTH);
        Prepared earlier = name.isEmpty() ? null : statements.get(name);
        if (earlier != null) {
            // The server says that it exists.
            String there = statements.nameOf(name, earlier);
            ServerStatement _ = statements.ensure(there, earlier, out);
            sendParse(there, out);
            out.owe(new Owed(Kind.PARSE, false, Owed.NOBODY, null));
            return;
        }
        Prepared statement = new Prepared(ParseParts.of(in, at).rest());
        String there = statements.nameOf(name, statement);
        ServerStatement present = there.equals(name) ? null : server.statements().get(there);
        if (present != null) {
            if (present.isTakenLately() && out.answers().mayAnswerForServer()) {
                out.take();
                answerHere('1', statements.adopted(name, statement, present, server), out);
                return;
            }
            statements.closeThere(there, out);
        }
        statements.makeRoom(there, out);
        if (there.equals(name)) {
            out.pass();
        } else {
            sendParse(there, out);
        }
        statements.parsed(name, there, statement, out);
    }

    private static void sendParse(String there, Outgoing out) {
        byte[] rest = ParseParts.of(out.in(), out.in().readerIndex()).rest();
        out.take();
        out.insert(buffer -> FrontendMessages.parse(buffer, there, rest));
    }

    private boolean bind(Outgoing out) {
        ByteBuf in = out.in();
        int at = in.readerIndex();
        String name = name(in, end(in, at + HEADER_LENGTH));
        return use(
                name,
                Kind.BIND,
                there -> {
                    BindParts parts = BindParts.of(in, at);
                    out.insert(buffer -> parts.writeWithStatement(buffer, there));
                },
                out);
    }

    private boolean describe(Outgoing out) {
        if (!isOfStatement(out.in())) {
            out.pass();
            out.owe(new Owed(Kind.DESCRIBE_PORTAL, false, Owed.NOBODY, null));
            return true;
        }
        return use(
                statementName(out.in()),
                Kind.DESCRIBE_STATEMENT,
                there -> out.insert(buffer -> FrontendMessages.describeStatement(buffer, there)),
                out);
    }

    /**
     * Sends a message that uses a statement.
     *
     * @param renamed inserts it with another name in it
     * @return false if it has to wait
     */
    private boolean use(String name, Kind kind, Consumer<String> renamed, Outgoing out) {
        Prepared statement = statements.get(name);
        String there = name;
        Owed.Outcome outcome = Owed.NOBODY;
        if (statement != null) {
            there = statements.nameOf(name, statement);
            ServerStatement present = statements.ensure(there, statement, out);
            outcome = present;
            switch (statements.standing(there, present, statement, out)) {
                case UNKNOWN -> {
                    return false;
                }
                case CHANGED -> {
                    refuseChanged(out);
                    return true;
                }
                case AS_PREPARED -> {}
            }
        }
        if (there.equals(name)) {
            out.pass();
        } else {
            renamed.accept(there);
            out.take();
        }
        out.owe(new Owed(kind, false, outcome, null));
        return true;
    }

    /** What is sent in place of the message fails as well, and with it the transaction. */
    private static void refuseChanged(Outgoing out) {
        out.take();
        out.insert(buffer -> FrontendMessages.failingParse(buffer, OWN));
        ErrorResponse error =
                ErrorResponse.error(
                                SqlState.FEATURE_NOT_SUPPORTED,
                                "cached plan must not change result type")
                        .withHint(
                                "What the statement reads has other columns than when it was"
                                        + " prepared. Prepare it again.");
        ServerConnection server = out.server();
        out.owe(
                new Owed(
                        Kind.PARSE,
                        false,
                        Owed.NOBODY,
                        () ->
                                Outgoing.message(
                                        server, to -> BackendMessages.errorResponse(to, error))));
    }

    private void close(Outgoing out) {
        if (!isOfStatement(out.in())) {
            out.pass();
            out.owe(new Owed(Kind.CLOSE, false, Owed.NOBODY, null));
            return;
        }
        String name = statementName(out.in());
        Prepared statement = statements.get(name);
        if (statement != null && !statements.nameOf(name, statement).equals(name)) {
            out.take();
            answerHere('3', statements.closed(name, false, out.server()), out);
        } else {
            out.pass();
            out.owe(new Owed(Kind.CLOSE, false, statements.closed(name, true, out.server()), null));
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

    /** Returns the name in a Describe or Close. */
    private static String statementName(ByteBuf in) {
        return name(in, in.readerIndex() + HEADER_LENGTH + 1);
    }

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

    private static void answerHere(char type, Owed.Outcome outcome, Outgoing out) {
        ServerConnection server = out.server();
        out.owe(
                new Owed(
                        Kind.LOCAL,
                        false,
                        outcome,
                        () -> Outgoing.message(server, to -> BackendMessages.empty(to, type))));
    }
}
