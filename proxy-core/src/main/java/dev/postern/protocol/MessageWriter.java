package dev.postern.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The common frame of both directions' writers: a type, a length that is known at the end,
 * NUL-terminated text.
 */
final class MessageWriter {

    private MessageWriter() {}

    /** Writes the type and room for the length; returns where the length goes. */
    static int begin(ByteBuf out, char type) {
        out.writeByte(type);
        return beginUntyped(out);
    }

    /** Writes room for the length; returns where it goes. */
    static int beginUntyped(ByteBuf out) {
        int start = out.writerIndex();
        out.writeInt(0);
        return start;
    }

    /** Fills in the length, which counts itself. */
    static void end(ByteBuf out, int start) {
        out.setInt(start, out.writerIndex() - start);
    }

    /**
     * Writes a name as {@link FrontendFrameReader} reads it, a character a byte, and a NUL.
     *
     * @throws IllegalArgumentException if the name holds NUL
     */
    static void name(ByteBuf out, String name) {
        if (name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("name with NUL in a message");
        }
        out.writeCharSequence(name, StandardCharsets.ISO_8859_1);
        out.writeByte(0);
    }

    /**
     * Writes a text and a NUL.
     *
     * @throws IllegalArgumentException if the text holds NUL, which would start another field
     */
    static void cString(ByteBuf out, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("text with NUL in a message");
        }
        out.writeCharSequence(text, StandardCharsets.UTF_8);
        out.writeByte(0);
    }
}
