package dev.postern.server.upstream;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the upstream hosts: every few seconds it asks each whether it is a standby, how far
 * behind, and whether the role could write there. Sessions are opened only to hosts to which
 * nothing is to be objected. It runs on threads of its own; what it knows can be read by any thread
 * at any time.
 */
public final class UpstreamProbe implements AutoCloseable {

    /** How long after a look the next begins. */
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(UpstreamProbe.class);

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_THREADS = 16;

    private final Map<HostKey, HostProbe> probes = new LinkedHashMap<>();
    private final ScheduledExecutorService scheduler;
    private final CountDownLatch firstLooks;
    private final Duration interval;
    private final Duration maxAge;

    private record HostKey(String upstream, String host) {}

    /**
     * A host as it is now.
     *
     * @param upstream the configured name of its upstream
     * @param host {@code host:port}
     * @param objections why no session is opened to it; empty if sessions may be
     */
    public record HostState(
            String upstream, String host, HostPosture posture, List<String> objections) {}

    private UpstreamProbe(List<ProbeTarget> targets, Duration interval, LongSupplier nanoTime) {
        this.interval = interval;
        maxAge = interval.plus(TIMEOUT.multipliedBy(3));
        for (ProbeTarget target : targets) {
            for (String host : target.hosts()) {
                probes.put(
                        new HostKey(target.name(), host),
                        new HostProbe(target, host, TIMEOUT, nanoTime));
            }
        }
        firstLooks = new CountDownLatch(probes.size());
        scheduler =
                new ScheduledThreadPoolExecutor(
                        Math.clamp(probes.size(), 1, MAX_THREADS),
                        Thread.ofPlatform().name("upstream-probe-", 0).daemon().factory());
    }

    /**
     * Starts to look at the hosts of all upstreams. Requirements that are waived are logged here,
     * once.
     */
    public static UpstreamProbe start(
            List<ProbeTarget> targets, Duration interval, LongSupplier nanoTime) {
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
        UpstreamProbe probe = new UpstreamProbe(targets, interval, nanoTime);
        probe.probes.values().forEach(host -> probe.schedule(host, Duration.ZERO));
        return probe;
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

    private void schedule(HostProbe host, Duration delay) {
        try {
            scheduler.schedule(() -> lookAndGoOn(host), delay.toMillis(), TimeUnit.MILLISECONDS);
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
        boolean serves = objections(host).isEmpty();
        schedule(
                host, serves || interval.compareTo(RETRY_INTERVAL) < 0 ? interval : RETRY_INTERVAL);
    }

    private void look(HostProbe host) {
        boolean first = host.posture(maxAge) instanceof HostPosture.Unknown;
        List<String> before = objections(host);
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
        List<String> after = objections(host);
        if (before.isEmpty() != after.isEmpty() || !kinds(before).equals(kinds(after))) {
            if (after.isEmpty()) {
                log.info(
                        "upstream host serves: upstream={} host={}",
                        host.target().name(),
                        host.host());
            } else {
                log.warn(
                        "upstream host does not serve: upstream={} host={} error={}",
                        host.target().name(),
                        host.host(),
                        String.join(", ", after));
            }
        }
    }

    /** Objections without their numbers, so that a growing lag is logged once. */
    private static List<String> kinds(List<String> objections) {
        return objections.stream().map(text -> text.replaceAll("[0-9.]+", "#")).toList();
    }

    private List<String> objections(HostProbe host) {
        return host.posture(maxAge).objections(host.target().requirements());
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
        return probe == null ? new HostPosture.Unknown() : probe.posture(maxAge);
    }

    private HostState state(HostProbe probe) {
        HostPosture posture = probe.posture(maxAge);
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
                        .add(state.host() + ": " + String.join(", ", state.objections()));
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
