package dev.postern.sql.grammar;

import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.MutabilityType;
import com.dylibso.chicory.wasm.types.ValType;
import dev.postern.sql.grammar.ParseOutcome.Exhausted;
import dev.postern.sql.grammar.ParseOutcome.Resource;
import dev.postern.sql.grammar.ParseOutcome.SyntaxError;
import dev.postern.sql.grammar.ParseOutcome.Tree;
import dev.postern.sql.grammar.wasm.PostgresParserMachine;
import dev.postern.sql.grammar.wasm.PostgresParserStackLayout;
import java.nio.charset.StandardCharsets;

/**
 * One running module and its memory. Any exception leaves it in no state to go on.
 *
 * <p>The layouts read here are those of libpg_query: {@code PgQueryParseResult {char *parse_tree;
 * char *stderr_buffer; PgQueryError *error;}} and {@code PgQueryError {char *message; char
 * *funcname; char *filename; int lineno; int cursorpos; char *context;}}.
 */
final class ParserInstance {

    private static final int RESULT_TREE = 0;
    private static final int RESULT_ERROR = 8;
    private static final int ERROR_MESSAGE = 0;
    private static final int ERROR_CURSOR = 16;

    private final EmscriptenHost host = new EmscriptenHost();
    private final LinearMemory memory;
    private final ExportFunction malloc;
    private final ExportFunction free;
    private final ExportFunction parse;
    private final ExportFunction freeResult;

    /**
     * Instantiates a module.
     *
     * @param staticData the contents of its data segments from address 0 on
     */
    ParserInstance(WasmModule module, byte[] staticData) {
        MemoryLimits limits =
                new MemoryLimits(WasmGrammar.INITIAL_PAGES, WasmGrammar.MAXIMUM_PAGES);
        memory = new LinearMemory(limits, staticData);
        Instance instance =
                Instance.builder(module)
                        .withImportValues(host.imports(module))
                        .withMemoryFactory(_ -> memory)
                        .withMemoryLimits(
                                new MemoryLimits(
                                        WasmGrammar.INITIAL_PAGES, WasmGrammar.MAXIMUM_PAGES))
                        .withGlobalFactory(ParserInstance::global)
                        .withMachineFactory(PostgresParserMachine::new)
                        .withStart(false)
                        .build();
        malloc = instance.export("malloc");
        free = instance.export("free");
        parse = instance.export("wasm_parse_query_raw");
        freeResult = instance.export("wasm_free_parse_result");
        instance.export("__wasm_call_ctors").apply();
    }

    private static GlobalInstance global(
            long low, long high, ValType type, MutabilityType mutability) {
        return low == PostgresParserStackLayout.high()
                ? new StackPointer(low, PostgresParserStackLayout.low())
                : new GlobalInstance(low, high, type, mutability);
    }

    ParseOutcome parse(byte[] utf8) {
        int text = allocate(utf8.length + 1);
        memory.write(text, utf8);
        memory.writeByte(text + utf8.length, (byte) 0);
        int result = (int) parse.apply(text)[0];
        if (host.memoryRefused()) {
            return new Exhausted(Resource.MEMORY);
        }
        ParseOutcome outcome = outcome(result);
        freeResult.apply(result);
        free.apply(text);
        return outcome;
    }

    /** Tells whether the parser asked for more memory than it may have. */
    boolean memoryRefused() {
        return host.memoryRefused();
    }

    int pages() {
        return memory.pages();
    }

    private int allocate(int length) {
        int address = (int) malloc.apply(length)[0];
        if (address == 0) {
            throw new ParserAbort(Resource.MEMORY, "no room for the text");
        }
        return address;
    }

    private ParseOutcome outcome(int result) {
        if (result == 0) {
            throw new ParserAbort(Resource.MEMORY, "no room for the result");
        }
        int error = memory.readInt(result + RESULT_ERROR);
        if (error != 0) {
            byte[] message = string(memory.readInt(error + ERROR_MESSAGE));
            return new SyntaxError(
                    new String(message, StandardCharsets.UTF_8),
                    memory.readInt(error + ERROR_CURSOR));
        }
        return new Tree(string(memory.readInt(result + RESULT_TREE)));
    }

    private byte[] string(int address) {
        if (address == 0) {
            throw new ParserAbort(Resource.FAULT, "a result without text");
        }
        return memory.readString(address);
    }
}
