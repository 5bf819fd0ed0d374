package dev.postern.server;

import dev.postern.server.metrics.ServerMetrics;
import dev.postern.server.metrics.UpstreamStatus;
import dev.postern.server.upstream.HostPosture;
import dev.postern.server.upstream.HostSelection;
import dev.postern.server.upstream.Objection;
import dev.postern.server.upstream.UpstreamHost;
import java.util.Collection;
import java.util.Locale;

/** What is known of hosts, as the metrics show it. */
final class UpstreamStates {

    private UpstreamStates() {}

    static void publish(Collection<UpstreamRoute> routes, ServerMetrics metrics) {
        for (UpstreamRoute route : routes) {
            route.hosts().stream().distinct().forEach(host -> publish(route, host, metrics));
        }
    }

    private static void publish(UpstreamRoute route, UpstreamHost host, ServerMetrics metrics) {
        UpstreamHosts known = route.known();
        String label = host.toString();
        boolean first =
                metrics.upstream(
                        label,
                        route.allowPrimary(),
                        route.allowWritableRole(),
                        () -> status(known.posture(host)));
        metrics.upstreamConnections(
                label, ServerMetrics.ConnectionState.ACTIVE, () -> route.connections().used(host));
        metrics.upstreamConnections(
                label, ServerMetrics.ConnectionState.IDLE, () -> route.connections().idle(host));
        if (!first) {
            return;
        }
        for (Objection.Kind kind : Objection.Kind.values()) {
            metrics.upstreamObjection(
                    label,
                    kind.name().toLowerCase(Locale.ROOT),
                    () ->
                            known.objections(host, null).stream()
                                    .anyMatch(objection -> objection.kind() == kind));
        }
        HostSelection selection = known.selection();
        metrics.upstreamSelection(
                label,
                () -> selection.numbers(host).share(),
                () -> selection.numbers(host).ejections());
    }

    static UpstreamStatus status(HostPosture posture) {
        return switch (posture) {
            case HostPosture.Unknown unknown -> UpstreamStatus.UNKNOWN;
            case HostPosture.Unreachable unreachable -> UpstreamStatus.UNKNOWN;
            case HostPosture.Reachable host ->
                    new UpstreamStatus(
                            true,
                            host.standby(),
                            host.lag().seconds(),
                            host.lag().bytes(),
                            host.version().number(),
                            !host.writeAbilities().isEmpty());
        };
    }
}
