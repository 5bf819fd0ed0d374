package dev.postern.audit;

import dev.postern.policy.Denial;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes events as JSON objects with the fields of {@code docs/audit-events.md}, in that order, up
 * to but without the closing brace: {@link HashChain} adds {@code seq}, {@code prev} and {@code
 * hash} and closes the object.
 *
 * <p>One instance belongs to one thread. What events of a session or of a verdict share is kept
 * encoded, by identity, in small tables of fixed size, so that an event of a known statement costs
 * copies of a few hundred bytes and no allocation.
 */
public final class EventEncoder {

    /**
     * How much of a statement goes into the trail unless configured otherwise, in bytes: as much as
     * the gate reads.
     */
    public static final int DEFAULT_STATEMENT_LIMIT = 256 * 1024;

    /** How much of a message goes into the trail, in characters. */
    public static final int MESSAGE_LIMIT = 2000;

    private static final byte[] START = ascii("{\"v\":1,\"id\":");
    private static final byte[] TIME = ascii(",\"time\":");
    private static final byte[] SESSION_OPENED = type("session_opened");
    private static final byte[] AUTHENTICATION_FAILED = type("authentication_failed");
    private static final byte[] STATEMENT_DECIDED = type("statement_decided");
    private static final byte[] STATEMENT_COMPLETED = type("statement_completed");
    private static final byte[] CANCEL_REQUESTED = type("cancel_requested");
    private static final byte[] CONFIGURATION_CHANGED = type("configuration_changed");
    private static final byte[] SESSION_CLOSED = type("session_closed");
    private static final byte[] AGENT = ascii(",\"agent\":");
    private static final byte[] PROTOCOL = ascii(",\"protocol\":");
    private static final byte[] STATEMENT = ascii(",\"statement\":");
    private static final byte[] STATEMENT_CUT = ascii(",\"statement_cut\":");
    private static final byte[] FINGERPRINT = ascii(",\"fingerprint\":");
    private static final byte[] COMMAND = ascii(",\"command\":");
    private static final byte[] RELATIONS = ascii(",\"relations\":");
    private static final byte[] FUNCTIONS = ascii(",\"functions\":");
    private static final byte[] DECISION_ALLOW = ascii(",\"decision\":\"allow\"");
    private static final byte[] DECISION_DENY = ascii(",\"decision\":\"deny\"");
    private static final byte[] RULE = ascii(",\"rule\":");
    private static final byte[] SQLSTATE = ascii(",\"sqlstate\":");
    private static final byte[] MESSAGE = ascii(",\"message\":");
    private static final byte[] ROWS = ascii(",\"rows\":");
    private static final byte[] BYTES = ascii(",\"bytes\":");
    private static final byte[] GATE_US = ascii(",\"gate_us\":");
    private static final byte[] FIRST_ROW_MS = ascii(",\"first_row_ms\":");
    private static final byte[] TOTAL_MS = ascii(",\"total_ms\":");
    private static final byte[] LAG_MS = ascii(",\"lag_ms\":");

    private final int statementLimit;
    private final JsonBytes json = new JsonBytes(4096);
    private final TimeField time = new TimeField();
    private final IdentityTable<SessionContext, SessionFields> sessions =
            new IdentityTable<>(SessionFields::of);
    private final IdentityTable<Verdict, byte[]> verdicts =
            new IdentityTable<>(EventEncoder::verdictFields);

    /** Makes an encoder that cuts statements after {@code statementLimit} bytes. */
    public EventEncoder(int statementLimit) {
        this.statementLimit = statementLimit;
    }

    /**
     * Encodes an event, replacing the one encoded before.
     *
     * @return the length of the encoding within {@link #array}
     */
    public int encode(AuditEvent event) {
        json.clear();
        json.raw(START).id(event.id()).raw(TIME);
        time.append(json, event.timeMillis());
        SessionFields session = sessions.get(event.session());
        switch (event) {
            case AuditEvent.SessionOpened opened -> json.raw(SESSION_OPENED).raw(session.all());
            case AuditEvent.AuthenticationFailed failed -> authenticationFailed(failed, session);
            case AuditEvent.StatementDecided decided -> statementDecided(decided, session);
            case AuditEvent.StatementCompleted completed -> statementCompleted(completed, session);
            case AuditEvent.CancelRequested cancel -> json.raw(CANCEL_REQUESTED).raw(session.all());
            case AuditEvent.ConfigurationChanged changed -> {
                json.raw(CONFIGURATION_CHANGED).raw(session.all());
                outcome(changed.sqlState(), changed.message());
            }
            case AuditEvent.SessionClosed closed -> {
                json.raw(SESSION_CLOSED).raw(session.all());
                outcome(closed.sqlState(), closed.message());
            }
        }
        if (!(event instanceof AuditEvent.StatementCompleted)) {
            json.raw(session.policy());
        }
        return json.length();
    }

