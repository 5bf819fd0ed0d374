package dev.postern.server.frontend;

import dev.postern.server.auth.Authenticator;
import dev.postern.server.tls.ListenTls;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What connections need before they are sessions. Everything here is shared by all of them and safe
 * for use by any thread.
 *
 * @param tls asked once for each connection, so that a reloaded certificate serves the next one
 * @param authenticator decides who may log in
 * @param parameterFilter decides what may be set
 * @param cancelRouter takes CancelRequests
 * @param listener hears of refusals
 * @param opener takes authenticated connections over
 * @param unauthenticated the bound on connections before that
 * @param authenticationTimeout how long a connection may take to get there, TLS included
 */
public record StartupServices(
        Supplier<ListenTls> tls,
        Authenticator authenticator,
        StartupParameterFilter parameterFilter,
        CancelRouter cancelRouter,
        LoginListener listener,
        SessionOpener opener,
        UnauthenticatedConnections unauthenticated,
        Duration authenticationTimeout) {

    /** How long authentication may take unless something else is configured. */
    public static final Duration DEFAULT_AUTHENTICATION_TIMEOUT = Duration.ofSeconds(15);
}
