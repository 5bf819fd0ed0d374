package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.types.Instruction;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the instructions of a block. WebAssembly's operands are the JVM's; its locals are in the
 * frame, and within a block, once read or written, in a JVM local as well.
 */
final class InstructionWriter {

    private static final int FRAME_PARAMETER = 1;
    private static final int MEMORY_PARAMETER = 2;
    private static final int INSTANCE_PARAMETER = 3;

    private final CodeBuilder code;
    private final CompiledModule module;
    private final FrameLayout layout;
    private final int[] copies;
    private final BitSet copied = new BitSet();
    private final Map<TypeKind, Integer> scratch = new EnumMap<>(TypeKind.class);

    InstructionWriter(CodeBuilder code, CompiledModule module, FrameLayout layout) {
        this.code = code;
        this.module = module;
        this.layout = layout;
        this.copies = layout.locals().stream().mapToInt(code::allocateLocal).toArray();
    }

    /** Forgets what is in JVM locals: a block may be entered from anywhere. */
    void beginBlock() {
        copied.clear();
    }

    void loadSlot(int slot, TypeKind type) {
        code.aload(code.parameterSlot(FRAME_PARAMETER)).loadConstant(slot).laload();
        FrameLayout.fromSlot(code, type);
    }

    /** Takes the topmost operand. */
    void storeSlot(int slot, TypeKind type) {
        int value = scratch(type);
        code.storeLocal(type, value);
        storeSlot(slot, type, value);
    }

    private void storeSlot(int slot, TypeKind type, int value) {
        code.aload(code.parameterSlot(FRAME_PARAMETER)).loadConstant(slot).loadLocal(type, value);
        FrameLayout.toSlot(code, type);
        code.lastore();
    }

    void write(Step.Plain plain) {
        Instruction instruction = plain.instruction();
        Optional<NumericOp> numeric = NumericOp.of(instruction.opcode());
        Optional<MemoryOp> memory = MemoryOp.of(instruction.opcode());
        if (numeric.isPresent()) {
            numeric.get().code().accept(code);
        } else if (memory.isPresent()) {
            access(memory.get(), (int) instruction.operand(1));
        } else {
            writeOther(plain);
        }
    }

    private void writeOther(Step.Plain plain) {
        Instruction instruction = plain.instruction();
        switch (instruction.opcode()) {
            case LOCAL_GET -> getLocal((int) instruction.operand(0));
            case LOCAL_SET -> setLocal((int) instruction.operand(0));
            case LOCAL_TEE -> {
                setLocal((int) instruction.operand(0));
                getLocal((int) instruction.operand(0));
            }
            case GLOBAL_GET -> getGlobal((int) instruction.operand(0));
            case GLOBAL_SET -> setGlobal((int) instruction.operand(0));
            case I32_CONST -> code.loadConstant((int) instruction.operand(0));
            case I64_CONST -> code.loadConstant(instruction.operand(0));
            case F64_CONST -> code.loadConstant(Double.longBitsToDouble(instruction.operand(0)));
            case DROP -> drop(plain.chosen().orElseThrow());
            case SELECT -> select(plain.chosen().orElseThrow());
            case CALL -> call((int) instruction.operand(0));
            case CALL_INDIRECT ->
                    callIndirect((int) instruction.operand(0), (int) instruction.operand(1));
            case MEMORY_COPY -> copyMemory();
            case MEMORY_FILL -> fillMemory();
            default -> throw new UnsupportedOperationException(instruction.toString());
        }
    }

    private void getLocal(int local) {
        TypeKind type = layout.locals().get(local);
        if (!copied.get(local)) {
            loadSlot(local, type);
            code.storeLocal(type, copies[local]);
            copied.set(local);
        }
        code.loadLocal(type, copies[local]);
    }

    private void setLocal(int local) {
        TypeKind type = layout.locals().get(local);
        code.storeLocal(type, copies[local]);
        copied.set(local);
        storeSlot(local, type, copies[local]);
    }

    private void getGlobal(int global) {
        code.loadConstant(global).aload(instance());
        code.invokestatic(
                module.shaded(),
                "readGlobal",
                MethodTypeDesc.of(
                        ConstantDescs.CD_long, ConstantDescs.CD_int, CompiledModule.INSTANCE));
        FrameLayout.fromSlot(code, module.globalType(global));
    }

    private void setGlobal(int global) {
        FrameLayout.toSlot(code, module.globalType(global));
        code.loadConstant(global).aload(instance());
        code.invokestatic(
                module.shaded(),
                "writeGlobal",
                MethodTypeDesc.of(
                        ConstantDescs.CD_void,
                        ConstantDescs.CD_long,
                        ConstantDescs.CD_int,
                        CompiledModule.INSTANCE));
    }

    void drop(TypeKind type) {
        if (type.slotSize() == 2) {
            code.pop2();
        } else {
            code.pop();
        }
    }

    private void select(TypeKind type) {
        Label first = code.newLabel();
        code.ifne(first);
        if (type.slotSize() == 2) {
            code.dup2_x2().pop2().labelBinding(first).pop2();
        } else {
            code.swap().labelBinding(first).pop();
        }
    }

    private void call(int function) {
        code.aload(memory()).aload(instance());
        code.invokestatic(
                module.holder(function), CompiledModule.method(function), module.type(function));
    }

    private void callIndirect(int type, int table) {
        code.loadConstant(table).aload(memory()).aload(instance());
        code.invokestatic(module.machine(), "call_indirect_" + type, module.indirectType(type));
    }

    private void copyMemory() {
        code.aload(memory());
        code.invokestatic(
                module.shaded(),
                "memoryCopy",
                MethodTypeDesc.of(
                        ConstantDescs.CD_void,
                        ConstantDescs.CD_int,
                        ConstantDescs.CD_int,
                        ConstantDescs.CD_int,
                        CompiledModule.MEMORY));
    }

    private void fillMemory() {
        int size = scratch(TypeKind.INT);
        code.istore(size).i2b().iload(size).aload(memory());
        code.invokestatic(
                module.shaded(),
                "memoryFill",
                MethodTypeDesc.of(
                        ConstantDescs.CD_void,
                        ConstantDescs.CD_int,
                        ConstantDescs.CD_byte,
                        ConstantDescs.CD_int,
                        CompiledModule.MEMORY));
    }

    private int scratch(TypeKind type) {
        return scratch.computeIfAbsent(type, code::allocateLocal);
    }

    private void access(MemoryOp op, int offset) {
        if (op.store()) {
            op.conversion().accept(code);
        }
        code.loadConstant(offset).aload(memory());
        MethodTypeDesc type =
                op.store()
                        ? MethodTypeDesc.of(
                                ConstantDescs.CD_void,
                                ConstantDescs.CD_int,
                                op.accessed(),
                                ConstantDescs.CD_int,
                                CompiledModule.MEMORY)
                        : MethodTypeDesc.of(
                                op.accessed(),
                                ConstantDescs.CD_int,
                                ConstantDescs.CD_int,
                                CompiledModule.MEMORY);
        code.invokestatic(module.shaded(), op.accessor(), type);
        if (!op.store()) {
            op.conversion().accept(code);
        }
    }

    private int memory() {
        return code.parameterSlot(MEMORY_PARAMETER);
    }

    private int instance() {
        return code.parameterSlot(INSTANCE_PARAMETER);
    }
}
