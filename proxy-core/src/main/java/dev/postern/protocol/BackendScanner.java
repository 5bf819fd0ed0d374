package dev.postern.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the messages in a backend's byte stream: the boundaries of all of them, and the content
 * of the few that mean something to a proxy.
 *
 * <pre>
 *  byte1 type | int32 length, itself included | body
 * </pre>
 *
 * <p>Whole messages pass at once. One that is split over two reads waits until it is whole, so that
 * what the agent has seen ends between two messages and an error of ours can follow; beyond {@link
 * #HOLD_LIMIT} it passes as it comes. Contents are captured up to {@link #CAPTURE_LIMIT} bytes: an
 * error may repeat a parameter of any size.
 */
public final class BackendScanner {

    /** As much of an ErrorResponse, ParameterStatus or CommandComplete as is read. */
    public static final int CAPTURE_LIMIT = 8192;

    /** Messages up to this length pass in one piece. */
    public static final int HOLD_LIMIT = 65_536;

    private static final int HEADER_LENGTH = 5;
    private static final int INITIAL_CAPTURE = 64;
    private static final int NOTHING = -1;
    private static final int FEW = 16;

    /** What a scanner reports to, in the order of the stream. */
    public interface Listener {

        /**
         * A message begins.
         *
         * @param type its first byte
         * @param length all of its bytes, type and length fields included
         * @return true if its bytes go on to the agent, false if they are dropped
         */
        boolean onStart(byte type, int length);

        /**
         * Tells whether something of the listener's own is due behind the message that has ended:
         * then what was scanned is forwarded, and {@link #onCut} follows.
         */
        default boolean cutsHere() {
            return false;
        }

        /** Everything up to the message that has ended is forwarded. */
        default void onCut() {}

        /**
         * Tells whether the content of the DataRow or RowDescription that begins is wanted, up to
         * {@link #CAPTURE_LIMIT} or {@link #HOLD_LIMIT}.
         */
        default boolean wantsContent() {
            return false;
        }

        /**
         * A message has ended. If it was dropped, everything before it has been forwarded, so that
         * another may take its place.
         *
         * @param type its first byte
         * @param message what it says; {@code null} for the types of which nothing is read
         */
        void onEnd(byte type, @Nullable BackendMessage message);

        /** The bytes {@code [from, to)} of the buffer under scan go to the agent. */
        void onForward(ByteBuf in, int from, int to);

        /** The stream is no backend's; nothing more will be scanned. */
        void onMalformed(String reason);
    }

    private final Listener listener;
    private byte type;
    private int remaining;
    private boolean passing;
    private boolean capturing;
    private byte[] capture = new byte[INITIAL_CAPTURE];
    private int captured;
    private boolean dead;

    public BackendScanner(Listener listener) {
        this.listener = listener;
    }

    /**
     * Scans what has arrived.
     *
     * @param in its reader index is moved behind what was scanned; what is left is to be presented
     *     again once it has grown by {@link #missing} bytes. Neither kept nor released.
     */
    public void scan(ByteBuf in) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        int passFrom = remaining > 0 && passing ? at : NOTHING;
        while (at < end && !dead) {
            if (remaining == 0) {
                if (end - at < HEADER_LENGTH) {
                    break;
                }
                int lengthField = in.getInt(at + 1);
                if (lengthField < HEADER_LENGTH - 1 || lengthField > FrameLimits.PROTOCOL_MAXIMUM) {
                    dead = true;
                    listener.onMalformed("a message of length " + lengthField);
                    break;
                }
                if (lengthField + 1 > end - at && lengthField + 1 <= HOLD_LIMIT) {
                    break;
                }
                begin(in.getByte(at), lengthField + 1);
                if (passing && passFrom == NOTHING) {
                    passFrom = at;
                } else if (!passing && passFrom != NOTHING) {
                    listener.onForward(in, passFrom, at);
                    passFrom = NOTHING;
                }
            }
            int step = Math.min(remaining, end - at);
            if (capturing) {
                capture(in, at, step);
            }
            at += step;
            remaining -= step;
            if (remaining == 0) {
                listener.onEnd(type, capturing ? decode() : null);
                if (listener.cutsHere()) {
                    if (passFrom != NOTHING) {
                        listener.onForward(in, passFrom, at);
                        passFrom = NOTHING;
                    }
                    listener.onCut();
                }
            }
        }
        if (passFrom != NOTHING) {
            listener.onForward(in, passFrom, at);
        }
        in.readerIndex(dead ? end : at);
    }

    /** Tells how many bytes have to follow what {@link #scan} left before it can be scanned. */
    public static int missing(ByteBuf left) {
        int readable = left.readableBytes();
        if (readable < HEADER_LENGTH) {
            return HEADER_LENGTH - readable;
        }
        int length = left.getInt(left.readerIndex() + 1) + 1;
        return length > HOLD_LIMIT ? 0 : Math.max(0, length - readable);
    }

    /** Tells whether part of a message has passed: then no other message may follow. */
    public boolean insideMessage() {
        return remaining > 0 && passing;
    }

    private void begin(byte newType, int length) {
        type = newType;
        remaining = length;
        captured = 0;
        capturing =
                switch (newType) {
                    case BackendType.READY_FOR_QUERY,
                            BackendType.COMMAND_COMPLETE,
                            BackendType.ERROR_RESPONSE,
                            BackendType.PARAMETER_STATUS ->
                            true;
                    case BackendType.DATA_ROW, BackendType.ROW_DESCRIPTION ->
                            listener.wantsContent();
                    default -> false;
                };
        passing = listener.onStart(newType, length);
    }

    private void capture(ByteBuf in, int at, int step) {
        int limit = type == BackendType.ROW_DESCRIPTION ? HOLD_LIMIT : CAPTURE_LIMIT;
        int length = Math.min(step, limit - captured);
        if (captured + length > capture.length) {
            capture =
                    Arrays.copyOf(
                            capture,
                            Math.min(limit, Math.max(captured + length, 2 * capture.length)));
        }
        if (length <= FEW) {
            // A copy in bulk costs more than it saves for so few.
            for (int i = 0; i < length; i++) {
                capture[captured + i] = in.getByte(at + i);
            }
        } else {
            in.getBytes(at, capture, captured, length);
        }
        captured += length;
    }

    private @Nullable BackendMessage decode() {
        return switch (type) {
            case BackendType.READY_FOR_QUERY ->
                    BackendMessage.ReadyForQuery.of(
                            captured > HEADER_LENGTH ? capture[HEADER_LENGTH] : (byte) '?');
            case BackendType.COMMAND_COMPLETE ->
                    new BackendMessage.CommandComplete(string(HEADER_LENGTH));
            case BackendType.ERROR_RESPONSE -> error();
            case BackendType.PARAMETER_STATUS -> {
                String name = string(HEADER_LENGTH);
                int value = terminator(HEADER_LENGTH) + 1;
                yield new BackendMessage.ParameterStatus(name, string(value));
            }
            case BackendType.DATA_ROW -> row();
            case BackendType.ROW_DESCRIPTION -> rowDescription();
            default -> null;
        };
    }

    /**
     * DataRow: {@code int16 n | (int32 length | bytes) × n}; {@code null} if it is cut short or
     * none.
     */
    private @Nullable BackendMessage row() {
        ByteBuffer row = ByteBuffer.wrap(capture, HEADER_LENGTH, captured - HEADER_LENGTH);
        List<@Nullable String> values = new ArrayList<>();
        try {
            for (int left = row.getShort(); left > 0; left--) {
                int length = row.getInt();
                byte[] value = new byte[Math.clamp(length, 0, CAPTURE_LIMIT)];
                row.get(value);
                values.add(length < 0 ? null : new String(value, StandardCharsets.UTF_8));
            }
        } catch (BufferUnderflowException e) {
            return null;
        }
        return new BackendMessage.DataRow(values);
    }

    /**
     * RowDescription: {@code int16 n | (string name | int32 table | int16 column | int32 type |
     * int16 size | int32 modifier | int16 format) × n}; {@code null} if it is cut short or none.
     */
    private @Nullable BackendMessage rowDescription() {
        ByteBuffer fields = ByteBuffer.wrap(capture, HEADER_LENGTH, captured - HEADER_LENGTH);
        List<BackendMessage.Column> columns = new ArrayList<>();
        try {
            for (int left = fields.getShort(); left > 0; left--) {
                int from = fields.position();
                int end = terminator(from);
                fields.position(end + 1 + Integer.BYTES + Short.BYTES);
                int oid = fields.getInt();
                fields.getShort();
                int modifier = fields.getInt();
                fields.getShort();
                columns.add(
                        new BackendMessage.Column(
                                new String(capture, from, end - from, StandardCharsets.ISO_8859_1),
                                oid,
                                modifier));
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return null;
        }
        return new BackendMessage.RowDescription(columns);
    }

    /** ErrorResponse: {@code (byte1 field | string value) × n | byte1 0}, possibly cut short. */
    private BackendMessage error() {
        Severity severity = Severity.ERROR;
        String sqlState = SqlState.INTERNAL_ERROR.code();
        String message = "";
        int at = HEADER_LENGTH;
        while (at < captured && capture[at] != 0) {
            byte field = capture[at];
            String value = string(at + 1);
            at = terminator(at + 1) + 1;
            switch (field) {
                case 'V' -> severity = severity(value);
                case 'C' -> sqlState = value;
                case 'M' -> message = value;
                default -> {
                    // What else an error says is for the agent alone.
                }
            }
        }
        return new BackendMessage.Failure(
                new ErrorResponse(severity, sqlState, message, null, null, 0));
    }

    private static Severity severity(String word) {
        return switch (word) {
            case "FATAL" -> Severity.FATAL;
            case "PANIC" -> Severity.PANIC;
            default -> Severity.ERROR;
        };
    }

    private String string(int from) {
        int end = terminator(from);
        return from >= end ? "" : new String(capture, from, end - from, StandardCharsets.UTF_8);
    }

    private int terminator(int from) {
        int at = from;
        while (at < captured && capture[at] != 0) {
            at++;
        }
        return at;
    }
}
