package dev.postern.server;

import dev.postern.server.audit.AuditHealth;
import dev.postern.server.audit.AuditTrail;
import dev.postern.server.catalog.CatalogService;
import dev.postern.server.upstream.UpstreamProbe;
import java.util.ArrayList;
import java.util.List;

/** Why agents should not be sent here, if so. Safe for use by any thread. */
final class Readiness {

    private final AuditTrail audit;
    private final UpstreamProbe upstreams;
    private final CatalogService catalogs;
    private volatile boolean draining;

    Readiness(AuditTrail audit, UpstreamProbe upstreams, CatalogService catalogs) {
        this.audit = audit;
        this.upstreams = upstreams;
        this.catalogs = catalogs;
    }

    void draining() {
        draining = true;
    }

    /** Returns one sentence for each reason; empty if agents are welcome. */
    List<String> troubles() {
        List<String> troubles = new ArrayList<>();
        if (draining) {
            troubles.add("shutting down: no new sessions");
        }
        switch (audit.health()) {
            case AuditHealth.Available available -> {}
            case AuditHealth.Unavailable(String reason, var since) ->
                    troubles.add("audit: statements are refused since " + since + ": " + reason);
        }
        troubles.addAll(upstreams.notReady());
        troubles.addAll(catalogs.troubles());
        return troubles;
    }
}
