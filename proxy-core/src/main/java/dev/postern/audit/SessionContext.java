package dev.postern.audit;

import dev.postern.identity.Principal;
import org.jspecify.annotations.Nullable;

/**
 * What every event of one session shares. Immutable, one instance for the whole of a session once
 * it is authenticated, so that an encoder may keep its encoded form.
 *
 * @param session the session's id, unique among all sessions of all Postern processes
 * @param client address and port of the agent
 * @param tls the TLS version negotiated with the agent, {@code null} without TLS
 * @param principal who asks; {@code null} before authentication has succeeded
 * @param database what it is connected to; {@code null} before it is known
 * @param upstream the configured name of the upstream; {@code null} before it is known
 * @param policy the name of the policy that applies; {@code null} before it is known
 */
public record SessionContext(
        String session,
        String client,
        @Nullable String tls,
        @Nullable Principal principal,
        @Nullable String database,
        @Nullable String upstream,
        @Nullable String policy) {}
