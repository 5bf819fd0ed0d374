package dev.postern.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writers of the messages that Postern itself sends to PostgreSQL. Each appends one whole message
 * to the caller's buffer and keeps nothing.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">PostgreSQL,
 *     "Message Formats"</a>
 */
public final class FrontendMessages {

    /**
     * Not SQL in any version: a syntax error fails the upstream's transaction whatever state it is
     * in.
     */
    private static final String CANNOT_SUCCEED = "POSTERN REFUSED A STATEMENT HERE";

    private FrontendMessages() {}

    /** {@code Int32(8) Int32(80877103)}. */
    public static void sslRequest(ByteBuf out) {
        int start = MessageWriter.beginUntyped(out);
        out.writeInt(StartupPacket.SSL_REQUEST_CODE);
        MessageWriter.end(out, start);
    }

    /** {@code Int32 length Int32(80877102) Int32 processId Byte(n) secret}. */
    public static void cancelRequest(ByteBuf out, BackendKey key) {
        int start = MessageWriter.beginUntyped(out);
        out.writeInt(StartupPacket.CANCEL_REQUEST_CODE);
        out.writeInt(key.processId());
        out.writeBytes(key.secret());
        MessageWriter.end(out, start);
    }

    /**
     * {@code Int32 length Int32 version (String name String value)* Byte(0)}.
     *
     * @param parameters user and database among them, in the order in which they are to be written
     * @throws IllegalArgumentException if a name is empty, which would end the list, or a text
     *     holds NUL
     */
    public static void startupMessage(
            ByteBuf out, ProtocolVersion version, Map<String, String> parameters) {
        int start = MessageWriter.beginUntyped(out);
        out.writeInt(version.word());
        parameters.forEach((name, value) -> {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("startup parameter without a name");
            }
            MessageWriter.cString(out, name);
            MessageWriter.cString(out, value);
        });
        out.writeByte(0);
        MessageWriter.end(out, start);
    }

    /**
     * {@code 'p' Int32 length Byte(n) password Byte(0)}: a cleartext password, or the 35 characters
     * of an MD5 one.
     *
     * @throws IllegalArgumentException if the password holds NUL
     */
    public static void passwordMessage(ByteBuf out, byte[] password) {
        for (byte b : password) {
            if (b == 0) {
                throw new IllegalArgumentException("password with NUL");
            }
        }
        int start = MessageWriter.begin(out, 'p');
        out.writeBytes(password);
        out.writeByte(0);
        MessageWriter.end(out, start);
    }

    /** {@code 'p' Int32 length String mechanism Int32 n Byte(n) data}. */
    public static void saslInitialResponse(ByteBuf out, String mechanism, String data) {
        byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
        int start = MessageWriter.begin(out, 'p');
        MessageWriter.cString(out, mechanism);
        out.writeInt(bytes.length);
        out.writeBytes(bytes);
        MessageWriter.end(out, start);
    }

    /** {@code 'p' Int32 length Byte(n) data}. */
    public static void saslResponse(ByteBuf out, String data) {
        int start = MessageWriter.begin(out, 'p');
        out.writeCharSequence(data, StandardCharsets.UTF_8);
        MessageWriter.end(out, start);
    }

    /** {@code 'X' Int32(4)}. */
    public static void terminate(ByteBuf out) {
        MessageWriter.end(out, MessageWriter.begin(out, 'X'));
    }

    /** {@code 'H' Int32(4)}. */
    public static void flush(ByteBuf out) {
        MessageWriter.end(out, MessageWriter.begin(out, 'H'));
    }

    /** {@code 'Q' Int32 length String text}. */
    public static void query(ByteBuf out, String text) {
        int start = MessageWriter.begin(out, 'Q');
        MessageWriter.cString(out, text);
        MessageWriter.end(out, start);
    }

    /** {@code 'S' Int32(4)}. */
    public static void sync(ByteBuf out) {
        MessageWriter.end(out, MessageWriter.begin(out, 'S'));
    }

    /**
     * {@code 'P' Int32 length String statement Byte(n) rest}.
     *
     * @param rest text and parameter types, as they stand in a Parse
     */
    public static void parse(ByteBuf out, String statement, byte[] rest) {
        int start = MessageWriter.begin(out, 'P');
        MessageWriter.name(out, statement);
        out.writeBytes(rest);
        MessageWriter.end(out, start);
    }

    /** {@code 'B' Int32 length String portal String statement Int16(0) Int16(0) Int16(0)}. */
    public static void bind(ByteBuf out, String portal, String statement) {
        int start = MessageWriter.begin(out, 'B');
        MessageWriter.name(out, portal);
        MessageWriter.name(out, statement);
        out.writeShort(0);
        out.writeShort(0);
        out.writeShort(0);
        MessageWriter.end(out, start);
    }

    /** {@code 'E' Int32 length String portal Int32(0)}. */
    public static void execute(ByteBuf out, String portal) {
        int start = MessageWriter.begin(out, 'E');
        MessageWriter.name(out, portal);
        out.writeInt(0);
        MessageWriter.end(out, start);
    }

    /** {@code 'D' Int32 length Byte('S') String statement}. */
    public static void describeStatement(ByteBuf out, String statement) {
        statement(out, 'D', statement);
    }

    /** {@code 'C' Int32 length Byte('S') String statement}. */
    public static void closeStatement(ByteBuf out, String statement) {
        statement(out, 'C', statement);
    }

    private static void statement(ByteBuf out, char type, String statement) {
        int start = MessageWriter.begin(out, type);
        out.writeByte('S');
        MessageWriter.name(out, statement);
        MessageWriter.end(out, start);
    }

    /** {@code 'P' Int32 length String statement String text Int16(0)}: without parameter types. */
    public static void parse(ByteBuf out, String statement, String text) {
        int start = MessageWriter.begin(out, 'P');
        MessageWriter.cString(out, statement);
        MessageWriter.cString(out, text);
        out.writeShort(0);
        MessageWriter.end(out, start);
    }

    /** A Query that fails, and with it the transaction. */
    public static void failingQuery(ByteBuf out) {
        query(out, CANNOT_SUCCEED);
    }

    /** A Parse that fails, and with it the transaction. */
    public static void failingParse(ByteBuf out, String statement) {
        parse(out, statement, CANNOT_SUCCEED);
    }
}
