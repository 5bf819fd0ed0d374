package dev.postern.sql.grammar;

/**
 * PostgreSQL's own parser: one instance, used by one thread at a time.
 *
 * <p>An implementation holds memory of its own; {@link #close} gives it back.
 */
public interface Grammar extends AutoCloseable {

    /**
     * Parses a text.
     *
     * @param utf8 the text, valid UTF-8 without NUL; neither kept nor changed
     * @return a tree, the error PostgreSQL would give, or why the parse was given up. After {@link
     *     ParseOutcome.Exhausted} this instance is spent: close it and take another.
     */
    ParseOutcome parse(byte[] utf8);

    @Override
    void close();
}
