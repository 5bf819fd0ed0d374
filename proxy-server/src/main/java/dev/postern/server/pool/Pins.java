package dev.postern.server.pool;

import java.util.EnumSet;
import java.util.Set;

/** Why a session keeps its connection between transactions. */
final class Pins {

    private final PoolObserver observer;
    private final Set<Pin> pins = EnumSet.noneOf(Pin.class);
    private boolean closed;

    Pins(PoolObserver observer) {
        this.observer = observer;
    }

    void add(Pin why) {
        if (!closed && pins.add(why)) {
            observer.pinned(why, true);
        }
    }

    void remove(Pin why) {
        if (!closed && pins.remove(why)) {
            observer.pinned(why, false);
        }
    }

    boolean isEmpty() {
        return pins.isEmpty();
    }

    Set<Pin> all() {
        return Set.copyOf(pins);
    }

    /** The session ends; what tied it can still be asked for. */
    void close() {
        closed = true;
        pins.forEach(why -> observer.pinned(why, false));
    }
}
