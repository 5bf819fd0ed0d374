package dev.postern.server;

import dev.postern.server.enforce.HostLag;
import dev.postern.server.upstream.HostEligibility;
import dev.postern.server.upstream.HostPosture;
import dev.postern.server.upstream.HostSelection;
import dev.postern.server.upstream.Objection;
import dev.postern.server.upstream.UpstreamHost;
import dev.postern.server.upstream.UpstreamProbe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What is known of one upstream's hosts. Safe for use by any thread; never blocks. */
final class UpstreamHosts implements HostEligibility {

    private static final double NANOS_PER_SECOND = 1e9;

    private final String upstream;
    private final UpstreamProbe probe;
    private final HostSelection selection;
    private final Map<UpstreamHost, String> texts = new ConcurrentHashMap<>();

    UpstreamHosts(String upstream, UpstreamProbe probe, HostSelection selection) {
        this.upstream = upstream;
        this.probe = probe;
        this.selection = selection;
    }

    HostSelection selection() {
        return selection;
    }

    @Override
    public List<Objection> objections(UpstreamHost host, @Nullable Duration maxLag) {
        return probe.objections(upstream, text(host), maxLag);
    }

    HostPosture posture(UpstreamHost host) {
        return probe.posture(upstream, text(host));
    }

    private String text(UpstreamHost host) {
        return texts.computeIfAbsent(host, UpstreamHost::toString);
    }

    /** Returns why sessions on a host must end, {@code null} if they may go on. */
    @Nullable Objection loss(UpstreamHost host) {
        for (Objection objection : objections(host, null)) {
            if (objection.endsSessions()) {
                return objection;
            }
        }
        return null;
    }

    /** Returns how far a host was behind when it was looked at last. */
    HostLag.Reading lag(UpstreamHost host) {
        return switch (posture(host)) {
            case HostPosture.Unknown unknown -> new HostLag.Reading.Unknown();
            case HostPosture.Unreachable unreachable -> new HostLag.Reading.Unknown();
            case HostPosture.Reachable reachable when !reachable.standby() ->
                    new HostLag.Reading.Primary();
            case HostPosture.Reachable reachable ->
                    Double.isNaN(reachable.lag().seconds())
                            ? new HostLag.Reading.Unknown()
                            : new HostLag.Reading.Behind(
                                    Duration.ofNanos(
                                            (long) (reachable.lag().seconds() * NANOS_PER_SECOND)));
        };
    }
}
