package dev.postern.server;

import dev.postern.server.upstream.HostListener;
import dev.postern.server.upstream.HostSelection;
import dev.postern.server.upstream.Objection;
import dev.postern.server.upstream.UpstreamHost;
import java.util.List;
import java.util.Map;

/** Passes on what the probe reports: first to those who choose hosts, then to the sessions. */
final class HostChanges implements HostListener {

    private final Map<String, UpstreamRoute> routes;
    private final HostListener sessions;

    HostChanges(Map<String, UpstreamRoute> routes, HostListener sessions) {
        this.routes = Map.copyOf(routes);
        this.sessions = sessions;
    }

    @Override
    public void onServes(String upstream, String host) {
        UpstreamRoute route = routes.get(upstream);
        if (route != null) {
            route.hosts().stream()
                    .filter(one -> one.toString().equals(host))
                    .forEach(route.known().selection()::onServes);
        }
        sessions.onServes(upstream, host);
    }

    /** A host that only lags is well: it needs no back-off and may return at once. */
    @Override
    public void onStopped(String upstream, String host, List<Objection> objections) {
        UpstreamRoute route = routes.get(upstream);
        if (route != null && objections.stream().anyMatch(o -> o.kind() != Objection.Kind.LAG)) {
            HostSelection selection = route.known().selection();
            for (UpstreamHost one : route.hosts()) {
                if (one.toString().equals(host)) {
                    selection.onStopped(one);
                }
            }
        }
        sessions.onStopped(upstream, host, objections);
    }
}
