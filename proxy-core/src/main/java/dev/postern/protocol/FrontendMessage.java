package dev.postern.protocol;

/**
 * One message of an agent, decoded as far as Postern has to understand it. What is forwarded are
 * always the bytes it came in.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">PostgreSQL,
 *     Message Formats</a>
 */
public sealed interface FrontendMessage {

    /** A simple query. */
    record Query(SqlText text) implements FrontendMessage {}

    /**
     * Prepares a statement.
     *
     * @param statement its name, empty for the unnamed one
     */
    record Parse(String statement, SqlText text) implements FrontendMessage {}

    /**
     * Binds parameters to a statement.
     *
     * @param portal the portal it makes, empty for the unnamed one
     * @param statement the statement it is made of
     */
    record Bind(String portal, String statement) implements FrontendMessage {}

    /** Asks for the description of a statement or portal. */
    record Describe(Target target, String name) implements FrontendMessage {}

    /**
     * Runs a portal.
     *
     * @param maxRows at most so many rows, zero for all
     */
    record Execute(String portal, int maxRows) implements FrontendMessage {}

    /** Closes a statement or portal. */
    record Close(Target target, String name) implements FrontendMessage {}

    /** Ends a series of extended-query messages. */
    record Sync() implements FrontendMessage {
        static final Sync INSTANCE = new Sync();
    }

    /** Asks for what the backend holds back. */
    record Flush() implements FrontendMessage {
        static final Flush INSTANCE = new Flush();
    }

    /** Says goodbye. */
    record Terminate() implements FrontendMessage {
        static final Terminate INSTANCE = new Terminate();
    }

    /** Calls a function by its OID: the protocol's legacy fast path. */
    record FunctionCall() implements FrontendMessage {
        static final FunctionCall INSTANCE = new FunctionCall();
    }

    /** CopyData, CopyDone or CopyFail: outside COPY IN a backend ignores them. */
    record CopyIn() implements FrontendMessage {
        static final CopyIn INSTANCE = new CopyIn();
    }

    /** What Describe and Close speak of. */
    enum Target {
        STATEMENT,
        PORTAL
    }
}
