package dev.postern.protocol;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a Parse that an agent sent, so that the same Parse can be written with another text.
 *
 * <pre>
 *  byte1 'P' | int32 length | string statement | string text | int16 n | int32 type × n
 * </pre>
 *
 * <p>A view of the buffer, which stays its owner's: valid as long as the message stands there.
 */
public final class ParseParts {

    private final ByteBuf in;
    private final int nameAt;
    private final int textAt;
    private final int typesAt;
    private final int end;

    private ParseParts(ByteBuf in, int nameAt, int textAt, int typesAt, int end) {
        this.in = in;
        this.nameAt = nameAt;
        this.textAt = textAt;
        this.typesAt = typesAt;
        this.end = end;
    }

    /**
     * Reads a message.
     *
     * @param index where a Parse starts that {@link FrontendFrameReader} has read
     */
    public static ParseParts of(ByteBuf in, int index) {
        int nameAt = index + FrontendFrameReader.HEADER_LENGTH;
        int end = index + 1 + in.getInt(index + 1);
        int textAt = in.indexOf(nameAt, end, (byte) 0) + 1;
        int typesAt = in.indexOf(textAt, end, (byte) 0) + 1;
        return new ParseParts(in, nameAt, textAt, typesAt, end);
    }

    /** Returns the OIDs of the parameters' types; 0 where the type is left open. */
    public List<Integer> parameterTypes() {
        List<Integer> types = new ArrayList<>();
        for (int at = typesAt + 2; at < end; at += Integer.BYTES) {
            types.add(in.getInt(at));
        }
        return types;
    }

    /** Returns text and parameter types, as they stand in the message. */
    public byte[] rest() {
        byte[] rest = new byte[end - textAt];
        in.getBytes(textAt, rest);
        return rest;
    }

    /**
     * Appends a Parse of the same statement name and parameter types.
     *
     * @throws IllegalArgumentException if the text holds NUL
     */
    public void writeWithText(ByteBuf out, String text) {
        int start = MessageWriter.begin(out, 'P');
        out.writeBytes(in, nameAt, textAt - nameAt);
        MessageWriter.cString(out, text);
        out.writeBytes(in, typesAt, end - typesAt);
        MessageWriter.end(out, start);
    }
}
