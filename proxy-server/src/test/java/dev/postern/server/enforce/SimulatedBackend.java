package dev.postern.server.enforce;

import dev.postern.protocol.FrameLimits;
import dev.postern.protocol.FrontendFrame;
import dev.postern.protocol.FrontendFrameReader;
import dev.postern.protocol.FrontendMessage;
import dev.postern.protocol.SqlText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PostgreSQL reduced to its protocol: {@code BEGIN}, {@code COMMIT}, {@code ROLLBACK}, {@code
 * ROWS n}, {@code TABLE}, and texts that fail when they are parsed or when they run. It keeps
 * answers back until Sync, Flush, Query or an error, as PostgreSQL does.
 */
final class SimulatedBackend {

    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        private final String sqlState;

        Failed(String sqlState) {
            this.sqlState = sqlState;
        }
    }

    /** What Postern says of a session's agent, which is a number here. */
    private static final Pattern IDENTITY =
            Pattern.compile("set_config\\('postern.agent', '(\\d+)'");

    private final FrontendFrameReader frames =
            new FrontendFrameReader(new FrameLimits(2 << 20, 1000, 300));
    private final Predicate<String> failsToParse;
    private final ByteBuf in = Unpooled.buffer();
    private final Map<String, String> statements = new HashMap<>();
    private final Map<String, Integer> columnsPrepared = new HashMap<>();
    private final Map<String, String> portals = new HashMap<>();
    private final ByteArrayOutputStream keptBack = new ByteArrayOutputStream();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    /** Whom Postern has said the session is for; told by {@code WHO}. */
    int identity;

    /** How many columns {@code TABLE} has, in a row as long as that. */
    IntSupplier columns = () -> 0;

    private char status = 'I';
    private boolean skipping;

    SimulatedBackend(Predicate<String> failsToParse) {
        this.failsToParse = failsToParse;
    }

    /** Tells whether it is in no transaction and no pipeline. */
    boolean isIdle() {
        return status == 'I' && !skipping && portals.isEmpty() && keptBack.size() == 0;
    }

    byte[] take() {
        byte[] bytes = sent.toByteArray();
        sent.reset();
        return bytes;
    }

    void receive(byte[] bytes) {
        in.writeBytes(bytes);
        while (in.isReadable()
                && frames.read(in, in.readerIndex())
                        instanceof FrontendFrame.Whole(FrontendMessage message, int length)) {
            in.skipBytes(length);
            on(message);
        }
    }

    private void on(FrontendMessage message) {
        if (skipping && !(message instanceof FrontendMessage.Sync)) {
            return;
        }
        try {
            switch (message) {
                case FrontendMessage.Query(SqlText text) -> query(sql(text));
                case FrontendMessage.Parse(String name, SqlText text) -> parse(name, sql(text));
                case FrontendMessage.Bind(String portal, String statement) ->
                        bind(portal, statement);
                case FrontendMessage.Describe(FrontendMessage.Target target, String name) ->
                        describe(target, name);
                case FrontendMessage.Execute(String portal, int maxRows) -> execute(portal);
                case FrontendMessage.Close(FrontendMessage.Target target, String name) -> {
                    (target == FrontendMessage.Target.STATEMENT ? statements : portals)
                            .remove(name);
                    keptBack.writeBytes(Wire.message('3'));
                }
                case FrontendMessage.Sync sync -> {
                    skipping = false;
                    ready();
                }
                case FrontendMessage.Flush flush -> send();
                case FrontendMessage.Terminate terminate -> {}
                case FrontendMessage.FunctionCall call -> throw new Failed("0A000");
                case FrontendMessage.CopyIn copy -> {}
            }
        } catch (Failed e) {
            fail(e);
            skipping = true;
        }
    }

    private void query(String sql) {
        statements.remove("");
        portals.remove("");
        try {
            check(sql);
            run(sql, true);
        } catch (Failed e) {
            fail(e);
        }
        ready();
    }

    private void parse(String name, String sql) throws Failed {
        if (name.isEmpty()) {
            statements.remove(name);
        }
        check(sql);
        if (statements.containsKey(name)) {
            throw new Failed("42P05");
        }
        statements.put(name, sql);
        columnsPrepared.put(name, columns.getAsInt());
        keptBack.writeBytes(Wire.message('1'));
    }

    private void bind(String portal, String statement) throws Failed {
        String sql = statements.get(statement);
        if (sql == null) {
            throw new Failed("26000");
        }
        checkStatus(sql);
        checkColumns(statement, sql);
        if (!portal.isEmpty() && portals.containsKey(portal)) {
            throw new Failed("42P03");
        }
        portals.put(portal, sql);
        keptBack.writeBytes(Wire.message('2'));
    }

    private void describe(FrontendMessage.Target target, String name) throws Failed {
        boolean statement = target == FrontendMessage.Target.STATEMENT;
        String sql = (statement ? statements : portals).get(name);
        if (sql == null) {
            throw new Failed(statement ? "26000" : "34000");
        }
        checkStatus(sql);
        if (statement) {
            checkColumns(name, sql);
            keptBack.writeBytes(Wire.message('t', (short) 0));
        }
        if (sql.equals("TABLE")) {
            keptBack.writeBytes(description(columns.getAsInt()));
        } else {
            keptBack.writeBytes(
                    sql.startsWith("ROWS") ? Wire.message('T', (short) 0) : Wire.message('n'));
        }
    }

    private static byte[] description(int columns) {
        List<Object> fields = new ArrayList<>(List.of((short) columns));
        for (int i = 0; i < columns; i++) {
            fields.addAll(List.of("c" + i, 0, (short) 0, 25, (short) -1, -1, (short) 0));
        }
        return Wire.message('T', fields.toArray());
    }

    private void checkColumns(String statement, String sql) throws Failed {
        Integer before = columnsPrepared.get(statement);
        if (sql.equals("TABLE") && before != null && before != columns.getAsInt()) {
            throw new Failed("0A000");
        }
    }

    private void execute(String portal) throws Failed {
        String sql = portals.get(portal);
        if (sql == null) {
            throw new Failed("34000");
        }
        checkStatus(sql);
        run(sql, false);
    }

    private void run(String sql, boolean described) throws Failed {
        if (sql.isEmpty()) {
            keptBack.writeBytes(Wire.message('I'));
        } else if (sql.equals("BEGIN")) {
            status = 'T';
            keptBack.writeBytes(Wire.complete("BEGIN"));
        } else if (sql.equals("WHO")) {
            keptBack.writeBytes(Wire.row(identity));
            keptBack.writeBytes(Wire.complete("WHO"));
        } else if (sql.equals("DISCARD ALL")) {
            statements.clear();
            identity = 0;
            keptBack.writeBytes(Wire.complete(sql));
        } else if (sql.startsWith("OWN")) {
            identity = Integer.parseInt(sql.substring(3));
            keptBack.writeBytes(Wire.complete("SELECT 1"));
        } else if (sql.equals("VERIFY")) {
            keptBack.writeBytes(
                    Wire.message('D', (short) 1, 5, "clean".getBytes(StandardCharsets.UTF_8)));
            keptBack.writeBytes(Wire.complete("SELECT 1"));
        } else if (sql.equals("COMMIT") || sql.equals("ROLLBACK")) {
            keptBack.writeBytes(Wire.complete(status == 'E' ? "ROLLBACK" : sql));
            status = 'I';
            portals.clear();
        } else if (sql.equals("TABLE")) {
            keptBack.writeBytes(Wire.row(columns.getAsInt()));
            keptBack.writeBytes(Wire.complete("SELECT 1"));
        } else if (sql.startsWith("ROWS ")) {
            if (described) {
                keptBack.writeBytes(Wire.message('T', (short) 0));
            }
            int rows = Integer.parseInt(sql.substring(5));
            for (int i = 0; i < rows; i++) {
                keptBack.writeBytes(Wire.row(i));
            }
            keptBack.writeBytes(Wire.complete("SELECT " + rows));
        } else {
            throw new Failed("22012");
        }
    }

    private void check(String sql) throws Failed {
        if (failsToParse.test(sql) || sql.startsWith("POSTERN")) {
            throw new Failed("42601");
        }
        checkStatus(sql);
    }

    private void checkStatus(String sql) throws Failed {
        if (status == 'E' && !sql.equals("COMMIT") && !sql.equals("ROLLBACK")) {
            throw new Failed("25P02");
        }
    }

    private void fail(Failed failure) {
        if (status == 'T') {
            status = 'E';
        }
        portals.clear();
        keptBack.writeBytes(Wire.error(failure.sqlState));
        send();
    }

    private void ready() {
        if (status == 'I') {
            portals.clear();
        }
        keptBack.writeBytes(Wire.ready(status));
        send();
    }

    private void send() {
        sent.writeBytes(keptBack.toByteArray());
        keptBack.reset();
    }

    private static String sql(SqlText text) {
        String sql = new String(text.bytes(), StandardCharsets.UTF_8);
        Matcher own = IDENTITY.matcher(sql);
        if (own.find()) {
            return "OWN" + own.group(1);
        }
        if (sql.startsWith("SELECT 'clean'")) {
            return "VERIFY";
        }
        // A question, and what takes its place.
        return sql.equals("SHOW POLICY") || sql.startsWith("SELECT") ? "ROWS 1" : sql;
    }
}
