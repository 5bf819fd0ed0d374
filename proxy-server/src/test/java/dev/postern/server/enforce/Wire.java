package dev.postern.server.enforce;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Messages as they go over the wire, each one byte array. */
final class Wire {

    private Wire() {}

    static byte[] message(char type, Object... fields) {
        try {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(body);
            for (Object field : fields) {
                switch (field) {
                    case String text -> {
                        out.write(text.getBytes(StandardCharsets.UTF_8));
                        out.write(0);
                    }
                    case Integer int32 -> out.writeInt(int32);
                    case Short int16 -> out.writeShort(int16);
                    case Character byte1 -> out.write(byte1);
                    case byte[] bytes -> out.write(bytes);
                    default -> throw new IllegalArgumentException(field.getClass().getName());
                }
            }
            ByteBuffer whole = ByteBuffer.allocate(5 + body.size());
            return whole.put((byte) type).putInt(4 + body.size()).put(body.toByteArray()).array();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] query(String sql) {
        return message('Q', sql);
    }

    static byte[] parse(String name, String sql) {
        return message('P', name, sql, (short) 0);
    }

    static byte[] bind(String portal, String statement) {
        return message('B', portal, statement, (short) 0, (short) 0, (short) 0);
    }

    static byte[] execute(String portal) {
        return message('E', portal, 0);
    }

    static byte[] describePortal(String portal) {
        return message('D', 'P', portal);
    }

    static byte[] closeStatement(String name) {
        return message('C', 'S', name);
    }

    static byte[] sync() {
        return message('S');
    }

    static byte[] flush() {
        return message('H');
    }

    static byte[] terminate() {
        return message('X');
    }

    static byte[] ready(char status) {
        return message('Z', status);
    }

    static byte[] complete(String tag) {
        return message('C', tag);
    }

    static byte[] row(int length) {
        return message('D', (short) 1, length, new byte[length]);
    }

    static byte[] error(String sqlState) {
        return message('E', 'S', "ERROR", 'V', "ERROR", 'C', sqlState, 'M', "it failed", '\0');
    }

    static byte[] all(byte[]... messages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            out.writeBytes(message);
        }
        return out.toByteArray();
    }

    /** Returns the first bytes of a run of whole messages. */
    static String types(byte[] messages) {
        StringBuilder types = new StringBuilder();
        ByteBuffer in = ByteBuffer.wrap(messages);
        while (in.hasRemaining()) {
            types.append((char) in.get());
            in.position(in.position() + in.getInt(in.position()));
        }
        return types.toString();
    }
}
