package dev.postern.server.upstream;

import dev.postern.protocol.FrontendMessages;
import dev.postern.server.tls.UpstreamTls.ChannelBinding;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers the authentication requests of one connection. Each step takes the requests that may come
 * then; any other is a violation.
 *
 * <pre>
 * BEGIN   0 Ok            → DONE                  the server trusts the address or the TLS certificate
 *         3 cleartext     → ANSWERED, over TLS only
 *         5 MD5           → ANSWERED
 *         10 SASL         → SCRAM_FIRST
 * SCRAM_FIRST 11 continue → SCRAM_FINAL           the proof is computed on another thread
 * SCRAM_FINAL 12 final    → ANSWERED              the server has proved itself as well
 * ANSWERED    0 Ok        → DONE
 * </pre>
 *
 * Where channel binding is required, the only way is by SASL, with a mechanism that binds.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-CHANNEL-BINDING">PostgreSQL,
 *     channel_binding</a>
 */
final class UpstreamAuthentication {

    private enum Step {
        BEGIN,
        SCRAM_FIRST,
        SCRAM_FINAL,
        ANSWERED,
        DONE
    }

    private static final int OK = 0;
    private static final int CLEARTEXT_PASSWORD = 3;
    private static final int MD5_PASSWORD = 5;
    private static final int SASL = 10;
    private static final int SASL_CONTINUE = 11;
    private static final int SASL_FINAL = 12;
    private static final int MD5_SALT_LENGTH = 4;

    private final UpstreamTarget target;
    private final UpstreamHost host;
    private final Consumer<UpstreamFailure> onFailure;
    private Step step = Step.BEGIN;
    private @Nullable UpstreamScram scram;

    UpstreamAuthentication(
            UpstreamTarget target, UpstreamHost host, Consumer<UpstreamFailure> onFailure) {
        this.target = target;
        this.host = host;
        this.onFailure = onFailure;
    }

    /** Tells whether AuthenticationOk has come in its place. */
    boolean isDone() {
        return step == Step.DONE;
    }

    /**
     * Takes an AuthenticationRequest's body.
     *
     * @throws IndexOutOfBoundsException if it is too short
     */
    void onRequest(ChannelHandlerContext ctx, ByteBuf body, @Nullable SslHandler tls) {
        int code = body.readInt();
        switch (step) {
            case BEGIN -> onFirstRequest(ctx, code, body, tls);
            case SCRAM_FIRST -> {
                expect(code, SASL_CONTINUE, () -> onSaslContinue(ctx, text(body)));
            }
            case SCRAM_FINAL -> expect(code, SASL_FINAL, () -> onSaslFinal(text(body)));
            case ANSWERED -> expect(code, OK, () -> step = Step.DONE);
            case DONE -> violation("authentication request after AuthenticationOk");
        }
    }

    private void expect(int code, int expected, Runnable action) {
        if (code == expected) {
            action.run();
        } else {
            violation("authentication request " + code);
        }
    }

    private void onFirstRequest(
            ChannelHandlerContext ctx, int code, ByteBuf body, @Nullable SslHandler tls) {
        if (code != SASL && target.tls().channelBinding() == ChannelBinding.REQUIRE) {
            unsupported(words(code) + ", and channel_binding is require");
            return;
        }
        switch (code) {
            case OK -> step = Step.DONE;
            case CLEARTEXT_PASSWORD -> {
                if (tls != null) {
                    char[] password = target.password().get(host);
                    answer(ctx, PasswordAnswers.cleartext(password));
                    Arrays.fill(password, '\0');
                } else {
                    unsupported("a cleartext password without TLS");
                }
            }
            case MD5_PASSWORD -> {
                byte[] salt = new byte[MD5_SALT_LENGTH];
                body.readBytes(salt);
                char[] password = target.password().get(host);
                answer(ctx, PasswordAnswers.md5(target.user(), password, salt));
                Arrays.fill(password, '\0');
            }
            case SASL -> onSasl(ctx, body, tls);
            default -> unsupported("authentication request " + code);
        }
    }

