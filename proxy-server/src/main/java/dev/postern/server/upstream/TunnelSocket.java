package dev.postern.server.upstream;

import dev.postern.server.ssh.SshTunnel;
import dev.postern.server.ssh.TunnelConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A connection through an SSH tunnel, for pgjdbc, which blocks. For one thread, but {@link #close}
 * is for any. Options of sockets have no effect, but for the time that a read may take.
 */
final class TunnelSocket extends Socket {

    private static final int CHUNK = 32 * 1024;

    private final SshTunnel tunnel;
    private volatile @Nullable TunnelConnection connection;
    private volatile boolean closed;
    private volatile int soTimeout;
    private final InputStream in = new In();
    private final OutputStream out = new Out();

    TunnelSocket(SshTunnel tunnel) {
        this.tunnel = tunnel;
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        InetSocketAddress address = (InetSocketAddress) endpoint;
        CompletableFuture<TunnelConnection> opening =
                tunnel.open(address.getHostString(), address.getPort());
        try {
            connection = await(opening, timeout);
        } finally {
            if (connection == null) {
                opening.thenAccept(TunnelConnection::close);
            }
        }
    }

    private static <T> T await(CompletableFuture<T> future, int timeoutMillis) throws IOException {
        try {
            return timeoutMillis == 0
                    ? future.get()
                    : future.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("no answer through the ssh tunnel in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause
                    ? cause
                    : new IOException(String.valueOf(e.getCause()), e);
        }
    }

    private TunnelConnection open() throws SocketException {
        TunnelConnection open = connection;
        if (open == null || closed) {
            throw new SocketException("the connection is closed");
        }
        return open;
    }

    private final class In extends InputStream {

        private byte[] received = new byte[0];
        private int position;
        private boolean ended;
        private @Nullable CompletableFuture<byte[]> pending;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            if (position == received.length && !fill()) {
                return -1;
            }
            int count = Math.min(length, received.length - position);
            System.arraycopy(received, position, target, offset, count);
            position += count;
            return count;
        }

        /** A read that takes too long goes on; the next one gets what it brings. */
        private boolean fill() throws IOException {
            if (ended) {
                return false;
            }
            CompletableFuture<byte[]> read = pending == null ? open().read(CHUNK) : pending;
            pending = read;
            received = await(read, soTimeout);
            pending = null;
            position = 0;
            ended = received.length == 0;
            return !ended;
        }

        @Override
        public int available() {
            return received.length - position;
        }

        @Override
        public void close() {
            TunnelSocket.this.close();
        }
    }

    private final class Out extends OutputStream {

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            for (int from = offset; from < offset + length; from += CHUNK) {
                await(
                        open().write(
                                        Arrays.copyOfRange(
                                                bytes,
                                                from,
                                                Math.min(from + CHUNK, offset + length))),
                        soTimeout);
            }
        }

        @Override
        public void close() {
            TunnelSocket.this.close();
        }
    }

    @Override
    public InputStream getInputStream() {
        return in;
    }

    @Override
    public OutputStream getOutputStream() {
        return out;
    }

    @Override
    public void close() {
        closed = true;
        TunnelConnection open = connection;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public boolean isConnected() {
        return connection != null;
    }

    @Override
    public boolean isBound() {
        return connection != null;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void setSoTimeout(int timeout) {
        soTimeout = timeout;
    }

    @Override
    public int getSoTimeout() {
        return soTimeout;
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setSoLinger(boolean on, int linger) {}

    @Override
    public void shutdownInput() {}

    @Override
    public void shutdownOutput() {}

    @Override
    public String toString() {
        return "TunnelSocket";
    }
}
