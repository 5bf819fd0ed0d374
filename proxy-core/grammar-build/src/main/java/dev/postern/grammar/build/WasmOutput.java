package dev.postern.grammar.build;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the primitive values of the WebAssembly binary format. */
final class WasmOutput {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    WasmOutput octet(int value) {
        out.write(value);
        return this;
    }

    WasmOutput bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    WasmOutput unsigned(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        return this;
    }

    WasmOutput signed(int value) {
        int rest = value;
        while (rest < -64 || rest > 63) {
            out.write((rest & 0x7f) | 0x80);
            rest >>= 7;
        }
        out.write(rest & 0x7f);
        return this;
    }

    WasmOutput name(String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        return unsigned(utf8.length).bytes(utf8);
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}
