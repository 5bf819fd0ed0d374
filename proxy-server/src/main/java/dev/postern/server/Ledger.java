package dev.postern.server;

import dev.postern.audit.AuditEvent;
import dev.postern.audit.AuditSink;
import dev.postern.audit.EventId;
import dev.postern.audit.SessionContext;
import dev.postern.server.frontend.RefusedLogin;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Records what belongs to no session. Safe for use by any thread. */
final class Ledger {

    private static final SessionContext NO_SESSION =
            new SessionContext("", "", null, null, null, null, null);

    private final AuditSink audit;
    private final InstantSource clock;

    Ledger(AuditSink audit, InstantSource clock) {
        this.audit = audit;
        this.clock = clock;
    }

    void authenticationFailed(RefusedLogin refused) {
        long now = clock.millis();
        audit.accept(
                new AuditEvent.AuthenticationFailed(
                        newId(now),
                        now,
                        new SessionContext(
                                "", refused.client(), refused.tls(), null, null, null, null),
                        refused.claimedAgent(),
                        refused.fault().code(),
                        refused.sqlState()));
    }

    void configurationChanged(String message, @Nullable String sqlState) {
        long now = clock.millis();
        audit.accept(
                new AuditEvent.ConfigurationChanged(
                        newId(now), now, NO_SESSION, message, sqlState));
    }

    private static EventId newId(long now) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return EventId.of(now, random.nextLong(), random.nextLong());
    }
}
