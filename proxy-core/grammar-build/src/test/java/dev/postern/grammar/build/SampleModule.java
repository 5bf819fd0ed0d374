package dev.postern.grammar.build;

/**
 * A module with one function, which has every control structure: a loop, a table of jumps out of
 * nested blocks, a block and an if with results, and an operand that stays on the stack across all
 * of them.
 */
final class SampleModule {

    /** Index of the function, exported as {@code f}. */
    static final int FUNCTION = 0;

    private static final int[] BODY = {
        1, 2, 0x7f, // two locals: i32
        0x03, 0x40, // loop
        0x20, 1, 0x20, 0, 0x6a, 0x21, 1, //   sum += n
        0x20, 0, 0x41, 1, 0x6b, 0x22, 0, //   n -= 1
        0x0d, 0, //   br_if loop
        0x0b, // end
        0x20, 1, // sum, which stays on the stack
        0x02, 0x7f, // block with result
        0x02, 0x40, 0x02, 0x40, 0x02, 0x40, //   three blocks
        0x20, 1, 0x41, 3, 0x70, //     sum % 3
        0x0e, 2, 0, 1, 2, //     br_table
        0x0b, 0x41, 10, 0x0c, 2, //   end, 10, br to the outermost
        0x0b, 0x41, 20, 0x0c, 1, //   end, 20, br to the outermost
        0x0b, 0x41, 30, //   end, 30
        0x0b, // end
        0x6a, // sum + that
        0x20, 1, 0x41, 1, 0x71, // sum & 1
        0x04, 0x7f, // if with result
        0x41, 0xe4, 0x00, //   100
        0x05, // else
        0x41, 0, 0x41, 0xc8, 0x01, 0x20, 1, 0x45, 0x1b, //   select(0, 200, sum == 0)
        0x0b, // end
        0x6a, // sum + that
        0x0b, // end
    };

    private SampleModule() {}

    /** What the function gives for an argument from 1 on. */
    static int expected(int n) {
        int sum = n * (n + 1) / 2;
        return sum + new int[] {10, 20, 30}[sum % 3] + (sum % 2 == 1 ? 100 : 200);
    }

    static byte[] wasm() {
        WasmOutput body = new WasmOutput();
        for (int octet : BODY) {
            body.octet(octet);
        }
        byte[] code = body.toByteArray();
        WasmOutput module = new WasmOutput().bytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
        section(
                module,
                1,
                new WasmOutput()
                        .unsigned(1)
                        .octet(0x60)
                        .unsigned(1)
                        .octet(0x7f)
                        .unsigned(1)
                        .octet(0x7f));
        section(module, 3, new WasmOutput().unsigned(1).unsigned(0));
        section(module, 5, new WasmOutput().unsigned(1).octet(0).unsigned(1));
        section(module, 7, new WasmOutput().unsigned(1).name("f").octet(0).unsigned(FUNCTION));
        section(module, 10, new WasmOutput().unsigned(1).unsigned(code.length).bytes(code));
        return module.toByteArray();
    }

    private static void section(WasmOutput module, int id, WasmOutput content) {
        byte[] bytes = content.toByteArray();
        module.octet(id).unsigned(bytes.length).bytes(bytes);
    }
}
