package dev.postern.server.frontend;

import dev.postern.protocol.BackendMessages;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.StartupPacket;
import dev.postern.server.auth.Authenticator;
import dev.postern.server.auth.Login;
import dev.postern.server.auth.LoginFault;
import dev.postern.server.auth.LoginReply;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the two messages by which an agent authenticates, then leaves the connection to the {@link
 * SessionOpener}.
 *
 * <pre>
 * SASLInitialResponse: 'p' Int32 length String mechanism Int32 n Byte(n)
 * SASLResponse:        'p' Int32 length Byte(n)
 * </pre>
 *
 * Terminate closes, any other message is refused by its first byte.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sasl-authentication.html">PostgreSQL, "SASL
 *     Authentication"</a>
 */
final class SaslHandler extends ByteToMessageDecoder {

    /** PostgreSQL's PG_MAX_SASL_MESSAGE_LENGTH: what the length word may say beyond itself. */
    static final int MAX_SASL_MESSAGE_LENGTH = 1024;

    private static final byte PASSWORD_MESSAGE = 'p';
    private static final byte TERMINATE = 'X';
    private static final int HEADER_LENGTH = 1 + Integer.BYTES;

    private final StartupServices services;
    private final LoginGuard guard;
    private final StartupPacket.StartupMessage startup;
    private final Login login;
    private boolean mechanismChosen;

    SaslHandler(
            StartupServices services,
            LoginGuard guard,
            StartupPacket.StartupMessage startup,
            Login login) {
        this.services = services;
        this.guard = guard;
        this.startup = startup;
        this.login = login;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (guard.isOver()) {
            in.skipBytes(in.readableBytes());
            return;
        }
        byte type = in.getByte(in.readerIndex());
        if (type == TERMINATE) {
            in.skipBytes(in.readableBytes());
            ctx.close();
        } else if (type != PASSWORD_MESSAGE) {
            refuse(
                    ctx,
                    LoginFault.UNEXPECTED_MESSAGE,
                    "expected SASL response, got message type " + (type & 0xFF));
        } else if (in.readableBytes() >= HEADER_LENGTH) {
            decodePasswordMessage(ctx, in);
        }
    }

    private void decodePasswordMessage(ChannelHandlerContext ctx, ByteBuf in) {
        int length = in.getInt(in.readerIndex() + 1) - Integer.BYTES;
        if (length < 0 || length > MAX_SASL_MESSAGE_LENGTH) {
            refuse(ctx, LoginFault.PROTOCOL, "invalid length of SASL message");
        } else if (in.readableBytes() >= HEADER_LENGTH + length) {
            ByteBuf body = in.skipBytes(HEADER_LENGTH).readSlice(length);
            byte[] data = mechanismChosen ? rest(body) : initialResponse(body);
            mechanismChosen = true;
            if (data == null) {
                refuse(
                        ctx,
                        LoginFault.PROTOCOL,
                        "client selected an invalid SASL authentication mechanism");
            } else {
                onReply(ctx, login.onMessage(data));
            }
        }
    }

    /**
     * Returns the data; {@code null} if the mechanism is none that was offered, or the message is
     * not whole.
     */
    private static byte @Nullable [] initialResponse(ByteBuf body) {
        int nameLength = body.bytesBefore((byte) 0);
        if (nameLength < 0) {
            return null;
        }
        String mechanism = body.readCharSequence(nameLength, StandardCharsets.US_ASCII).toString();
        body.skipBytes(1);
        if (!Authenticator.MECHANISMS.contains(mechanism)
                || body.readableBytes() < Integer.BYTES
                || body.readInt() != body.readableBytes()) {
            return null;
        }
        return rest(body);
    }

    private static byte[] rest(ByteBuf body) {
        byte[] data = new byte[body.readableBytes()];
        body.readBytes(data);
        return data;
    }

    private void onReply(ChannelHandlerContext ctx, LoginReply reply) {
        switch (reply) {
            case LoginReply.Challenge challenge -> {
                ByteBuf answer = ctx.alloc().buffer();
                BackendMessages.authenticationSaslContinue(answer, challenge.data());
                ctx.writeAndFlush(answer);
            }
            case LoginReply.Accepted accepted -> onAccepted(ctx, accepted);
            case LoginReply.Malformed(String message) -> refuse(ctx, LoginFault.PROTOCOL, message);
            case LoginReply.Refused(LoginFault fault) ->
                    guard.refuse(
                            ctx.channel(),
                            fault,
                            ErrorResponse.fatal(
                                    SqlState.INVALID_PASSWORD,
                                    "password authentication failed for user \""
                                            + startup.user()
                                            + "\""));
        }
    }

    private void onAccepted(ChannelHandlerContext ctx, LoginReply.Accepted accepted) {
        ByteBuf answer = ctx.alloc().buffer();
        BackendMessages.authenticationSaslFinal(answer, accepted.data());
        BackendMessages.authenticationOk(answer);
        ctx.writeAndFlush(answer);
        switch (StartupSettings.of(startup, services.parameterFilter())) {
            case StartupSettings.Refused(ErrorResponse error) ->
                    guard.refuse(ctx.channel(), LoginFault.PARAMETER, error);
            case StartupSettings.Allowed allowed -> open(ctx, accepted, allowed);
        }
    }

    /**
     * The opener's handlers stand behind this one when it leaves, so they get what is still in its
     * buffer.
     */
    private void open(
            ChannelHandlerContext ctx,
            LoginReply.Accepted accepted,
            StartupSettings.Allowed allowed) {
        ctx.channel().config().setAutoRead(false);
        ctx.pipeline().remove(guard);
        services.opener()
                .open(
                        ctx.channel(),
                        new AuthenticatedStartup(
                                accepted.agent(),
                                startup.database(),
                                allowed.settings(),
                                startup.version().negotiated(),
                                LoginGuard.client(ctx.channel()),
                                guard.tlsVersion(),
                                allowed.declared()));
        ctx.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext ctx, LoginFault fault, String message) {
        guard.refuse(
                ctx.channel(), fault, ErrorResponse.fatal(SqlState.PROTOCOL_VIOLATION, message));
    }
}
