package dev.postern.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writers of the messages that Postern itself sends to a frontend. Each appends one whole message
 * to the caller's buffer and keeps nothing.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">PostgreSQL,
 *     "Message Formats"</a>
 */
public final class BackendMessages {

    private static final int AUTHENTICATION_OK = 0;
    private static final int AUTHENTICATION_SASL = 10;
    private static final int AUTHENTICATION_SASL_CONTINUE = 11;
    private static final int AUTHENTICATION_SASL_FINAL = 12;

    private BackendMessages() {}

    /** {@code 'R' Int32(8) Int32(0)}. */
    public static void authenticationOk(ByteBuf out) {
        int start = MessageWriter.begin(out, 'R');
        out.writeInt(AUTHENTICATION_OK);
        MessageWriter.end(out, start);
    }

    /** {@code 'R' Int32 length Int32(10) (String mechanism)* Byte(0)}. */
    public static void authenticationSasl(ByteBuf out, List<String> mechanisms) {
        int start = MessageWriter.begin(out, 'R');
        out.writeInt(AUTHENTICATION_SASL);
        mechanisms.forEach(mechanism -> MessageWriter.cString(out, mechanism));
        out.writeByte(0);
        MessageWriter.end(out, start);
    }

    /** {@code 'R' Int32 length Int32(11) Byte(n) data}. */
    public static void authenticationSaslContinue(ByteBuf out, byte[] data) {
        sasl(out, AUTHENTICATION_SASL_CONTINUE, data);
    }

    /** {@code 'R' Int32 length Int32(12) Byte(n) data}. */
    public static void authenticationSaslFinal(ByteBuf out, byte[] data) {
        sasl(out, AUTHENTICATION_SASL_FINAL, data);
    }

    private static void sasl(ByteBuf out, int code, byte[] data) {
        int start = MessageWriter.begin(out, 'R');
        out.writeInt(code);
        out.writeBytes(data);
        MessageWriter.end(out, start);
    }

    /** {@code 'S' Int32 length String name String value}. */
    public static void parameterStatus(ByteBuf out, String name, String value) {
        int start = MessageWriter.begin(out, 'S');
        MessageWriter.cString(out, name);
        MessageWriter.cString(out, value);
        MessageWriter.end(out, start);
    }

    /** {@code 'K' Int32 length Int32 processId Byte(n) secret}; n is 4 before protocol 3.2. */
    public static void backendKeyData(ByteBuf out, BackendKey key) {
        int start = MessageWriter.begin(out, 'K');
        out.writeInt(key.processId());
        out.writeBytes(key.secret());
        MessageWriter.end(out, start);
    }

    /**
     * {@code 'v' Int32 length Int32 version Int32 n (String option)*}.
     *
     * <p>PostgreSQL's documentation calls the first word the newest minor version; its server has
     * always sent, and its clients read, major and minor together, and so does this.
     *
     * @param version the newest version that both sides speak
     * @param unrecognized the protocol options that do not exist here
     */
    public static void negotiateProtocolVersion(
            ByteBuf out, ProtocolVersion version, List<String> unrecognized) {
        int start = MessageWriter.begin(out, 'v');
        out.writeInt(version.word());
        out.writeInt(unrecognized.size());
        unrecognized.forEach(option -> MessageWriter.cString(out, option));
        MessageWriter.end(out, start);
    }

    /**
     * {@code 'E' Int32 length (Byte(1) field String value)* Byte(0)}; fields S, V, C, M, and D, H,
     * P where present. A NUL inside a text, which would end it, becomes U+FFFD.
     */
    public static void errorResponse(ByteBuf out, ErrorResponse error) {
        int start = MessageWriter.begin(out, 'E');
        field(out, 'S', error.severity().name());
        field(out, 'V', error.severity().name());
        field(out, 'C', error.sqlState());
        field(out, 'M', error.message());
        field(out, 'D', error.detail());
        field(out, 'H', error.hint());
        field(out, 'P', error.position() > 0 ? Integer.toString(error.position()) : null);
        out.writeByte(0);
        MessageWriter.end(out, start);
    }

    private static void field(ByteBuf out, char type, @Nullable String value) {
        if (value != null) {
            out.writeByte(type);
            MessageWriter.cString(out, value.replace('\0', '\uFFFD'));
        }
    }

    /** {@code Byte1(type) Int32(4)}: a message that says all by its type, such as ParseComplete. */
    public static void empty(ByteBuf out, char type) {
        MessageWriter.end(out, MessageWriter.begin(out, type));
    }

    /**
     * {@code 'Z' Int32(5) Byte(1) status}.
     *
     * @param status {@code I} outside a transaction block, {@code T} inside one, {@code E} inside a
     *     failed one
     */
    public static void readyForQuery(ByteBuf out, char status) {
        int start = MessageWriter.begin(out, 'Z');
        out.writeByte(status);
        MessageWriter.end(out, start);
    }
}
