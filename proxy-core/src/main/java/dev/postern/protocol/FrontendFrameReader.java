package dev.postern.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads an agent's messages off a buffer, one at a time.
 *
 * <pre>
 *  byte1 type | int32 length, itself included | body
 * </pre>
 *
 * <p>The reader never keeps bytes nor moves the buffer's indices: the caller does, since it owns
 * the buffer and forwards from it. The announced length is checked as soon as it has arrived.
 */
public final class FrontendFrameReader {

    /** The type and length fields. */
    public static final int HEADER_LENGTH = 5;

    private static final int MIN_LENGTH_FIELD = 4;

    private final FrameLimits limits;

    public FrontendFrameReader(FrameLimits limits) {
        this.limits = limits;
    }

    /**
     * Tells what stands at an index.
     *
     * @param in what has arrived; neither changed nor kept
     * @param index where the message starts, at most {@code in.writerIndex()}
     */
    public FrontendFrame read(ByteBuf in, int index) {
        int available = in.writerIndex() - index;
        if (available < HEADER_LENGTH) {
            return available > 0 && !known(in.getByte(index))
                    ? unknown(in.getByte(index))
                    : FrontendFrame.Incomplete.INSTANCE;
        }
        byte type = in.getByte(index);
        if (!known(type)) {
            return unknown(type);
        }
        int lengthField = in.getInt(index + 1);
        if (lengthField < MIN_LENGTH_FIELD
                || lengthField - MIN_LENGTH_FIELD > FrameLimits.PROTOCOL_MAXIMUM) {
            return new FrontendFrame.Malformed("invalid message length " + lengthField);
        }
        int bodyLength = lengthField - MIN_LENGTH_FIELD;
        int limit = limits.of(type);
        if (bodyLength > limit) {
            return new FrontendFrame.TooLong(type, bodyLength + HEADER_LENGTH, limit);
        }
        if (available < bodyLength + HEADER_LENGTH) {
            return FrontendFrame.Incomplete.INSTANCE;
        }
        return decode(in, type, index + HEADER_LENGTH, bodyLength);
    }

    private static boolean known(byte type) {
        return switch (type) {
            case FrontendType.BIND,
                    FrontendType.CLOSE,
                    FrontendType.COPY_DATA,
                    FrontendType.COPY_DONE,
                    FrontendType.COPY_FAIL,
                    FrontendType.DESCRIBE,
                    FrontendType.EXECUTE,
                    FrontendType.FLUSH,
                    FrontendType.FUNCTION_CALL,
                    FrontendType.PARSE,
                    FrontendType.QUERY,
                    FrontendType.SYNC,
                    FrontendType.TERMINATE ->
                    true;
            default -> false;
        };
    }

    private static FrontendFrame unknown(byte type) {
        return new FrontendFrame.Malformed("invalid frontend message type " + (type & 0xFF));
    }

    private static FrontendFrame decode(ByteBuf in, byte type, int body, int length) {
        int end = body + length;
        @Nullable FrontendMessage message =
                switch (type) {
                    case FrontendType.QUERY -> query(in, body, end);
                    case FrontendType.PARSE -> parse(in, body, end);
                    case FrontendType.BIND -> bind(in, body, end);
                    case FrontendType.DESCRIBE -> describe(in, body, end);
                    case FrontendType.EXECUTE -> execute(in, body, end);
                    case FrontendType.CLOSE -> close(in, body, end);
                    case FrontendType.SYNC -> length == 0 ? FrontendMessage.Sync.INSTANCE : null;
                    case FrontendType.FLUSH -> length == 0 ? FrontendMessage.Flush.INSTANCE : null;
                    case FrontendType.TERMINATE -> FrontendMessage.Terminate.INSTANCE;
                    case FrontendType.FUNCTION_CALL -> FrontendMessage.FunctionCall.INSTANCE;
                    default -> FrontendMessage.CopyIn.INSTANCE;
                };
        return message == null
                ? new FrontendFrame.Malformed(
                        "invalid message format of message type " + (char) type)
                : new FrontendFrame.Whole(message, length + HEADER_LENGTH);
    }

    /** Query: {@code string text}. */
    private static @Nullable FrontendMessage query(ByteBuf in, int body, int end) {
        int nul = terminator(in, body, end);
        return nul == end - 1 ? new FrontendMessage.Query(text(in, body, nul)) : null;
    }

