package dev.postern.server.upstream;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which of an upstream's hosts the next connection goes to: the one with the fewest connections,
 * ties by turns. Safe for use by any thread.
 *
 * <pre>
 * SERVING ──failure──→ EJECTED ──back-off over, and not down──→ RETURNING ──slow start over──→ SERVING
 *                         ↑───────────────failure────────────────────┘
 * </pre>
 *
 * An ejected host is taken only where no other is to be had. The back-off doubles with each failure
 * until the host has been well for as long as the longest of them. A returning host counts as if it
 * had more connections than it has, less so as time passes, so that it is not flooded.
 */
public final class HostSelection {

    /** A host that has just returned is chosen as if it were a tenth of another. */
    private static final double MIN_SHARE = 0.1;

    private final Settings settings;
    private final LongSupplier nanoTime;
    private final Map<UpstreamHost, Entry> entries = new LinkedHashMap<>();
    private final List<UpstreamHost> order;
    private int turn;

    /**
     * How failures are answered.
     *
     * @param firstEjection how long a host is passed over after its first failure
     * @param maxEjection the longest time
     * @param slowStart from a host's return to its full share; zero: at once
     */
    public record Settings(Duration firstEjection, Duration maxEjection, Duration slowStart) {}

    /** How a host stands. */
    public enum State {
        SERVING,
        EJECTED,
        RETURNING
    }

    /**
     * A host in numbers.
     *
     * @param connections opened or being opened, and not closed
     * @param share of what it would get at its best: 0 while it is ejected, 1 if nothing is wrong
     * @param ejections since the start
     */
    public record HostNumbers(State state, int connections, double share, long ejections) {}

    private static final class Entry {
        private int connections;
        private int failures;
        private boolean down;
        private long returnAt;
        private long ejections;
    }

    public HostSelection(Collection<UpstreamHost> hosts, Settings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        hosts.forEach(host -> entries.put(host, new Entry()));
        this.order = List.copyOf(entries.keySet());
    }

    /**
     * Chooses a host for a connection, which counts from now on until {@link #release}.
     *
     * @param candidates those that may serve and were not tried yet
     * @return {@code null} if there is none
     */
    public synchronized @Nullable UpstreamHost take(Collection<UpstreamHost> candidates) {
        long now = nanoTime.getAsLong();
        UpstreamHost best = null;
        double bestScore = Double.POSITIVE_INFINITY;
        UpstreamHost soonest = null;
        long soonestIn = Long.MAX_VALUE;
        int first = turn;
        for (int i = 0; i < order.size(); i++) {
            int index = (first + i) % order.size();
            UpstreamHost host = order.get(index);
            Entry entry = entries.get(host);
            if (entry == null || !candidates.contains(host)) {
                continue;
            }
            double share = share(entry, now);
            if (share > 0 && (entry.connections + 1) / share < bestScore) {
                best = host;
                bestScore = (entry.connections + 1) / share;
                turn = (index + 1) % order.size();
            } else if (share == 0 && entry.returnAt - now < soonestIn) {
                soonest = host;
                soonestIn = entry.returnAt - now;
            }
        }
        UpstreamHost chosen = best == null ? soonest : best;
        if (chosen != null) {
            entry(chosen).connections++;
        }
        return chosen;
    }

    /** A connection is closed, or was not opened. */
    public synchronized void release(UpstreamHost host) {
        entry(host).connections--;
    }

    /** A connection could not be opened, for a reason that lies with the host. */
    public synchronized void onFailure(UpstreamHost host) {
        eject(entry(host));
    }

    /** The host is known not to be fit to serve, until {@link #onServes}. */
    public synchronized void onStopped(UpstreamHost host) {
        Entry entry = entry(host);
        eject(entry);
        entry.down = true;
    }

    /** The host is fit to serve. */
    public synchronized void onServes(UpstreamHost host) {
        Entry entry = entry(host);
        if (entry.down) {
            entry.down = false;
            long now = nanoTime.getAsLong();
            if (entry.returnAt - now < 0) {
                entry.returnAt = now;
            }
        }
    }

    /** Returns how a host stands. */
    public synchronized HostNumbers numbers(UpstreamHost host) {
        Entry entry = entry(host);
        double share = share(entry, nanoTime.getAsLong());
        State state = share == 0 ? State.EJECTED : share < 1 ? State.RETURNING : State.SERVING;
        return new HostNumbers(state, entry.connections, share, entry.ejections);
    }

    private void eject(Entry entry) {
        long now = nanoTime.getAsLong();
        if (share(entry, now) == 0) {
            return;
        }
        long max = settings.maxEjection().toNanos();
        if (entry.failures > 0
                && now - entry.returnAt >= Math.max(max, settings.slowStart().toNanos())) {
            entry.failures = 0;
        }
        long backOff = settings.firstEjection().toNanos();
        for (int i = 0; i < entry.failures && backOff < max; i++) {
            backOff *= 2;
        }
        entry.failures++;
        entry.ejections++;
        entry.returnAt = now + Math.min(backOff, max);
    }

    private double share(Entry entry, long now) {
        if (entry.down) {
            return 0;
        }
        if (entry.failures == 0) {
            return 1;
        }
        long back = now - entry.returnAt;
        if (back < 0) {
            return 0;
        }
        long slowStart = settings.slowStart().toNanos();
        return back >= slowStart ? 1 : Math.max(MIN_SHARE, (double) back / (double) slowStart);
    }

    private Entry entry(UpstreamHost host) {
        Entry entry = entries.get(host);
        if (entry == null) {
            throw new IllegalArgumentException("not a host of this upstream: " + host);
        }
        return entry;
    }
}
