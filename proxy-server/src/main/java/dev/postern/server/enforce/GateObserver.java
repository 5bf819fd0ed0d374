package dev.postern.server.enforce;

/**
 * Is told what the gate does, for metrics. Called on any thread, also on event loops: returns at
 * once.
 */
public interface GateObserver {

    /** Tells nobody. */
    GateObserver NONE =
            new GateObserver() {
                @Override
                public void looked(CacheResult result) {}

                @Override
                public void judged(long nanos) {}

                @Override
                public void readAgain(SecondReaderResult result) {}
            };

    /** A verdict was looked for among the known ones. */
    void looked(CacheResult result);

    /** A text was read and judged; {@code nanos} from its arrival, waiting included. */
    void judged(long nanos);

    /** The second reader was asked. */
    void readAgain(SecondReaderResult result);

    /** How a verdict was found. */
    enum CacheResult {
        /** The same text was judged before. */
        EXACT,
        /** A text of the same shape was judged before. */
        SHAPE,
        /** Not at all. */
        MISS
    }

    /** What the second reader contributed. */
    enum SecondReaderResult {
        /** It saw reads only, as the grammar did. */
        AGREED,
        /** It saw reads only, but another number of them. */
        COUNTED_DIFFERENTLY,
        /** It saw a write: the text was refused. */
        VETO,
        /** It cannot read the text: no vote. */
        UNREADABLE,
        /** It did not end in time: no vote. */
        TIMEOUT,
        /** The text is too long for it, or its threads are busy: no vote. */
        SKIPPED
    }
}
