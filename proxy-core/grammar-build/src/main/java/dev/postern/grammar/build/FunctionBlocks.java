package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.OpCode;
import dev.postern.grammar.build.Step.Edge;
import dev.postern.grammar.build.Step.Label;
import java.lang.classfile.TypeKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Turns the nested control structures of a WebAssembly function into a flat list of blocks with
 * jumps between them. Operands that are on the stack when a block ends stay at their depth.
 */
final class FunctionBlocks {

    private final WasmModule module;
    private final List<TypeKind> locals;
    private final Optional<TypeKind> result;
    private final List<Block> blocks = new ArrayList<>();
    private final Deque<Construct> open = new ArrayDeque<>();
    private final List<TypeKind> stack = new ArrayList<>();
    private Block current;
    private boolean live = true;

    private FunctionBlocks(WasmModule module, int function) {
        this.module = module;
        this.locals = Types.ofLocals(module, function);
        this.result = Types.of(Types.ofFunction(module, function).returns()).stream().findFirst();
        this.current = new Block(0, List.of());
        blocks.add(current);
    }

    /**
     * Returns the blocks of a function; it begins with the first.
     *
     * @param function its index, imports counted
     * @throws UnsupportedOperationException if it has something that no C compiler has put into the
     *     functions this was written for
     */
    static List<Block> of(WasmModule module, int function) {
        FunctionBlocks lowering = new FunctionBlocks(module, function);
        int importCount = module.importSection().importCount();
        lowering.lower(module.codeSection().getFunctionBody(function - importCount).instructions());
        return lowering.blocks;
    }

    private void lower(List<? extends Instruction> instructions) {
        open.push(new Construct(OpCode.BLOCK, 0, result, new Label(), Optional.empty()));
        int skippedConstructs = 0;
        for (Instruction instruction : instructions) {
            OpCode opCode = instruction.opcode();
            if (!live) {
                if (opensConstruct(opCode)) {
                    skippedConstructs++;
                } else if (skippedConstructs > 0) {
                    if (opCode == OpCode.END) {
                        skippedConstructs--;
                    }
                } else if (opCode == OpCode.END) {
                    end();
                } else if (opCode == OpCode.ELSE) {
                    otherwise();
                }
                continue;
            }
            lower(instruction);
        }
        if (!open.isEmpty()) {
            throw new IllegalArgumentException("the function has no end");
        }
    }

    private static boolean opensConstruct(OpCode opCode) {
        return opCode == OpCode.BLOCK || opCode == OpCode.LOOP || opCode == OpCode.IF;
    }

    private void lower(Instruction instruction) {
        OpCode opCode = instruction.opcode();
        if (opensConstruct(opCode)) {
            begin(opCode, Types.ofConstruct(instruction.operand(0)));
        } else if (opCode == OpCode.ELSE) {
            otherwise();
        } else if (opCode == OpCode.END) {
            end();
        } else if (opCode == OpCode.BR) {
            leave(jumpOrReturn((int) instruction.operand(0)));
        } else if (opCode == OpCode.BR_IF) {
            pop(TypeKind.INT);
            current.steps().add(new Step.JumpIf(edge((int) instruction.operand(0)), false));
        } else if (opCode == OpCode.BR_TABLE) {
            pop(TypeKind.INT);
            List<Edge> edges = new ArrayList<>();
            for (int i = 0; i < instruction.operandCount(); i++) {
                edges.add(edge((int) instruction.operand(i)));
            }
            leave(new Step.JumpTable(List.copyOf(edges)));
        } else if (opCode == OpCode.RETURN) {
            leave(new Step.Return(result));
        } else if (opCode == OpCode.UNREACHABLE) {
            leave(new Step.Trap());
        } else if (opCode != OpCode.NOP) {
            current.steps().add(new Step.Plain(instruction, chosen(opCode)));
            apply(instruction);
        }
    }

    private void begin(OpCode opCode, Optional<TypeKind> constructResult) {
        if (opCode == OpCode.IF) {
            pop(TypeKind.INT);
            Label otherwise = new Label();
            current.steps()
                    .add(new Step.JumpIf(edge(otherwise, stack.size(), Optional.empty()), true));
            open.push(
                    new Construct(
                            opCode,
                            stack.size(),
                            constructResult,
                            new Label(),
                            Optional.of(otherwise)));
            return;
        }
        Construct construct =
                new Construct(opCode, stack.size(), constructResult, new Label(), Optional.empty());
        if (opCode == OpCode.LOOP) {
            startBlock(construct.label, stack.size(), Optional.empty());
        }
        open.push(construct);
    }

    private void otherwise() {
        Construct construct = open.element();
        if (live) {
            construct.targeted = true;
            leave(new Step.Jump(edge(construct.label, construct.height, construct.result)));
        }
        open.pop();
        startBlock(construct.otherwise.orElseThrow(), construct.height, Optional.empty());
        Construct rest =
                new Construct(
                        OpCode.ELSE,
                        construct.height,
                        construct.result,
                        construct.label,
                        Optional.empty());
        rest.targeted = construct.targeted;
        open.push(rest);
    }

