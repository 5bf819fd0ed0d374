package dev.postern.server.frontend;

import io.netty.channel.Channel;

/** Takes a connection over when its agent has authenticated. */
@FunctionalInterface
public interface SessionOpener {

    /**
     * Takes a connection over. Called once, on the connection's event loop.
     *
     * <p>AuthenticationOk has been sent; ParameterStatus, BackendKeyData and ReadyForQuery, or an
     * ErrorResponse, are the session's to send. The channel does not read ({@code autoRead} is
     * off). Handlers must be added at the end of the pipeline before this method returns: what the
     * agent has sent ahead reaches them right after, as {@code channelRead} of a {@link
     * io.netty.buffer.ByteBuf}, before anything else does; nothing of it may run before the session
     * is ready.
     */
    void open(Channel channel, AuthenticatedStartup startup);
}
