package dev.postern.sql.grammar;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.wasm.ChicoryException;
import dev.postern.sql.grammar.ParseOutcome.Exhausted;
import dev.postern.sql.grammar.ParseOutcome.Resource;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's grammar as WebAssembly, compiled to JVM classes by the build.
 *
 * <p>A parse runs on the caller's thread and ends early, as {@link Resource#TIME}, when that thread
 * is interrupted; the interrupt stays pending. The caller's stack carries the parser's: {@value
 * #THREAD_STACK_BYTES} bytes parse what PostgreSQL's limits allow; with less, deep nesting ends
 * earlier as {@link Resource#STACK}. An instance begins with {@value #INITIAL_PAGES} pages of 64
 * KiB, never exceeds {@value #MAXIMUM_PAGES}, and one that a large text has made larger than
 * {@value #KEPT_PAGES} gives its memory back after the parse.
 */
public final class WasmGrammar implements Grammar {

    /** The stack a thread that parses should have. */
    public static final long THREAD_STACK_BYTES = 16L << 20;

    static final int INITIAL_PAGES = 96;
    static final int KEPT_PAGES = 384;
    static final int MAXIMUM_PAGES = 2048;

    private final GrammarModule module;
    private @Nullable ParserInstance instance;
    private boolean spent;

    WasmGrammar(GrammarModule module) {
        this.module = module;
        this.instance = module.instantiate();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the text contains NUL, which would end it for the parser
     *     and not for the server
     * @throws IllegalStateException if this grammar is spent or closed
     */
    @Override
    public ParseOutcome parse(byte[] utf8) {
        for (byte each : utf8) {
            if (each == 0) {
                throw new IllegalArgumentException(
                        "a text with NUL has to be refused before it is parsed");
            }
        }
        if (spent) {
            throw new IllegalStateException("this grammar is spent");
        }
        ParserInstance parser = instance;
        if (parser == null) {
            parser = module.instantiate();
        }
        instance = null;
        ParseOutcome outcome = parse(parser, utf8);
        if (outcome instanceof Exhausted) {
            spent = true;
        } else if (parser.pages() <= KEPT_PAGES) {
            instance = parser;
        }
        return outcome;
    }

    private static ParseOutcome parse(ParserInstance parser, byte[] utf8) {
        try {
            return parser.parse(utf8);
        } catch (ChicoryInterruptedException e) {
            return new Exhausted(Resource.TIME);
        } catch (StackOverflowError e) {
            return new Exhausted(Resource.STACK);
        } catch (OutOfMemoryError e) {
            return new Exhausted(Resource.MEMORY);
        } catch (ParserAbort e) {
            return new Exhausted(parser.memoryRefused() ? Resource.MEMORY : e.resource());
        } catch (IndexOutOfBoundsException e) {
            return new Exhausted(Resource.FAULT);
        } catch (ChicoryException e) {
            return new Exhausted(reason(parser, e));
        }
    }

    /**
     * What a trap comes from: C code that is refused memory reports it to a standard error that is
     * not there.
     */
    private static Resource reason(ParserInstance parser, ChicoryException trap) {
        if (parser.memoryRefused()) {
            return Resource.MEMORY;
        }
        return trap.getCause() instanceof StackOverflowError ? Resource.STACK : Resource.FAULT;
    }

    /** Returns the pages of 64 KiB this grammar holds now; 0 if none. */
    int pages() {
        return instance == null ? 0 : instance.pages();
    }

    @Override
    public void close() {
        spent = true;
        instance = null;
    }
}
