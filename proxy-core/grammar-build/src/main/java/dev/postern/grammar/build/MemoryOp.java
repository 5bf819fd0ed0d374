package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.types.OpCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An instruction that loads from memory or stores there.
 *
 * @param store whether it stores
 * @param type the operand's type on the stack
 * @param accessor what Chicory calls its accessor for the width
 * @param accessed the Java type of that width
 * @param conversion between the two types: after a load, before a store
 */
record MemoryOp(
        boolean store,
        TypeKind type,
        String accessor,
        ClassDesc accessed,
        Consumer<CodeBuilder> conversion) {

    private static final Map<OpCode, MemoryOp> OPS = ops();

    static Optional<MemoryOp> of(OpCode opCode) {
        return Optional.ofNullable(OPS.get(opCode));
    }

    private static Map<OpCode, MemoryOp> ops() {
        Map<OpCode, MemoryOp> ops = new EnumMap<>(OpCode.class);
        Consumer<CodeBuilder> as = _ -> {};
        load(ops, OpCode.I32_LOAD, TypeKind.INT, "Int", ConstantDescs.CD_int, as);
        load(ops, OpCode.I32_LOAD8_S, TypeKind.INT, "Byte", ConstantDescs.CD_byte, as);
        load(
                ops,
                OpCode.I32_LOAD8_U,
                TypeKind.INT,
                "Byte",
                ConstantDescs.CD_byte,
                MemoryOp::unsignedByte);
        load(ops, OpCode.I32_LOAD16_S, TypeKind.INT, "Short", ConstantDescs.CD_short, as);
        load(
                ops,
                OpCode.I32_LOAD16_U,
                TypeKind.INT,
                "Short",
                ConstantDescs.CD_short,
                CodeBuilder::i2c);
        load(ops, OpCode.I64_LOAD, TypeKind.LONG, "Long", ConstantDescs.CD_long, as);
        load(
                ops,
                OpCode.I64_LOAD8_S,
                TypeKind.LONG,
                "Byte",
                ConstantDescs.CD_byte,
                CodeBuilder::i2l);
        load(
                ops,
                OpCode.I64_LOAD8_U,
                TypeKind.LONG,
                "Byte",
                ConstantDescs.CD_byte,
                code -> unsignedByte(code).i2l());
        load(
                ops,
                OpCode.I64_LOAD16_S,
                TypeKind.LONG,
                "Short",
                ConstantDescs.CD_short,
                CodeBuilder::i2l);
        load(
                ops,
                OpCode.I64_LOAD16_U,
                TypeKind.LONG,
                "Short",
                ConstantDescs.CD_short,
                code -> code.i2c().i2l());
        load(
                ops,
                OpCode.I64_LOAD32_S,
                TypeKind.LONG,
                "Int",
                ConstantDescs.CD_int,
                CodeBuilder::i2l);
        load(
                ops,
                OpCode.I64_LOAD32_U,
                TypeKind.LONG,
                "Int",
                ConstantDescs.CD_int,
                code -> code.i2l().loadConstant(0xffffffffL).land());
        load(ops, OpCode.F64_LOAD, TypeKind.DOUBLE, "Double", ConstantDescs.CD_double, as);
        store(ops, OpCode.I32_STORE, TypeKind.INT, "Int", ConstantDescs.CD_int, as);
        store(
                ops,
                OpCode.I32_STORE8,
                TypeKind.INT,
                "Byte",
                ConstantDescs.CD_byte,
                CodeBuilder::i2b);
        store(
                ops,
                OpCode.I32_STORE16,
                TypeKind.INT,
                "Short",
                ConstantDescs.CD_short,
                CodeBuilder::i2s);
        store(ops, OpCode.I64_STORE, TypeKind.LONG, "Long", ConstantDescs.CD_long, as);
        store(
                ops,
                OpCode.I64_STORE8,
                TypeKind.LONG,
                "Byte",
                ConstantDescs.CD_byte,
                code -> code.l2i().i2b());
        store(
                ops,
                OpCode.I64_STORE16,
                TypeKind.LONG,
                "Short",
                ConstantDescs.CD_short,
                code -> code.l2i().i2s());
        store(
                ops,
                OpCode.I64_STORE32,
                TypeKind.LONG,
                "Int",
                ConstantDescs.CD_int,
                CodeBuilder::l2i);
        store(ops, OpCode.F64_STORE, TypeKind.DOUBLE, "Double", ConstantDescs.CD_double, as);
        return ops;
    }

    private static void load(
            Map<OpCode, MemoryOp> ops,
            OpCode opCode,
            TypeKind type,
            String width,
            ClassDesc accessed,
            Consumer<CodeBuilder> after) {
        ops.put(opCode, new MemoryOp(false, type, "memoryRead" + width, accessed, after));
    }

    private static void store(
            Map<OpCode, MemoryOp> ops,
            OpCode opCode,
            TypeKind type,
            String width,
            ClassDesc accessed,
            Consumer<CodeBuilder> before) {
        ops.put(opCode, new MemoryOp(true, type, "memoryWrite" + width, accessed, before));
    }

    private static CodeBuilder unsignedByte(CodeBuilder code) {
        return code.loadConstant(0xff).iand();
    }
}
