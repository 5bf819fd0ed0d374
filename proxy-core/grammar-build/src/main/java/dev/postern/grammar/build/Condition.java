package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.types.OpCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Optional;

/**
 * A comparison together with the jump that follows it, which the JVM has in one.
 *
 * @param unsigned whether the operands have to be compared as unsigned numbers before the jump
 * @param whenTrue the jump taken when the comparison holds
 * @param whenFalse the opposite jump
 */
record Condition(boolean unsigned, Opcode whenTrue, Opcode whenFalse) {

    /** Without a comparison: the topmost number is not zero. */
    static final Condition NOT_ZERO = new Condition(false, Opcode.IFNE, Opcode.IFEQ);

    private static final MethodTypeDesc COMPARE_TYPE =
            MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int);

    static Optional<Condition> of(OpCode opCode) {
        return switch (opCode) {
            case I32_EQZ -> Optional.of(new Condition(false, Opcode.IFEQ, Opcode.IFNE));
            case I32_EQ -> Optional.of(new Condition(false, Opcode.IF_ICMPEQ, Opcode.IF_ICMPNE));
            case I32_NE -> Optional.of(new Condition(false, Opcode.IF_ICMPNE, Opcode.IF_ICMPEQ));
            case I32_LT_S -> Optional.of(new Condition(false, Opcode.IF_ICMPLT, Opcode.IF_ICMPGE));
            case I32_GT_S -> Optional.of(new Condition(false, Opcode.IF_ICMPGT, Opcode.IF_ICMPLE));
            case I32_LE_S -> Optional.of(new Condition(false, Opcode.IF_ICMPLE, Opcode.IF_ICMPGT));
            case I32_GE_S -> Optional.of(new Condition(false, Opcode.IF_ICMPGE, Opcode.IF_ICMPLT));
            case I32_LT_U -> Optional.of(new Condition(true, Opcode.IFLT, Opcode.IFGE));
            case I32_GT_U -> Optional.of(new Condition(true, Opcode.IFGT, Opcode.IFLE));
            case I32_LE_U -> Optional.of(new Condition(true, Opcode.IFLE, Opcode.IFGT));
            case I32_GE_U -> Optional.of(new Condition(true, Opcode.IFGE, Opcode.IFLT));
            default -> Optional.empty();
        };
    }

    /** Writes what has to come before the jump. */
    void prepare(CodeBuilder code) {
        if (unsigned) {
            code.invokestatic(ConstantDescs.CD_Integer, "compareUnsigned", COMPARE_TYPE);
        }
    }
}
