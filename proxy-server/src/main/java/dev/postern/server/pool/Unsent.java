package dev.postern.server.pool;

import dev.postern.policy.SessionEffects;
import dev.postern.protocol.FrontendType;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;

/**
 * What a session has sent and no connection has got yet, with what its statements do to the session
 * in front of each. Owns the buffers in it.
 */
final class Unsent {

    private final ArrayDeque<Object> items = new ArrayDeque<>();
    private int bytes;

    /** The next Query or Execute does this. */
    void add(SessionEffects effects) {
        items.add(effects);
    }

    /** Takes whole messages over. */
    void add(ByteBuf messages) {
        items.add(messages);
        bytes += messages.readableBytes();
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** Returns how many bytes of messages there are. */
    int bytes() {
        return bytes;
    }

    /** Sends as much as can go out now. */
    void sendTo(StatementRouting routing, ServerConnection server) {
        while (!items.isEmpty()) {
            if (items.element() instanceof SessionEffects effects) {
                routing.announce(effects);
                items.remove();
                continue;
            }
            ByteBuf messages = (ByteBuf) items.element();
            bytes -= messages.readableBytes();
            boolean all = routing.send(messages, server);
            bytes += messages.readableBytes();
            if (!all) {
                return;
            }
            items.remove();
            messages.release();
        }
    }

    /**
     * Drops what would run first, up to the message that ReadyForQuery answers.
     *
     * @return false if there is no such message yet, and then everything is left as it is
     */
    boolean dropFirst() {
        if (items.stream()
                .noneMatch(item -> item instanceof ByteBuf messages && end(messages) > 0)) {
            return false;
        }
        boolean dropped = false;
        while (!dropped) {
            if (items.element() instanceof ByteBuf messages) {
                int end = end(messages);
                dropped = end > 0;
                bytes -= messages.readableBytes();
                messages.readerIndex(dropped ? end : messages.writerIndex());
                bytes += messages.readableBytes();
                if (messages.isReadable()) {
                    return true;
                }
                messages.release();
            }
            items.remove();
        }
        return true;
    }

    /** Returns where the first message ends that ReadyForQuery answers; 0 if there is none. */
    private static int end(ByteBuf messages) {
        int at = messages.readerIndex();
        while (at < messages.writerIndex()) {
            byte type = messages.getByte(at);
            at += messages.getInt(at + 1) + 1;
            if (type == FrontendType.QUERY || type == FrontendType.SYNC) {
                return at;
            }
        }
        return 0;
    }

    /** Drops everything. */
    void clear() {
        for (Object item : items) {
            if (item instanceof ByteBuf messages) {
                messages.release();
            }
        }
        items.clear();
        bytes = 0;
    }
}
