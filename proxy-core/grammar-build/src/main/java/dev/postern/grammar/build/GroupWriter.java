package dev.postern.grammar.build;

import dev.postern.grammar.build.Step.Edge;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes one group of a function's blocks as the body of a method. */
final class GroupWriter {

    /**
     * Tables with more targets than this become a string of addresses, since most targets are in
     * other groups.
     */
    private static final int LARGE_TABLE = 64;

    private static final int ENTRY_PARAMETER = 0;
    private static final MethodTypeDesc NO_PARAMETERS = MethodTypeDesc.of(ConstantDescs.CD_void);

    private final CodeBuilder code;
    private final CompiledModule module;
    private final Partition partition;
    private final FrameLayout layout;
    private final int group;
    private final InstructionWriter instructions;
    private final Map<Integer, Label> labels = new HashMap<>();
    private final int scratch;

    GroupWriter(
            CodeBuilder code,
            CompiledModule module,
            Partition partition,
            FrameLayout layout,
            int group) {
        this.code = code;
        this.module = module;
        this.partition = partition;
        this.layout = layout;
        this.group = group;
        this.instructions = new InstructionWriter(code, module, layout);
        this.scratch = code.allocateLocal(TypeKind.INT);
    }

    void write() {
        List<Block> blocks = partition.groups().get(group);
        for (Block block : blocks) {
            labels.put(block.number(), code.newLabel());
        }
        List<Integer> entries = partition.entries(group);
        List<SwitchCase> cases = new ArrayList<>();
        for (int i = 1; i < entries.size(); i++) {
            cases.add(SwitchCase.of(i, label(entries.get(i))));
        }
        if (!entries.isEmpty()) {
            code.iload(code.parameterSlot(ENTRY_PARAMETER));
            code.tableswitch(1, Math.max(1, entries.size() - 1), label(entries.get(0)), cases);
        }
        for (Block block : blocks) {
            write(block);
        }
    }

    private Label label(int block) {
        Label label = labels.get(block);
        if (label == null) {
            throw new IllegalArgumentException("block " + block + " is in another group");
        }
        return label;
    }

    private void write(Block block) {
        code.labelBinding(label(block.number()));
        instructions.beginBlock();
        for (int depth = 0; depth < block.entry().size(); depth++) {
            instructions.loadSlot(layout.operand(depth), block.entry().get(depth));
        }
        List<Step> steps = block.steps();
        for (int i = 0; i < steps.size(); i++) {
            Step next = i + 1 < steps.size() ? steps.get(i + 1) : steps.get(i);
            if (steps.get(i) instanceof Step.Plain plain && next instanceof Step.JumpIf jump) {
                Optional<Condition> condition = Condition.of(plain.instruction().opcode());
                if (condition.isPresent()) {
                    jumpIf(block, jump, condition.get());
                    i++;
                    continue;
                }
            }
            write(block, steps.get(i));
        }
    }

    private void write(Block block, Step step) {
        switch (step) {
            case Step.Plain plain -> instructions.write(plain);
            case Step.Jump jump -> jump(block, jump.edge(), true);
            case Step.JumpIf jump -> jumpIf(block, jump, Condition.NOT_ZERO);
            case Step.JumpTable table -> jumpTable(block, table.edges());
            case Step.Return(Optional<TypeKind> result) -> {
                result.ifPresent(type -> instructions.storeSlot(0, type));
                code.loadConstant(SplitFunction.RETURNED).ireturn();
            }
            case Step.Trap _ ->
                    code.invokestatic(
                                    module.shaded(),
                                    "throwTrapException",
                                    MethodTypeDesc.of(
                                            RuntimeException.class
                                                    .describeConstable()
                                                    .orElseThrow()))
                            .athrow();
        }
    }

    private void jumpIf(Block block, Step.JumpIf jump, Condition condition) {
        condition.prepare(code);
        Opcode taken = jump.onZero() ? condition.whenFalse() : condition.whenTrue();
        Opcode notTaken = jump.onZero() ? condition.whenTrue() : condition.whenFalse();
        Edge edge = jump.edge();
        int target = edge.target().block();
        if (edge.isBare() && partition.near(block, target) && target > block.number()) {
            code.branch(taken, label(target));
            return;
        }
        Label stay = code.newLabel();
        code.branch(notTaken, stay);
        jump(block, edge, false);
        code.labelBinding(stay);
    }

    private void jump(Block block, Edge edge, boolean last) {
        int height = edge.kept().size();
        edge.carried().ifPresent(type -> instructions.storeSlot(layout.operand(height), type));
        edge.dropped().reversed().forEach(instructions::drop);
        spill(edge.kept());
        int target = edge.target().block();
        if (target <= block.number()) {
            code.invokestatic(module.shaded(), "checkInterruption", NO_PARAMETERS);
        }
        if (!partition.near(block, target)) {
            code.loadConstant(partition.address(target)).ireturn();
        } else if (!last || target != block.number() + 1) {
            code.goto_(label(target));
        }
    }

    /** Moves the operands on the stack to their slots. */
    private void spill(List<TypeKind> operands) {
        for (int depth = operands.size() - 1; depth >= 0; depth--) {
            instructions.storeSlot(layout.operand(depth), operands.get(depth));
        }
    }

    private void jumpTable(Block block, List<Edge> edges) {
        if (edges.size() > LARGE_TABLE) {
            jumpThroughAddresses(edges);
            return;
        }
        List<SwitchCase> cases = new ArrayList<>();
        for (int i = 0; i < edges.size() - 1; i++) {
            cases.add(SwitchCase.of(i, code.newLabel()));
        }
        Label otherwise = code.newLabel();
        if (cases.isEmpty()) {
            code.pop().goto_(otherwise);
        } else {
            code.tableswitch(0, cases.size() - 1, otherwise, cases);
        }
        for (int i = 0; i < cases.size(); i++) {
            code.labelBinding(cases.get(i).target());
            jump(block, edges.get(i), false);
        }
        code.labelBinding(otherwise);
        jump(block, edges.getLast(), false);
    }

    /**
     * Looks the address up in a string, which the class file holds in the least space, and returns
     * it.
     */
    private void jumpThroughAddresses(List<Edge> edges) {
        if (edges.stream().anyMatch(edge -> edge.carried().isPresent())) {
            throw new UnsupportedOperationException("a large table that carries an operand");
        }
        StringBuilder addresses = new StringBuilder();
        for (Edge edge : edges) {
            addresses.append((char) partition.address(edge.target().block()));
        }
        int last = edges.size() - 1;
        code.istore(scratch);
        List<TypeKind> operands = new ArrayList<>(edges.getLast().kept());
        operands.addAll(edges.getLast().dropped());
        spill(operands);
        Label within = code.newLabel();
        code.iload(scratch).loadConstant(last);
        code.invokestatic(
                ConstantDescs.CD_Integer,
                "compareUnsigned",
                MethodTypeDesc.of(
                        ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int));
        code.iflt(within).loadConstant(last).istore(scratch);
        code.labelBinding(within);
        code.loadConstant(addresses.toString()).iload(scratch);
        code.invokevirtual(
                ConstantDescs.CD_String,
                "charAt",
                MethodTypeDesc.of(ConstantDescs.CD_char, ConstantDescs.CD_int));
        code.ireturn();
    }
}
