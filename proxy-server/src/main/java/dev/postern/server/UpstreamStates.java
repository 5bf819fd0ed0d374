package dev.postern.server;

import dev.postern.server.metrics.UpstreamStatus;
import dev.postern.server.upstream.HostPosture;

/** What the probe found, as the metrics show it. */
final class UpstreamStates {

    private UpstreamStates() {}

    static UpstreamStatus status(HostPosture posture) {
        return switch (posture) {
            case HostPosture.Unknown unknown -> UpstreamStatus.UNKNOWN;
            case HostPosture.Unreachable unreachable -> UpstreamStatus.UNKNOWN;
            case HostPosture.Reachable host ->
                    new UpstreamStatus(
                            true,
                            host.standby(),
                            host.lagSeconds(),
                            !host.writeAbilities().isEmpty());
        };
    }
}
