package dev.postern.server.frontend;

import dev.postern.server.auth.LoginFault;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was turned away before it became a session.
 *
 * @param client address and port it came from
 * @param tls the TLS version; {@code null} without TLS
 * @param claimedAgent the name it claimed, at most 63 bytes; {@code null} if it got not as far
 * @param fault why
 * @param sqlState what it was told, or would have been if it was closed without a word
 */
public record RefusedLogin(
        String client,
        @Nullable String tls,
        @Nullable String claimedAgent,
        LoginFault fault,
        String sqlState) {}
