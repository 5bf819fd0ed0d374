package dev.postern.server.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the first request of a connection and closes it; a connection that is not done in time is
 * closed as well.
 */
final class AdminHandler extends SimpleChannelInboundHandler<HttpObject> {

    private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);

    private final AdminPages content;
    private final Executor executor;
    private final Duration timeout;
    private @Nullable Future<?> deadline;
    private boolean served;

    AdminHandler(AdminPages content, Executor executor, Duration timeout) {
        this.content = content;
        this.executor = executor;
        this.timeout = timeout;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        deadline =
                ctx.executor()
                        .schedule(() -> ctx.close(), timeout.toMillis(), TimeUnit.MILLISECONDS);
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (served || !(message instanceof HttpRequest request)) {
            return;
        }
        served = true;
        ctx.channel().config().setAutoRead(false);
        boolean head = request.method().equals(HttpMethod.HEAD);
        if (request.decoderResult().isFailure()) {
            answer(ctx, AdminPages.plain(400, "bad request\n"), head);
        } else if (!head && !request.method().equals(HttpMethod.GET)) {
            answer(ctx, AdminPages.plain(405, "only GET and HEAD\n"), head);
        } else {
            make(ctx, path(request.uri()), request.headers().get(HttpHeaderNames.ACCEPT), head);
        }
    }

    private void make(
            ChannelHandlerContext ctx, String path, @Nullable String accept, boolean head) {
        try {
            executor.execute(() -> answer(ctx, page(path, accept), head));
        } catch (RejectedExecutionException e) {
            answer(ctx, AdminPages.plain(503, "busy\n"), head);
        }
    }

    private AdminPages.Page page(String path, @Nullable String accept) {
        try {
            return content.page(path, accept);
        } catch (RuntimeException e) {
            log.error("admin page failed", e);
            return AdminPages.plain(500, "failed; see the log\n");
        }
    }

    private static void answer(ChannelHandlerContext ctx, AdminPages.Page page, boolean head) {
        byte[] body = page.text().body().getBytes(StandardCharsets.UTF_8);
        ByteBuf sent = head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(page.status()), sent);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.text().contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (page.status() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("admin connection failed: error={}", cause.toString());
        ctx.close();
    }
}
