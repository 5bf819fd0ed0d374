package dev.postern.grammar.build;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_STATIC;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a function that is too large for one JVM method as a class of several.
 *
 * <p>Locals, and operands that are on the stack between blocks, live in a {@code long[]} frame.
 * Each group of blocks is a method that takes the number of the entry to begin at and the frame,
 * and returns the address to go on at, or {@value #RETURNED}; {@code call} goes from group to
 * group.
 */
final class SplitFunction {

    static final String CALL = "call";

    /**
     * What a group returns when the function has returned; the result, if any, is in the frame's
     * first slot.
     */
    static final int RETURNED = -1;

    /** Instructions in a group: some 4 KB, well below {@link MethodSizes#HUGE_METHOD_LIMIT}. */
    static final int GROUP_SIZE = 500;

    static final MethodTypeDesc GROUP_TYPE =
            MethodTypeDesc.of(
                    ConstantDescs.CD_int,
                    ConstantDescs.CD_int,
                    ConstantDescs.CD_long.arrayType(),
                    CompiledModule.MEMORY,
                    CompiledModule.INSTANCE);

    private final CompiledModule module;
    private final int function;
    private final ClassDesc name;
    private final List<Block> blocks;
    private final Partition partition;

    /**
     * Prepares a function.
     *
     * @param groupSize how many instructions a group may have
     * @throws UnsupportedOperationException if the function has an instruction that this does not
     *     know
     */
    SplitFunction(CompiledModule module, int function, int groupSize) {
        this.module = module;
        this.function = function;
        this.name = ClassDesc.of(module.name() + "Function" + function);
        this.blocks = FunctionBlocks.of(module.module(), function);
        this.partition = Partition.of(blocks, groupSize);
    }

    ClassDesc name() {
        return name;
    }

    /** Returns the class; its method {@code call} has the type of the compiled function. */
    byte[] write() {
        return ClassFile.of().build(name, this::write);
    }

    private void write(ClassBuilder type) {
        type.withFlags(ACC_FINAL);
        type.withMethodBody(CALL, module.type(function), ACC_STATIC, this::call);
        FrameLayout frame = new FrameLayout(Types.ofLocals(module.module(), function));
        for (int i = 0; i < partition.groups().size(); i++) {
            int group = i;
            type.withMethodBody(
                    groupName(group),
                    GROUP_TYPE,
                    ACC_STATIC,
                    code -> new GroupWriter(code, module, partition, frame, group).write());
        }
    }

    private static String groupName(int group) {
        return "group" + group;
    }

    private void call(CodeBuilder code) {
        List<TypeKind> locals = Types.ofLocals(module.module(), function);
        MethodTypeDesc type = module.type(function);
        int parameters = type.parameterCount() - 2;
        int memory = code.parameterSlot(parameters);
        int instance = code.parameterSlot(parameters + 1);
        int frame = code.allocateLocal(TypeKind.REFERENCE);
        int address = code.allocateLocal(TypeKind.INT);

        code.loadConstant(frameSize(locals)).newarray(TypeKind.LONG).astore(frame);
        for (int i = 0; i < parameters; i++) {
            code.aload(frame).loadConstant(i).loadLocal(locals.get(i), code.parameterSlot(i));
            FrameLayout.toSlot(code, locals.get(i));
            code.lastore();
        }
        code.loadConstant(partition.address(0)).istore(address);

        Label next = code.newBoundLabel();
        Label returned = code.newLabel();
        List<SwitchCase> cases = new ArrayList<>();
        for (int i = 0; i < partition.groups().size(); i++) {
            cases.add(SwitchCase.of(i, code.newLabel()));
        }
        code.iload(address).loadConstant(Partition.ENTRY_BITS).ishr();
        code.tableswitch(0, cases.size() - 1, returned, cases);
        for (SwitchCase each : cases) {
            code.labelBinding(each.target())
                    .iload(address)
                    .loadConstant((1 << Partition.ENTRY_BITS) - 1)
                    .iand()
                    .aload(frame)
                    .aload(memory)
                    .aload(instance)
                    .invokestatic(name, groupName(each.caseValue()), GROUP_TYPE)
                    .istore(address)
                    .goto_(next);
        }
        code.labelBinding(returned);
        TypeKind result = TypeKind.from(type.returnType());
        if (result != TypeKind.VOID) {
            code.aload(frame).loadConstant(0).laload();
            FrameLayout.fromSlot(code, result);
        }
        code.return_(result);
    }

    private int frameSize(List<TypeKind> locals) {
        int deepest = blocks.stream().mapToInt(block -> block.entry().size()).max().orElse(0);
        return Math.max(1, locals.size() + deepest);
    }
}
