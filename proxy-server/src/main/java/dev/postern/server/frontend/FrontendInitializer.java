package dev.postern.server.frontend;

import dev.postern.server.tls.ListenTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;

/**
 * Sets a fresh agent connection up. What happens to it, by the handlers it has:
 *
 * <pre>
 * TlsDetector    first byte 0x16: TLS begins at once, if the listener has TLS
 *   StartupHandler   SSLRequest: 'S' and TLS, or 'N'; GSSENCRequest: 'N'; CancelRequest: routed, closed
 *     StartupMessage: (NegotiateProtocolVersion,) AuthenticationSASL
 *   SaslHandler      SASLInitialResponse, SASLResponse: AuthenticationOk
 *     SessionOpener.open: the session's own handlers, none of these are left
 * LoginGuard     the time limit, the bound, and the one way to refuse; there from the first byte to AuthenticationOk
 * </pre>
 */
@ChannelHandler.Sharable
public final class FrontendInitializer extends ChannelInitializer<Channel> {

    private final StartupServices services;

    public FrontendInitializer(StartupServices services) {
        this.services = services;
    }

    @Override
    protected void initChannel(Channel channel) {
        ListenTls tls = services.tls().get();
        LoginGuard guard = new LoginGuard(services);
        if (tls.mode() != ListenTls.Mode.DISABLE) {
            channel.pipeline().addLast(new TlsDetector(tls));
        }
        channel.pipeline().addLast(new StartupHandler(services, tls, guard), guard);
    }
}
