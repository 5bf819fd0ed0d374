package dev.postern.server.pool;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a session on their way to the connection that serves it. Their bytes go on as they
 * are, as many together as there are; another message may go out in front of one or in its place.
 */
final class Outgoing implements AutoCloseable {

    private static final int SMALL = 256;

    /** What is not longer is copied behind an inserted message: one write is cheaper than two. */
    private static final int COPIED = 1024;

    private final ByteBuf in;
    private final ServerConnection server;
    private int from;
    private @Nullable ByteBuf assembled;

    /**
     * Begins with the first message.
     *
     * @param in whole messages; its reader index is moved behind what has gone out or is dropped
     */
    Outgoing(ByteBuf in, ServerConnection server) {
        this.in = in;
        this.server = server;
        this.from = in.readerIndex();
    }

    ServerConnection server() {
        return server;
    }

    AnswerQueue answers() {
        return server.answers();
    }

    /** Returns the bytes; the message in hand begins at the reader index. */
    ByteBuf in() {
        return in;
    }

    /** The message in hand joins those that go out as they are. */
    void pass() {
        in.skipBytes(in.getInt(in.readerIndex() + 1) + 1);
    }

    /** The message in hand does not go out as it is; what came before it does. */
    void take() {
        forward();
        pass();
        from = in.readerIndex();
    }

    /**
     * Writes a message of Postern's own behind what came before the one in hand.
     *
     * @param message appends it to a buffer
     */
    void insert(Consumer<ByteBuf> message) {
        forward();
        ByteBuf out = assembled;
        if (out == null) {
            out = server.allocator().buffer(SMALL);
            assembled = out;
        }
        message.accept(out);
    }

    private void forward() {
        int to = in.readerIndex();
        int length = to - from;
        ByteBuf before = assembled;
        if (before != null && length <= COPIED) {
            before.writeBytes(in, from, length);
        } else if (length > 0) {
            writeAssembled();
            server.peer().write(in.retainedSlice(from, length));
        }
        from = to;
    }

    private void writeAssembled() {
        ByteBuf out = assembled;
        assembled = null;
        if (out != null) {
            server.peer().write(out);
        }
    }

    /** Writes everything up to the message in hand. */
    void write() {
        forward();
        writeAssembled();
    }

    /** Drops what is not written. */
    @Override
    public void close() {
        ByteBuf out = assembled;
        assembled = null;
        if (out != null) {
            out.release();
        }
    }

    /** An answer is owed from now on. */
    void owe(Owed one) {
        server.answers().add(one);
    }

    /** Returns a message in a buffer of its own; the caller's. */
    static ByteBuf message(ServerConnection server, Consumer<ByteBuf> message) {
        ByteBuf out = server.allocator().buffer(SMALL);
        message.accept(out);
        return out;
    }
}
