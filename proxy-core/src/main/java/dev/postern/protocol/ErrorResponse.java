package dev.postern.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an ErrorResponse that Postern writes and reads.
 *
 * @param severity fields S and V
 * @param sqlState field C: five characters
 * @param message field M
 * @param detail field D; {@code null} if absent
 * @param hint field H; {@code null} if absent
 * @param position field P, counted from 1; 0 if absent
 * @see <a href="https://www.postgresql.org/docs/current/protocol-error-fields.html">PostgreSQL,
 *     "Error and Notice Message Fields"</a>
 */
public record ErrorResponse(
        Severity severity,
        String sqlState,
        String message,
        @Nullable String detail,
        @Nullable String hint,
        int position) {

    /** An error that ends the statement. */
    public static ErrorResponse error(SqlState sqlState, String message) {
        return new ErrorResponse(Severity.ERROR, sqlState.code(), message, null, null, 0);
    }

    /** An error that ends the session. */
    public static ErrorResponse fatal(SqlState sqlState, String message) {
        return new ErrorResponse(Severity.FATAL, sqlState.code(), message, null, null, 0);
    }

    public ErrorResponse withDetail(@Nullable String newDetail) {
        return new ErrorResponse(severity, sqlState, message, newDetail, hint, position);
    }

    public ErrorResponse withHint(@Nullable String newHint) {
        return new ErrorResponse(severity, sqlState, message, detail, newHint, position);
    }

    public ErrorResponse withPosition(int newPosition) {
        return new ErrorResponse(severity, sqlState, message, detail, hint, newPosition);
    }

    /**
     * Reads a message's body (after type and length) to its end. Bytes that are not UTF-8 become
     * U+FFFD: a server that refuses a connection may not know the encoding yet.
     *
     * @throws IllegalArgumentException if the body is not a list of fields that ends in NUL, or
     *     lacks severity, code or message
     */
    public static ErrorResponse read(ByteBuf body) {
        String severity = null;
        String sqlState = null;
        String message = null;
        String detail = null;
        String hint = null;
        String position = null;
        byte field = next(body);
        while (field != 0) {
            int length = body.bytesBefore((byte) 0);
            if (length < 0) {
                throw new IllegalArgumentException("error field without terminator");
            }
            String value = body.toString(body.readerIndex(), length, StandardCharsets.UTF_8);
            body.skipBytes(length + 1);
            switch (field) {
                case 'S' -> severity = severity == null ? value : severity;
                case 'V' -> severity = value;
                case 'C' -> sqlState = value;
                case 'M' -> message = value;
                case 'D' -> detail = value;
                case 'H' -> hint = value;
                case 'P' -> position = value;
                default -> {
                    // Fields that tell where in the server's source or schema the error arose.
                }
            }
            field = next(body);
        }
        if (severity == null || sqlState == null || message == null || sqlState.length() != 5) {
            throw new IllegalArgumentException("error without severity, code or message");
        }
        return new ErrorResponse(
                severityOf(severity), sqlState, message, detail, hint, positionOf(position));
    }

    private static byte next(ByteBuf body) {
        if (!body.isReadable()) {
            throw new IllegalArgumentException("error without terminator");
        }
        return body.readByte();
    }

    /** A word that is none of the three is a translated one, from a server before 9.6. */
    private static Severity severityOf(String word) {
        return switch (word) {
            case "FATAL" -> Severity.FATAL;
            case "PANIC" -> Severity.PANIC;
            default -> Severity.ERROR;
        };
    }

    private static int positionOf(@Nullable String digits) {
        return digits != null && digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : 0;
    }
}
