package dev.postern.server.upstream;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the upstream hosts: every few seconds it asks each whether it is a standby, how far
 * behind, and whether the role could write there. Sessions are opened only to hosts to which
 * nothing is to be objected. It runs on threads of its own; what it knows can be read by any thread
 * at any time.
 */
public final class UpstreamProbe implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(UpstreamProbe.class);

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    /** A host that hangs holds up to two. */
    private static final long THREADS_PER_HOST = 2;

    private static final int MAX_THREADS = 128;

    private final Map<HostKey, HostProbe> probes = new LinkedHashMap<>();
    private final ScheduledExecutorService scheduler;
    private final CountDownLatch firstLooks;
    private volatile HostListener listener = HostListener.NONE;

    private record HostKey(String upstream, String host) {}

    /**
     * A host as it is now.
     *
     * @param upstream the configured name of its upstream
     * @param host {@code host:port}
     * @param objections why no session is opened to it; empty if sessions may be
     */
    public record HostState(
            String upstream, String host, HostPosture posture, List<Objection> objections) {}

    private UpstreamProbe(List<ProbeTarget> targets, LongSupplier nanoTime) {
        for (ProbeTarget target : targets) {
            for (String host : target.hosts()) {
                probes.put(new HostKey(target.name(), host), new HostProbe(target, host, nanoTime));
            }
        }
        firstLooks = new CountDownLatch(probes.size());
        scheduler =
                new ScheduledThreadPoolExecutor(
                        Math.clamp(probes.size() * THREADS_PER_HOST, 1, MAX_THREADS),
                        Thread.ofPlatform().name("upstream-probe-", 0).daemon().factory());
    }

    /**
     * Starts to look at the hosts of all upstreams. Requirements that are waived are logged here,
     * once.
     */
    public static UpstreamProbe start(List<ProbeTarget> targets, LongSupplier nanoTime) {
        for (ProbeTarget target : targets) {
            if (target.requirements().allowPrimary()) {
                log.warn(
                        "allow_primary is set: upstream={} may be a server that accepts writes",
                        target.name());
            }
            if (target.requirements().allowWritableRole()) {
                log.warn(
                        "allow_writable_role is set: upstream={} may be used with a role that can write",
                        target.name());
            }
        }
        UpstreamProbe probe = new UpstreamProbe(targets, nanoTime);
        probe.probes
                .values()
                .forEach(host -> {
                    probe.schedule(() -> probe.lookAndGoOn(host), Duration.ZERO);
                    probe.schedule(() -> probe.refreshAndGoOn(host), RETRY_INTERVAL);
                });
        return probe;
    }

    /** Says who is told from now on. */
    public void listener(HostListener next) {
        listener = next;
    }

    /**
     * Waits until every host has been looked at once, for some time: until then none is known to be
     * fit.
     */
    public void awaitFirstLooks(Duration atMost) {
        try {
            boolean _ = firstLooks.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void schedule(Runnable task, Duration delay) {
        try {
            scheduler.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("no more probes: shutting down");
        }
    }

    /**
     * A host that does not serve is looked at more often, so that it serves again soon after it
     * can.
     */
    private void lookAndGoOn(HostProbe host) {
        look(host);
        Duration interval = host.target().timing().interval();
        boolean serves = objections(host).isEmpty();
        schedule(
                () -> lookAndGoOn(host),
                serves || interval.compareTo(RETRY_INTERVAL) < 0 ? interval : RETRY_INTERVAL);
    }

    private void look(HostProbe host) {
        boolean first = host.posture() instanceof HostPosture.Unknown;
        try {
            host.look();
        } catch (RuntimeException e) {
            log.error("probe failed: upstream={} host={}", host.target().name(), host.host(), e);
            return;
        } finally {
            if (first) {
                firstLooks.countDown();
            }
        }
        report(host);
    }

    private void refreshAndGoOn(HostProbe host) {
        try {
            host.refreshRole();
        } catch (SQLException e) {
            log.warn(
                    "privileges not looked up: upstream={} host={} error={}",
                    host.target().name(),
                    host.host(),
                    JdbcConnections.words(e));
        } catch (RuntimeException e) {
            log.error("probe failed: upstream={} host={}", host.target().name(), host.host(), e);
        }
        report(host);
        schedule(() -> refreshAndGoOn(host), RETRY_INTERVAL);
    }

    private void report(HostProbe host) {
        synchronized (host) {
            List<Objection> after = objections(host);
            if (host.isNews(kinds(after))) {
                report(host, after);
            }
        }
    }

    private void report(HostProbe host, List<Objection> after) {
        String upstream = host.target().name();
        if (after.isEmpty()) {
            log.info("upstream host serves: upstream={} host={}", upstream, host.host());
            listener.onServes(upstream, host.host());
        } else {
            log.warn(
                    "upstream host does not serve: upstream={} host={} error={}",
                    upstream,
                    host.host(),
                    words(after));
            listener.onStopped(upstream, host.host(), after);
        }
    }

    private static String words(List<Objection> objections) {
        return objections.stream().map(Objection::forOperator).collect(Collectors.joining(", "));
    }

    /** Objections without their numbers, so that a growing lag is reported once. */
    private static List<Objection.Kind> kinds(List<Objection> objections) {
        return objections.stream().map(Objection::kind).toList();
    }

    private static List<Objection> objections(HostProbe host) {
        return host.posture().objections(host.target().requirements());
    }

    /**
     * Returns what stands against opening a session to a host.
     *
     * @param maxLag how far behind it may be, beside what its upstream demands; {@code null}: no
     *     further limit
     * @return empty if a session may be opened; never so for a host that is not probed
     */
    public List<Objection> objections(String upstream, String host, @Nullable Duration maxLag) {
        HostProbe probe = probes.get(new HostKey(upstream, host));
        return probe == null
                ? List.of(new Objection.NotProbed())
                : probe.posture().objections(probe.target().requirements().within(maxLag));
    }

    /**
     * Tells whether sessions may be opened to a host of an upstream; false for a host that is not
     * probed.
     */
    public boolean isEligible(String upstream, String host) {
        HostProbe probe = probes.get(new HostKey(upstream, host));
        return probe != null && objections(probe).isEmpty();
    }

    /**
     * Returns the hosts of an upstream to which sessions may be opened, in the order of the
     * configuration.
     */
    public List<String> eligibleHosts(String upstream) {
        return hosts().stream()
                .filter(state -> state.upstream().equals(upstream) && state.objections().isEmpty())
                .map(HostState::host)
                .toList();
    }

    /** Returns all hosts as they are now. */
    public List<HostState> hosts() {
        return probes.values().stream().map(this::state).toList();
    }

    /**
     * Returns what is known of one host; {@link HostPosture.Unknown} for a host that is not probed.
     */
    public HostPosture posture(String upstream, String host) {
        HostProbe probe = probes.get(new HostKey(upstream, host));
        return probe == null ? new HostPosture.Unknown() : probe.posture();
    }

    private HostState state(HostProbe probe) {
        HostPosture posture = probe.posture();
        return new HostState(
                probe.target().name(),
                probe.host(),
                posture,
                posture.objections(probe.target().requirements()));
    }

    /**
     * Returns one sentence for each upstream that has no host to serve from: what {@code /readyz}
     * says.
     */
    public List<String> notReady() {
        Map<String, List<String>> troubles = new LinkedHashMap<>();
        List<String> serving = new ArrayList<>();
        for (HostState state : hosts()) {
            if (state.objections().isEmpty()) {
                serving.add(state.upstream());
            } else {
                troubles.computeIfAbsent(state.upstream(), name -> new ArrayList<>())
                        .add(state.host() + ": " + words(state.objections()));
            }
        }
        serving.forEach(troubles::remove);
        return troubles.entrySet().stream()
                .map(entry ->
                        "upstream "
                                + entry.getKey()
                                + " has no host to serve from: "
                                + String.join("; ", entry.getValue()))
                .toList();
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
        probes.values().forEach(HostProbe::close);
    }
}