    /** Returns the array that holds the encoding; valid until the next call of {@link #encode}. */
    public byte[] array() {
        return json.array();
    }

    private void authenticationFailed(
            AuditEvent.AuthenticationFailed failed, SessionFields session) {
        json.raw(AUTHENTICATION_FAILED).raw(session.session());
        if (failed.claimedAgent() != null) {
            json.field(AGENT, failed.claimedAgent());
        }
        json.raw(session.connection()).raw(DECISION_DENY).field(RULE, failed.reason());
        json.field(SQLSTATE, failed.sqlState());
    }

    private void statementDecided(AuditEvent.StatementDecided decided, SessionFields session) {
        json.raw(STATEMENT_DECIDED).raw(session.all());
        json.field(PROTOCOL, decided.protocol().field());
        if (decided.statement() != null) {
            statement(decided.statement());
        }
        json.raw(verdicts.get(decided.verdict()));
        json.raw(GATE_US).number(Math.max(decided.gateNanos(), 0) / 1000);
    }

    private void statement(SqlText text) {
        byte[] redacted = Redaction.apply(text.bytes());
        int kept = Utf8.wholeSequences(redacted, redacted.length, statementLimit);
        json.raw(STATEMENT).string(redacted, kept);
        if (kept < redacted.length) {
            json.raw(STATEMENT_CUT).number(text.length());
        }
    }

    private void statementCompleted(
            AuditEvent.StatementCompleted completed, SessionFields session) {
        json.raw(STATEMENT_COMPLETED).raw(session.who());
        json.field(PROTOCOL, completed.protocol().field()).field(COMMAND, completed.command());
        outcome(completed.sqlState(), completed.message());
        json.raw(ROWS).number(completed.rows()).raw(BYTES).number(completed.bytes());
        if (completed.firstRowNanos() >= 0) {
            json.raw(FIRST_ROW_MS).millis(completed.firstRowNanos());
        }
        json.raw(TOTAL_MS).millis(completed.totalNanos());
        if (completed.lagNanos() >= 0) {
            json.raw(LAG_MS).millis(completed.lagNanos());
        }
    }

    private void outcome(@Nullable String sqlState, @Nullable String message) {
        if (sqlState != null) {
            json.field(SQLSTATE, sqlState);
        }
        if (message != null) {
            message(json, message);
        }
    }

    private static void message(JsonBytes json, String message) {
        json.field(
                MESSAGE,
                message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT));
    }

    private static byte[] verdictFields(Verdict verdict) {
        JsonBytes json = new JsonBytes(256);
        StatementSummary summary = verdict.summary();
        if (!summary.fingerprint().isEmpty()) {
            json.field(FINGERPRINT, summary.fingerprint());
        }
        json.field(COMMAND, summary.command());
        names(json, RELATIONS, summary.relations());
        names(json, FUNCTIONS, summary.functions());
        switch (verdict) {
            case Verdict.Allow allow -> {
                json.raw(DECISION_ALLOW);
                Denial observed = allow.observed();
                if (observed != null) {
                    json.field(RULE, observed.rule().code());
                    message(json, observed.message());
                }
            }
            case Verdict.Answer answer -> json.raw(DECISION_ALLOW);
            case Verdict.Deny(StatementSummary same, Denial denial) -> {
                json.raw(DECISION_DENY).field(RULE, denial.rule().code());
                json.field(SQLSTATE, denial.sqlState().code());
                message(json, denial.message());
            }
        }
        return json.copy();
    }

    private static void names(JsonBytes json, byte[] field, List<String> names) {
        if (names.isEmpty()) {
            return;
        }
        json.raw(field);
        char before = '[';
        for (String name : names) {
            json.raw(before).string(name);
            before = ',';
        }
        json.raw(']');
    }

    private static byte[] type(String name) {
        return ascii(",\"type\":\"" + name + "\"");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
