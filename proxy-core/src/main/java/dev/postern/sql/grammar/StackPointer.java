package dev.postern.sql.grammar;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.wasm.types.MutabilityType;
import com.dylibso.chicory.wasm.types.ValType;

/**
 * The C stack pointer. It grows down towards the static data and WebAssembly itself would let it
 * run into them, so this one ends the parse instead.
 */
final class StackPointer extends GlobalInstance {

    /** Held so that nothing is initialised when hardly any stack is left. */
    private final ParseOutcome.Resource exhausted = ParseOutcome.Resource.STACK;

    private final int low;

    StackPointer(long initial, int low) {
        super(initial, 0, ValType.I32, MutabilityType.Var);
        this.low = low;
    }

    @Override
    public void setValue(long value) {
        if ((int) value < low) {
            throw new ParserAbort(exhausted, "the C stack is used up");
        }
        super.setValue(value);
    }
}
