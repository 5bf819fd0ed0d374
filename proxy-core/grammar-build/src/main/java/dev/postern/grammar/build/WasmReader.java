package dev.postern.grammar.build;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the primitive values of the WebAssembly binary format. */
final class WasmReader {

    private final byte[] bytes;
    private int position;

    WasmReader(byte[] bytes) {
        this.bytes = bytes;
    }

    int position() {
        return position;
    }

    boolean atEnd() {
        return position == bytes.length;
    }

    byte[] bytes(int length) {
        if (length < 0 || length > bytes.length - position) {
            throw new IllegalArgumentException("the module ends inside a value");
        }
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    int octet() {
        return bytes(1)[0] & 0xff;
    }

    int unsigned() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int octet = octet();
            value |= (octet & 0x7f) << shift;
            if ((octet & 0x80) == 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 32 bits");
    }

    int signed() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int octet = octet();
            value |= (octet & 0x7f) << shift;
            if ((octet & 0x80) == 0) {
                int unused = 32 - (shift + 7);
                return unused > 0 ? value << unused >> unused : value;
            }
        }
        throw new IllegalArgumentException("a number of more than 32 bits");
    }

    String name() {
        return new String(bytes(unsigned()), StandardCharsets.UTF_8);
    }
}
