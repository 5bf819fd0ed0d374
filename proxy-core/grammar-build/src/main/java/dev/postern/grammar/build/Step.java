package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.types.Instruction;
import java.lang.classfile.TypeKind;
import java.util.List;
import java.util.Optional;

/**
 * One step of a {@link Block}. A block ends with the first step that is neither {@link Plain} nor
 * {@link JumpIf}.
 */
sealed interface Step {

    /**
     * An instruction that only works on the operand stack, locals, memory or globals, or calls a
     * function.
     *
     * @param chosen for {@code drop} and {@code select}, which take any type: the type they take
     */
    record Plain(Instruction instruction, Optional<TypeKind> chosen) implements Step {}

    /** Goes on elsewhere. */
    record Jump(Edge edge) implements Step {}

    /**
     * Takes a number from the stack and goes on elsewhere if it is zero, or if it is not.
     *
     * @param onZero which of the two
     */
    record JumpIf(Edge edge, boolean onZero) implements Step {}

    /** Takes a number from the stack and goes on at the edge of that number, or at the last. */
    record JumpTable(List<Edge> edges) implements Step {}

    /**
     * Ends the function.
     *
     * @param result the type of the topmost operand if the function returns it
     */
    record Return(Optional<TypeKind> result) implements Step {}

    /** Ends the function with a trap. */
    record Trap() implements Step {}

    /**
     * A way from one block to another.
     *
     * @param kept the types of the operands the target finds on the stack, lowest first, without
     *     the carried one
     * @param dropped the types of the operands above them, which the jump takes away, lowest first
     * @param carried the type of the topmost operand if the target finds it on top of the kept ones
     */
    record Edge(
            Label target, List<TypeKind> kept, List<TypeKind> dropped, Optional<TypeKind> carried) {

        /** Tells whether no operand is on the stack, so that there is nothing to do but jump. */
        boolean isBare() {
            return kept.isEmpty() && dropped.isEmpty() && carried.isEmpty();
        }
    }

    /** The beginning of a block, which may not be known yet. */
    final class Label {

        private int block = -1;

        void bind(int number) {
            block = number;
        }

        int block() {
            if (block < 0) {
                throw new IllegalStateException("a label without a block");
            }
            return block;
        }
    }
}
