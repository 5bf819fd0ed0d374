package dev.postern.grammar.build;

import dev.postern.grammar.build.Step.Edge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The blocks of a function in groups, each small enough for a method of its own, and the blocks
 * that other groups jump to. Such a block has an <em>address</em>: one number that says group and
 * entry.
 */
final class Partition {

    /**
     * Bits of an address that say which of a group's entries; the bits above them say which group.
     */
    static final int ENTRY_BITS = 7;

    private static final int MOST_ENTRIES = 1 << ENTRY_BITS;
    private static final int MOST_GROUPS = 1 << (Character.SIZE - ENTRY_BITS);

    private final List<List<Block>> groups = new ArrayList<>();
    private final int[] groupOf;
    private final List<List<Integer>> entries = new ArrayList<>();
    private final Map<Integer, Integer> addresses = new HashMap<>();

    private Partition(List<Block> blocks, int groupSize) {
        groupOf = new int[blocks.size()];
        int size = 0;
        for (Block block : blocks) {
            int blockSize = block.steps().size();
            if (groups.isEmpty()
                    || size + blockSize > groupSize
                    || groups.getLast().size() == MOST_ENTRIES) {
                groups.add(new ArrayList<>());
                entries.add(new ArrayList<>());
                size = 0;
            }
            size += blockSize;
            groups.getLast().add(block);
            groupOf[block.number()] = groups.size() - 1;
        }
        enter(0);
        for (Block block : blocks) {
            for (Step step : block.steps()) {
                switch (step) {
                    case Step.Jump jump -> enterUnlessNear(block, jump.edge());
                    case Step.JumpIf jump -> enterUnlessNear(block, jump.edge());
                    case Step.JumpTable table ->
                            table.edges().forEach(edge -> enter(edge.target().block()));
                    case Step.Plain _, Step.Return _, Step.Trap _ -> {}
                }
            }
        }
    }

    /**
     * Groups blocks in their order.
     *
     * @param groupSize how many instructions a group may have unless it is a single block
     * @throws IllegalArgumentException if that makes more groups than addresses of 16 bits can say
     */
    static Partition of(List<Block> blocks, int groupSize) {
        Partition partition = new Partition(blocks, groupSize);
        if (partition.groups.size() > MOST_GROUPS) {
            throw new IllegalArgumentException(partition.groups.size() + " groups");
        }
        return partition;
    }

    List<List<Block>> groups() {
        return groups;
    }

    /** Returns the blocks of a group that are entered from outside, by entry number. */
    List<Integer> entries(int group) {
        return entries.get(group);
    }

    boolean near(Block from, int block) {
        return groupOf[from.number()] == groupOf[block];
    }

    int address(int block) {
        Integer address = addresses.get(block);
        if (address == null) {
            throw new IllegalArgumentException(
                    "block " + block + " is not entered from outside its group");
        }
        return address;
    }

    private void enterUnlessNear(Block from, Edge edge) {
        if (!near(from, edge.target().block())) {
            enter(edge.target().block());
        }
    }

    private void enter(int block) {
        int group = groupOf[block];
        if (!addresses.containsKey(block)) {
            addresses.put(block, (group << ENTRY_BITS) + entries.get(group).size());
            entries.get(group).add(block);
        }
    }
}
