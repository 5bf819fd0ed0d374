package dev.postern.sql.grammar;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * PostgreSQL's parser as the build compiled it: loaded once, instantiated as often as wanted.
 * Immutable and safe to share.
 */
public final class GrammarModule {

    private static final String RESOURCE = "wasm/PostgresParser.meta";

    private final WasmModule module;

    private GrammarModule(WasmModule module) {
        this.module = module;
    }

    /** Loads the module from the class path. */
    public static GrammarModule load() {
        try (InputStream in = GrammarModule.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the build has left out " + RESOURCE);
            }
            return new GrammarModule(Parser.parse(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a new grammar with memory of its own. */
    public WasmGrammar newGrammar() {
        return new WasmGrammar(module);
    }
}
