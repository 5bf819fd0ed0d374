package dev.postern.grammar.build;

import com.dylibso.chicory.runtime.OpcodeImpl;
import com.dylibso.chicory.wasm.types.OpCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An instruction that takes numbers from the stack and puts one back. Those the JVM has itself are
 * written as such, the others call Chicory's implementation of them.
 *
 * @param operands the types it takes, lowest first
 * @param result the type it puts back
 * @param code writes it
 */
record NumericOp(List<TypeKind> operands, TypeKind result, Consumer<CodeBuilder> code) {

    private static final ClassDesc OPCODE_IMPL = OpcodeImpl.class.describeConstable().orElseThrow();
    private static final Map<OpCode, NumericOp> OPS = ops();

    /** Returns what an instruction does, if it is one of these. */
    static Optional<NumericOp> of(OpCode opCode) {
        return Optional.ofNullable(OPS.get(opCode));
    }

    private static Map<OpCode, NumericOp> ops() {
        Map<OpCode, NumericOp> ops = new EnumMap<>(OpCode.class);
        Map<String, OpCode> byName = new HashMap<>();
        for (OpCode opCode : OpCode.values()) {
            byName.put(opCode.name(), opCode);
        }
        for (Method method : OpcodeImpl.class.getMethods()) {
            OpCode opCode = byName.get(method.getName());
            if (opCode != null && isNumeric(method)) {
                ops.put(opCode, calling(method));
            }
        }
        binary(ops, OpCode.I32_ADD, Opcode.IADD);
        binary(ops, OpCode.I32_SUB, Opcode.ISUB);
        binary(ops, OpCode.I32_MUL, Opcode.IMUL);
        binary(ops, OpCode.I32_AND, Opcode.IAND);
        binary(ops, OpCode.I32_OR, Opcode.IOR);
        binary(ops, OpCode.I32_XOR, Opcode.IXOR);
        binary(ops, OpCode.I32_SHL, Opcode.ISHL);
        binary(ops, OpCode.I32_SHR_S, Opcode.ISHR);
        binary(ops, OpCode.I32_SHR_U, Opcode.IUSHR);
        binary(ops, OpCode.I64_ADD, Opcode.LADD);
        binary(ops, OpCode.I64_SUB, Opcode.LSUB);
        binary(ops, OpCode.I64_MUL, Opcode.LMUL);
        binary(ops, OpCode.I64_AND, Opcode.LAND);
        binary(ops, OpCode.I64_OR, Opcode.LOR);
        binary(ops, OpCode.I64_XOR, Opcode.LXOR);
        shift(ops, OpCode.I64_SHL, Opcode.LSHL);
        shift(ops, OpCode.I64_SHR_S, Opcode.LSHR);
        shift(ops, OpCode.I64_SHR_U, Opcode.LUSHR);
        binary(ops, OpCode.F64_ADD, Opcode.DADD);
        binary(ops, OpCode.F64_SUB, Opcode.DSUB);
        binary(ops, OpCode.F64_MUL, Opcode.DMUL);
        binary(ops, OpCode.F64_DIV, Opcode.DDIV);
        ops.put(
                OpCode.F64_NEG,
                new NumericOp(List.of(TypeKind.DOUBLE), TypeKind.DOUBLE, CodeBuilder::dneg));
        conversion(ops, OpCode.I32_WRAP_I64, Opcode.L2I);
        conversion(ops, OpCode.I64_EXTEND_I32_S, Opcode.I2L);
        return ops;
    }

    private static boolean isNumeric(Method method) {
        return method.getReturnType() != void.class
                && method.getReturnType().isPrimitive()
                && Arrays.stream(method.getParameterTypes()).allMatch(Class::isPrimitive);
    }

    private static NumericOp calling(Method method) {
        ClassDesc[] operands =
                Arrays.stream(method.getParameterTypes())
                        .map(type -> type.describeConstable().orElseThrow())
                        .toArray(ClassDesc[]::new);
        ClassDesc result = method.getReturnType().describeConstable().orElseThrow();
        MethodTypeDesc type = MethodTypeDesc.of(result, operands);
        return new NumericOp(
                Arrays.stream(operands).map(TypeKind::from).toList(),
                TypeKind.from(result),
                code -> code.invokestatic(OPCODE_IMPL, method.getName(), type));
    }

    private static void binary(Map<OpCode, NumericOp> ops, OpCode opCode, Opcode jvm) {
        OperatorInstruction instruction = OperatorInstruction.of(jvm);
        TypeKind type = instruction.typeKind();
        ops.put(opCode, new NumericOp(List.of(type, type), type, code -> code.with(instruction)));
    }

    /** WebAssembly counts the bits of a 64-bit shift in 64 bits, the JVM in 32. */
    private static void shift(Map<OpCode, NumericOp> ops, OpCode opCode, Opcode jvm) {
        ops.put(
                opCode,
                new NumericOp(
                        List.of(TypeKind.LONG, TypeKind.LONG),
                        TypeKind.LONG,
                        code -> code.l2i().with(OperatorInstruction.of(jvm))));
    }

    private static void conversion(Map<OpCode, NumericOp> ops, OpCode opCode, Opcode jvm) {
        ConvertInstruction instruction = ConvertInstruction.of(jvm);
        ops.put(
                opCode,
                new NumericOp(
                        List.of(instruction.fromType()),
                        instruction.toType(),
                        code -> code.with(instruction)));
    }
}
