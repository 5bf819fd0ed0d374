package dev.postern.server.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.common.io.IoReadFuture;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * One connection through a tunnel. One read and one write may be under way at a time. Nothing of it
 * blocks; futures complete on threads of the tunnel's.
 */
public final class TunnelConnection {

    /** How long closing waits for what is being written. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final ClientChannel channel;
    private final Executor executor;
    private volatile CompletableFuture<Void> lastWrite = CompletableFuture.completedFuture(null);

    /**
     * @param executor for what may wait: a packet is not written while keys are exchanged anew
     */
    TunnelConnection(ClientChannel channel, Executor executor) {
        this.channel = channel;
        this.executor = executor;
    }

    /**
     * Reads what has come, at least one byte.
     *
     * @param max the most bytes to read
     * @return an empty array at the end
     */
    public CompletableFuture<byte[]> read(int max) {
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        run(
                read,
                () ->
                        channel.getAsyncOut()
                                .read(new ByteArrayBuffer(new byte[max], 0, max, false))
                                .addListener(result -> complete(read, result)));
        return read;
    }

    private static void complete(CompletableFuture<byte[]> read, IoReadFuture result) {
        Throwable failure = result.getException();
        if (failure instanceof EOFException) {
            read.complete(new byte[0]);
        } else if (failure != null) {
            read.completeExceptionally(lost());
        } else {
            read.complete(result.getBuffer().getCompactData());
        }
    }

    /**
     * Writes bytes, the caller's to leave alone until it is done.
     *
     * @return completes when the other side has had room for them
     */
    public CompletableFuture<Void> write(byte[] bytes) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        lastWrite = written;
        run(
                written,
                () ->
                        channel.getAsyncIn()
                                .writeBuffer(new ByteArrayBuffer(bytes))
                                .addListener(result -> complete(written, result)));
        return written;
    }

    private static void complete(CompletableFuture<Void> written, IoWriteFuture result) {
        Throwable failure = result.getException();
        if (failure != null) {
            written.completeExceptionally(lost());
        } else {
            written.complete(null);
        }
    }

    @FunctionalInterface
    private interface Operation {
        void begin() throws IOException;
    }

    private void run(CompletableFuture<?> future, Operation operation) {
        try {
            executor.execute(() -> {
                try {
                    operation.begin();
                } catch (IOException | RuntimeException e) {
                    future.completeExceptionally(lost());
                }
            });
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(new TunnelException("ssh: the tunnel is closed"));
        }
    }

    /** MINA tells of its own objects. */
    private static TunnelException lost() {
        return new TunnelException("ssh: the connection through the tunnel was lost");
    }

    /** Closes it, after what is being written unless that takes long. */
    public void close() {
        lastWrite
                .copy()
                .orTimeout(LINGER.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((written, failure) ->
                        run(new CompletableFuture<Void>(), () -> channel.close(false)));
    }
}
