package dev.postern.protocol;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a Bind that an agent sent, so that the same Bind can be written with another value.
 *
 * <pre>
 *  byte1 'B' | int32 length | string portal | string statement | int16 n | int16 format × n
 *            | int16 n | (int32 length | bytes) × n | int16 n | int16 format × n
 * </pre>
 *
 * <p>A view of the buffer, which stays its owner's: valid as long as the message stands there.
 */
public final class BindParts {

    private final ByteBuf in;
    private final int namesAt;
    private final int statementAt;
    private final int formatsAt;
    private final int parametersAt;
    private final int end;

    private BindParts(
            ByteBuf in, int namesAt, int statementAt, int formatsAt, int parametersAt, int end) {
        this.in = in;
        this.namesAt = namesAt;
        this.statementAt = statementAt;
        this.formatsAt = formatsAt;
        this.parametersAt = parametersAt;
        this.end = end;
    }

    /**
     * Reads a message.
     *
     * @param index where a Bind starts that {@link FrontendFrameReader} has read
     */
    public static BindParts of(ByteBuf in, int index) {
        int namesAt = index + FrontendFrameReader.HEADER_LENGTH;
        int end = index + 1 + in.getInt(index + 1);
        int statementAt = in.indexOf(namesAt, end, (byte) 0) + 1;
        int formatsAt = in.indexOf(statementAt, end, (byte) 0) + 1;
        int parametersAt = formatsAt + Short.BYTES * (1 + in.getUnsignedShort(formatsAt));
        return new BindParts(in, namesAt, statementAt, formatsAt, parametersAt, end);
    }

    /** Returns how many parameters there are. */
    public int parameters() {
        return in.getUnsignedShort(parametersAt);
    }

    /** Returns the value of the first parameter of one or more; {@code null} if it is NULL. */
    public byte @Nullable [] firstParameter() {
        int length = in.getInt(firstAt());
        if (length < 0) {
            return null;
        }
        byte[] value = new byte[length];
        in.getBytes(firstAt() + Integer.BYTES, value);
        return value;
    }

    /** Appends a Bind of another statement. */
    public void writeWithStatement(ByteBuf out, String statement) {
        int start = MessageWriter.begin(out, 'B');
        out.writeBytes(in, namesAt, statementAt - namesAt);
        MessageWriter.name(out, statement);
        out.writeBytes(in, formatsAt, end - formatsAt);
        MessageWriter.end(out, start);
    }

    /** Appends a Bind that differs in the first parameter's value only. */
    public void writeWithFirstParameter(ByteBuf out, byte[] value) {
        int rest = firstAt() + Integer.BYTES + Math.max(in.getInt(firstAt()), 0);
        int start = MessageWriter.begin(out, 'B');
        out.writeBytes(in, namesAt, firstAt() - namesAt);
        out.writeInt(value.length);
        out.writeBytes(value);
        out.writeBytes(in, rest, end - rest);
        MessageWriter.end(out, start);
    }

    private int firstAt() {
        return parametersAt + Short.BYTES;
    }
}
