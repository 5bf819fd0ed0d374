package dev.postern.server.config;

import java.time.Duration;

/**
 * The section {@code gate}.
 *
 * @param threads that read texts
 * @param maxText bytes of one SQL text
 * @param maxTree bytes of a text's parse tree as the grammar prints it
 * @param maxNesting depth of a text's parse tree
 * @param maxNodes nodes of a text's parse tree
 * @param maxStatements statements in one text
 * @param timeLimit processor time for the verdict on one text
 * @param wallTimeLimit time for it on a busy machine
 * @param maxWaiting texts that may wait to be read
 * @param maxWaitingSize bytes of them
 * @param secondReader limits of the second reader
 * @param cacheSize bytes of remembered verdicts
 * @param catalog how what databases hold is read
 */
public record GateConfig(
        int threads,
        int maxText,
        int maxTree,
        int maxNesting,
        int maxNodes,
        int maxStatements,
        Duration timeLimit,
        Duration wallTimeLimit,
        int maxWaiting,
        long maxWaitingSize,
        SecondReader secondReader,
        long cacheSize,
        Catalog catalog) {

    public GateConfig {
        Keys.GATE_THREADS.check(threads);
        Keys.GATE_MAX_TEXT.check(maxText);
        Keys.GATE_MAX_TREE.check(maxTree);
        Keys.GATE_MAX_NESTING.check(maxNesting);
        Keys.GATE_MAX_NODES.check(maxNodes);
        Keys.GATE_MAX_STATEMENTS.check(maxStatements);
        Keys.GATE_TIME_LIMIT.check(timeLimit);
        Keys.GATE_WALL_TIME_LIMIT.check(wallTimeLimit);
        Keys.GATE_MAX_WAITING.check(maxWaiting);
        Keys.GATE_MAX_WAITING_SIZE.check(maxWaitingSize);
        Keys.GATE_CACHE_SIZE.check(cacheSize);
    }

    /**
     * The section {@code gate.second_reader}.
     *
     * @param timeLimit for reading one text
     */
    public record SecondReader(Duration timeLimit) {

        public SecondReader {
            Keys.GATE_SECOND_READER_TIME_LIMIT.check(timeLimit);
        }
    }

    /**
     * The section {@code gate.catalog}.
     *
     * @param refreshInterval how often databases are looked at for changes
     * @param minInterval between looks that statements cause
     * @param maxWait of a statement for such a look to begin
     * @param timeLimit for each query
     * @param maxObjects of one database
     * @param maxDefinition characters of one definition
     * @param maxText characters of all of a database's definitions
     */
    public record Catalog(
            Duration refreshInterval,
            Duration minInterval,
            Duration maxWait,
            Duration timeLimit,
            int maxObjects,
            int maxDefinition,
            long maxText) {

        public Catalog {
            Keys.GATE_CATALOG_REFRESH_INTERVAL.check(refreshInterval);
            Keys.GATE_CATALOG_MIN_INTERVAL.check(minInterval);
            Keys.GATE_CATALOG_MAX_WAIT.check(maxWait);
            Keys.GATE_CATALOG_TIME_LIMIT.check(timeLimit);
            Keys.GATE_CATALOG_MAX_OBJECTS.check(maxObjects);
            Keys.GATE_CATALOG_MAX_DEFINITION.check(maxDefinition);
            Keys.GATE_CATALOG_MAX_TEXT.check(maxText);
        }
    }
}