    private void end() {
        Construct construct = open.pop();
        if (construct.otherwise.isPresent()) {
            startBlock(construct.otherwise.get(), construct.height, Optional.empty());
            construct.label.bind(current.number());
        } else if (construct.targeted && construct.opCode != OpCode.LOOP) {
            startBlock(construct.label, construct.height, construct.result);
        }
        if (open.isEmpty() && live) {
            leave(new Step.Return(result));
        }
    }

    /** Begins a block here, which whatever came before, if it comes this far, goes on with. */
    private void startBlock(Label label, int height, Optional<TypeKind> carried) {
        if (live) {
            current.steps().add(new Step.Jump(edge(label, height, carried)));
        }
        truncateStack(height);
        carried.ifPresent(stack::add);
        current = new Block(blocks.size(), stack);
        blocks.add(current);
        label.bind(current.number());
        live = true;
    }

    private void leave(Step last) {
        current.steps().add(last);
        live = false;
        truncateStack(open.isEmpty() ? 0 : open.element().height);
    }

    private void truncateStack(int height) {
        while (stack.size() > height) {
            stack.removeLast();
        }
    }

    private Construct construct(int depth) {
        Iterator<Construct> constructs = open.iterator();
        for (int i = 0; i < depth; i++) {
            constructs.next();
        }
        return constructs.next();
    }

    private Step jumpOrReturn(int depth) {
        return depth == open.size() - 1 ? new Step.Return(result) : new Step.Jump(edge(depth));
    }

    private Edge edge(int depth) {
        Construct target = construct(depth);
        target.targeted = true;
        return edge(
                target.label,
                target.height,
                target.opCode == OpCode.LOOP ? Optional.empty() : target.result);
    }

    private Edge edge(Label target, int height, Optional<TypeKind> carried) {
        int top = stack.size() - (carried.isPresent() ? 1 : 0);
        return new Edge(
                target,
                List.copyOf(stack.subList(0, height)),
                List.copyOf(stack.subList(height, top)),
                carried);
    }

    private Optional<TypeKind> chosen(OpCode opCode) {
        return switch (opCode) {
            case DROP -> Optional.of(stack.getLast());
            case SELECT -> Optional.of(stack.get(stack.size() - 2));
            default -> Optional.empty();
        };
    }

    private void apply(Instruction instruction) {
        OpCode opCode = instruction.opcode();
        Optional<NumericOp> numeric = NumericOp.of(opCode);
        Optional<MemoryOp> memory = MemoryOp.of(opCode);
        if (numeric.isPresent()) {
            numeric.get().operands().reversed().forEach(this::pop);
            stack.add(numeric.get().result());
        } else if (memory.isPresent()) {
            if (memory.get().store()) {
                pop(memory.get().type());
            }
            pop(TypeKind.INT);
            if (!memory.get().store()) {
                stack.add(memory.get().type());
            }
        } else {
            applyOther(instruction);
        }
    }

    private void applyOther(Instruction instruction) {
        switch (instruction.opcode()) {
            case LOCAL_GET -> stack.add(locals.get((int) instruction.operand(0)));
            case LOCAL_SET -> pop(locals.get((int) instruction.operand(0)));
            case LOCAL_TEE -> {}
            case GLOBAL_GET -> stack.add(globalType(instruction));
            case GLOBAL_SET -> pop(globalType(instruction));
            case I32_CONST -> stack.add(TypeKind.INT);
            case I64_CONST -> stack.add(TypeKind.LONG);
            case F64_CONST -> stack.add(TypeKind.DOUBLE);
            case DROP -> stack.removeLast();
            case SELECT -> {
                pop(TypeKind.INT);
                stack.removeLast();
            }
            case MEMORY_COPY, MEMORY_FILL -> {
                pop(TypeKind.INT);
                pop(TypeKind.INT);
                pop(TypeKind.INT);
            }
            case CALL -> call(Types.ofFunction(module, (int) instruction.operand(0)));
            case CALL_INDIRECT -> {
                pop(TypeKind.INT);
                call(module.typeSection().getType((int) instruction.operand(0)));
            }
            default -> throw new UnsupportedOperationException(instruction.toString());
        }
    }

    private TypeKind globalType(Instruction instruction) {
        return Types.of(module.globalSection().getGlobal((int) instruction.operand(0)).valueType());
    }

    private void call(FunctionType type) {
        Types.of(type.params()).reversed().forEach(this::pop);
        stack.addAll(Types.of(type.returns()));
    }

    private void pop(TypeKind expected) {
        TypeKind found = stack.removeLast();
        if (found != expected) {
            throw new IllegalArgumentException(found + " on the stack, not " + expected);
        }
    }

    /** A block, loop or if that is not yet at its end. */
    private static final class Construct {

        private final OpCode opCode;
        private final int height;
        private final Optional<TypeKind> result;
        private final Label label;
        private final Optional<Label> otherwise;
        private boolean targeted;

        Construct(
                OpCode opCode,
                int height,
                Optional<TypeKind> result,
                Label label,
                Optional<Label> otherwise) {
            this.opCode = opCode;
            this.height = height;
            this.result = result;
            this.label = label;
            this.otherwise = otherwise;
        }
    }
}
