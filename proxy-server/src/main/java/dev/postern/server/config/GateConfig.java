package dev.postern.server.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code gate}.
 *
 * @param threads that read texts; {@code null}: one for each processor, at most 4
 * @param maxText bytes of one SQL text
 * @param maxTree bytes of a text's parse tree as the grammar prints it
 * @param maxNesting depth of a text's parse tree
 * @param maxNodes nodes of a text's parse tree
 * @param maxStatements statements in one text
 * @param timeLimit for the verdict on one text
 * @param memory bytes one parse may take
 * @param maxWaiting texts that may wait to be read
 * @param secondReader limits of the second reader
 * @param cacheSize bytes of remembered verdicts
 */
public record GateConfig(
        @Nullable Integer threads,
        int maxText,
        int maxTree,
        int maxNesting,
        int maxNodes,
        int maxStatements,
        Duration timeLimit,
        long memory,
        int maxWaiting,
        SecondReader secondReader,
        long cacheSize) {

    public GateConfig {
        Keys.GATE_THREADS.checkIfPresent(threads);
        Keys.GATE_MAX_TEXT.check(maxText);
        Keys.GATE_MAX_TREE.check(maxTree);
        Keys.GATE_MAX_NESTING.check(maxNesting);
        Keys.GATE_MAX_NODES.check(maxNodes);
        Keys.GATE_MAX_STATEMENTS.check(maxStatements);
        Keys.GATE_TIME_LIMIT.check(timeLimit);
        Keys.GATE_MEMORY.check(memory);
        Keys.GATE_MAX_WAITING.check(maxWaiting);
        Keys.GATE_CACHE_SIZE.check(cacheSize);
    }

    /**
     * The section {@code gate.second_reader}.
     *
     * @param timeLimit for reading one text
     * @param threads that read
     */
    public record SecondReader(Duration timeLimit, int threads) {

        public SecondReader {
            Keys.GATE_SECOND_READER_TIME_LIMIT.check(timeLimit);
            Keys.GATE_SECOND_READER_THREADS.check(threads);
        }
    }
}