    private void answer(ChannelHandlerContext ctx, byte[] password) {
        step = Step.ANSWERED;
        ByteBuf message = ctx.alloc().buffer();
        FrontendMessages.passwordMessage(message, password);
        Arrays.fill(password, (byte) 0);
        ctx.writeAndFlush(message);
    }

    private static String words(int code) {
        return switch (code) {
            case OK -> "no SCRAM (the server trusts the address or the certificate)";
            case CLEARTEXT_PASSWORD -> "a cleartext password";
            case MD5_PASSWORD -> "MD5";
            default -> "authentication request " + code;
        };
    }

    private void onSasl(ChannelHandlerContext ctx, ByteBuf body, @Nullable SslHandler tls) {
        ChannelBinding wanted = target.tls().channelBinding();
        List<String> offered = mechanisms(body);
        boolean binds = offered.contains(UpstreamScram.MECHANISM_PLUS);
        byte[] bindingData =
                wanted == ChannelBinding.DISABLE ? new byte[0] : ServerEndPoint.bindingData(tls);
        if (binds && tls == null) {
            unsupported("SCRAM-SHA-256-PLUS without TLS");
        } else if (binds && wanted != ChannelBinding.DISABLE && bindingData.length == 0) {
            unsupported(
                    "channel binding to a certificate whose signature has no hash function; channel_binding: disable does without");
        } else if (!binds && wanted == ChannelBinding.REQUIRE) {
            unsupported("SASL without SCRAM-SHA-256-PLUS, and channel_binding is require");
        } else if (!offered.contains(UpstreamScram.MECHANISM)
                && !(binds && bindingData.length > 0)) {
            unsupported("SASL without SCRAM-SHA-256");
        } else {
            beginScram(ctx, offered, bindingData);
        }
    }

    private void beginScram(ChannelHandlerContext ctx, List<String> offered, byte[] bindingData) {
        step = Step.SCRAM_FIRST;
        scram = UpstreamScram.begin(target.password().get(host), offered, bindingData);
        ByteBuf message = ctx.alloc().buffer();
        FrontendMessages.saslInitialResponse(message, scram.mechanism(), scram.clientFirst());
        ctx.writeAndFlush(message);
    }

    private static List<String> mechanisms(ByteBuf body) {
        List<String> mechanisms = new ArrayList<>();
        int length = body.bytesBefore((byte) 0);
        while (length > 0) {
            mechanisms.add(body.readCharSequence(length, StandardCharsets.US_ASCII).toString());
            body.skipBytes(1);
            length = body.bytesBefore((byte) 0);
        }
        return mechanisms;
    }

    private void onSaslContinue(ChannelHandlerContext ctx, String serverFirst) {
        step = Step.SCRAM_FINAL;
        if (scram != null) {
            scram.clientFinal(serverFirst)
                    .whenComplete((message, failure) ->
                            ctx.executor().execute(() -> onProof(ctx, message)));
        }
    }

    private void onProof(ChannelHandlerContext ctx, @Nullable String clientFinal) {
        if (clientFinal == null) {
            violation("SCRAM server-first-message");
        } else if (!ctx.isRemoved()) {
            ByteBuf message = ctx.alloc().buffer();
            FrontendMessages.saslResponse(message, clientFinal);
            ctx.writeAndFlush(message);
        }
    }

    private void onSaslFinal(String serverFinal) {
        if (scram != null && scram.verifies(serverFinal)) {
            step = Step.ANSWERED;
        } else {
            violation("the server does not know the password it asks for");
        }
    }

    private static String text(ByteBuf body) {
        return body.toString(StandardCharsets.UTF_8);
    }

    private void unsupported(String method) {
        onFailure.accept(new UpstreamFailure.AuthenticationUnsupported(host, method));
    }

    private void violation(String reason) {
        onFailure.accept(new UpstreamFailure.ProtocolViolation(host, reason));
    }
}