    /** Parse: {@code string statement | string text | int16 n | int32 type × n}. */
    private static @Nullable FrontendMessage parse(ByteBuf in, int body, int end) {
        int nameEnd = terminator(in, body, end);
        int textEnd = nameEnd < 0 ? -1 : terminator(in, nameEnd + 1, end);
        if (textEnd < 0 || end - textEnd < 3) {
            return null;
        }
        int types = in.getUnsignedShort(textEnd + 1);
        return end == textEnd + 3 + 4 * types
                ? new FrontendMessage.Parse(
                        string(in, body, nameEnd), text(in, nameEnd + 1, textEnd))
                : null;
    }

    /**
     * Bind: {@code string portal | string statement | int16 n | int16 format × n | int16 n | (int32
     * length | bytes) × n | int16 n | int16 format × n}.
     */
    private static @Nullable FrontendMessage bind(ByteBuf in, int body, int end) {
        int portalEnd = terminator(in, body, end);
        int statementEnd = portalEnd < 0 ? -1 : terminator(in, portalEnd + 1, end);
        if (statementEnd < 0) {
            return null;
        }
        int at = skipFormats(in, statementEnd + 1, end);
        at = at < 0 ? -1 : skipParameters(in, at, end);
        at = at < 0 ? -1 : skipFormats(in, at, end);
        return at == end
                ? new FrontendMessage.Bind(
                        string(in, body, portalEnd), string(in, portalEnd + 1, statementEnd))
                : null;
    }

    private static int skipFormats(ByteBuf in, int at, int end) {
        if (end - at < 2) {
            return -1;
        }
        int next = at + 2 + 2 * in.getUnsignedShort(at);
        return next <= end ? next : -1;
    }

    private static int skipParameters(ByteBuf in, int start, int end) {
        if (end - start < 2) {
            return -1;
        }
        int count = in.getUnsignedShort(start);
        int at = start + 2;
        for (int i = 0; i < count; i++) {
            if (end - at < 4) {
                return -1;
            }
            int length = in.getInt(at);
            at += 4;
            if (length < -1 || length > end - at) {
                return -1;
            }
            at += Math.max(length, 0);
        }
        return at;
    }

    /** Describe: {@code byte1 'S' or 'P' | string name}. */
    private static @Nullable FrontendMessage describe(ByteBuf in, int body, int end) {
        FrontendMessage.@Nullable Target target = target(in, body, end);
        return target != null && terminator(in, body + 1, end) == end - 1
                ? new FrontendMessage.Describe(target, string(in, body + 1, end - 1))
                : null;
    }

    /** Execute: {@code string portal | int32 maxRows}. */
    private static @Nullable FrontendMessage execute(ByteBuf in, int body, int end) {
        int nul = terminator(in, body, end);
        return nul >= 0 && end - nul == 5
                ? new FrontendMessage.Execute(string(in, body, nul), in.getInt(nul + 1))
                : null;
    }

    /** Close: {@code byte1 'S' or 'P' | string name}. */
    private static @Nullable FrontendMessage close(ByteBuf in, int body, int end) {
        FrontendMessage.@Nullable Target target = target(in, body, end);
        return target != null && terminator(in, body + 1, end) == end - 1
                ? new FrontendMessage.Close(target, string(in, body + 1, end - 1))
                : null;
    }

    private static FrontendMessage.@Nullable Target target(ByteBuf in, int at, int end) {
        if (at >= end) {
            return null;
        }
        return switch (in.getByte(at)) {
            case 'S' -> FrontendMessage.Target.STATEMENT;
            case 'P' -> FrontendMessage.Target.PORTAL;
            default -> null;
        };
    }

    private static int terminator(ByteBuf in, int from, int end) {
        return from < end ? in.indexOf(from, end, (byte) 0) : -1;
    }

    /**
     * Names are compared and never shown: one character a byte keeps them apart whatever their
     * encoding.
     */
    private static String string(ByteBuf in, int from, int to) {
        return from == to ? "" : in.toString(from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static SqlText text(ByteBuf in, int from, int to) {
        byte[] bytes = new byte[to - from];
        in.getBytes(from, bytes);
        return SqlText.owning(bytes);
    }
}
