package dev.postern.server.enforce;

import dev.postern.policy.SessionEffects;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One side of a session that keeps what is written to it, and notes each write in a journal shared
 * with others.
 */
final class FakePeer implements UpstreamPeer {

    private final String name;
    private final List<String> journal;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    Runnable onResume = () -> {};
    boolean writable = true;
    boolean reading = true;
    boolean closed;

    FakePeer(String name, List<String> journal) {
        this.name = name;
        this.journal = journal;
    }

    @Override
    public void write(ByteBuf bytes) {
        byte[] copy = ByteBufUtil.getBytes(bytes);
        bytes.release();
        written.writeBytes(copy);
        journal.add(name + " " + Wire.types(copy));
    }

    @Override
    public void flush() {}

    @Override
    public boolean leave() {
        return false;
    }

    @Override
    public void announce(SessionEffects effects) {
        journal.add(name + " effects");
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void reading(boolean enabled) {
        reading = enabled;
        if (enabled) {
            onResume.run();
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Returns what was written since the last call. */
    byte[] take() {
        byte[] bytes = written.toByteArray();
        written.reset();
        return bytes;
    }

    /** Returns the first bytes of the messages written since the last call. */
    String takeTypes() {
        return Wire.types(take());
    }

    String takeText() {
        return new String(take(), StandardCharsets.ISO_8859_1);
    }
}
