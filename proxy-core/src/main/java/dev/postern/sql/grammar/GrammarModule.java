package dev.postern.sql.grammar;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.Instruction;
import dev.postern.sql.grammar.wasm.PostgresParserStackLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * PostgreSQL's parser as the build compiled it: loaded once, instantiated as often as wanted.
 * Immutable and safe to share.
 */
public final class GrammarModule {

    private static final String RESOURCE = "wasm/PostgresParser.meta";

    /** The build has validated the module, and what runs are the classes it made from it. */
    private static final Parser PARSER = Parser.builder().withValidation(false).build();

    private final WasmModule module;
    private final byte[] staticData;

    private GrammarModule(WasmModule module) {
        this.module = module;
        this.staticData = staticData(module);
    }

    /**
     * Loads the module from the class path and tries it, which also initialises every class that a
     * parse needs: a stack overflow during a class's initialisation would leave that class
     * unusable.
     *
     * @throws IllegalStateException if it is not there or does not parse
     */
    public static GrammarModule load() {
        GrammarModule module = read();
        try (WasmGrammar grammar = module.newGrammar()) {
            if (!(grammar.parse(utf8("SELECT a, 1.5 FROM t WHERE b = 'c'"))
                            instanceof ParseOutcome.Tree)
                    || !(grammar.parse(utf8("SELEC")) instanceof ParseOutcome.SyntaxError)) {
                throw new IllegalStateException("the parser does not parse");
            }
        }
        return module;
    }

    private static byte[] utf8(String sql) {
        return sql.getBytes(StandardCharsets.UTF_8);
    }

    private static GrammarModule read() {
        try (InputStream in = GrammarModule.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the build has left out " + RESOURCE);
            }
            return new GrammarModule(PARSER.parse(() -> in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a new grammar with memory of its own. */
    public WasmGrammar newGrammar() {
        return new WasmGrammar(this);
    }

    ParserInstance instantiate() {
        return new ParserInstance(module, staticData);
    }

    private static byte[] staticData(WasmModule module) {
        byte[] memory = new byte[PostgresParserStackLayout.low()];
        for (DataSegment segment : module.dataSection().dataSegments()) {
            Instruction start = ((ActiveDataSegment) segment).offsetInstructions().get(0);
            System.arraycopy(
                    segment.data(), 0, memory, (int) start.operand(0), segment.data().length);
        }
        return memory;
    }
}
