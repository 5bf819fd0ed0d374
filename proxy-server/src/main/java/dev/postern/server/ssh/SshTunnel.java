package dev.postern.server.ssh;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.StreamingChannel;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One login to an SSH server, shared by all connections that go through it. Safe for use by any
 * thread; never blocks the caller.
 *
 * <p>It logs in when told to begin or when a connection is first asked for, and again when one is
 * asked for after the login was lost. After a login that failed the next waits, twice as long each
 * time; until then connections fail at once, and say why.
 *
 * <p>Connections are the SSH server's own (direct-tcpip): no port is opened on this machine that
 * others could use.
 */
public final class SshTunnel implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SshTunnel.class);
    private static final Duration MIN_WAIT = Duration.ofMillis(500);
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);
    private static final int MAX_DOUBLINGS = 6;

    /** The server is told where a connection comes from; it is nobody's business. */
    private static final SshdSocketAddress ORIGINATOR = new SshdSocketAddress("127.0.0.1", 0);

    private final SshSettings settings;
    private final LongSupplier nanoTime;
    private final SshLogins logins;
    private final ExecutorService executor;
    private final Object lock = new Object();
    private @Nullable CompletableFuture<ClientSession> current;
    private @Nullable String lastFailure;
    private int failures;
    private long retryAt;
    private volatile boolean closed;

    /** Makes a tunnel; it logs in later. */
    public SshTunnel(SshSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.logins = new SshLogins(settings);
        this.executor =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("ssh-" + settings.name()).factory());
    }

    /** Begins to log in, so that the first connection need not wait for all of it. */
    public void begin() {
        var _ = session();
    }

    /**
     * Opens a connection to a host as the SSH server sees it.
     *
     * @param host a name, which the SSH server resolves, or a literal address without brackets
     * @return completes on a thread of the tunnel's; fails by {@link TunnelException}. Cancelling
     *     it does not keep it from being opened: who gives up closes what comes.
     */
    public CompletableFuture<TunnelConnection> open(String host, int port) {
        return session().thenComposeAsync(session -> open(session, host, port), executor);
    }

    private CompletableFuture<ClientSession> session() {
        if (closed) {
            return CompletableFuture.failedFuture(new TunnelException("ssh: the tunnel is closed"));
        }
        synchronized (lock) {
            CompletableFuture<ClientSession> last = current;
            if (last != null
                    && (!last.isDone()
                            || (!last.isCompletedExceptionally() && last.join().isOpen()))) {
                return last;
            }
            long wait = retryAt - nanoTime.getAsLong();
            if (lastFailure != null && wait > 0) {
                return CompletableFuture.failedFuture(
                        new TunnelException(
                                lastFailure
                                        + "; not tried again for "
                                        + TimeUnit.NANOSECONDS.toMillis(wait)
                                        + " ms"));
            }
            CompletableFuture<ClientSession> next = new CompletableFuture<>();
            current = next;
            executor.execute(() -> login(next));
            return next;
        }
    }

    private void login(CompletableFuture<ClientSession> next) {
        try {
            ClientSession session = logins.login();
            session.addCloseFutureListener(future -> {
                if (!closed) {
                    LOG.warn("ssh tunnel lost upstream={}", settings.name());
                }
            });
            synchronized (lock) {
                failures = 0;
                lastFailure = null;
            }
            LOG.info("ssh tunnel open upstream={}", settings.name());
            next.complete(session);
        } catch (TunnelException e) {
            failed(next, e);
        } catch (RuntimeException e) {
            failed(next, new TunnelException("ssh: " + e));
        }
    }

    private void failed(CompletableFuture<ClientSession> next, TunnelException e) {
        synchronized (lock) {
            lastFailure = e.getMessage();
            Duration wait = MIN_WAIT.multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS));
            retryAt =
                    nanoTime.getAsLong()
                            + (wait.compareTo(MAX_WAIT) < 0 ? wait : MAX_WAIT).toNanos();
            failures++;
        }
        LOG.warn("ssh tunnel not open upstream={} error={}", settings.name(), e.getMessage());
        next.completeExceptionally(e);
    }

    private CompletableFuture<TunnelConnection> open(ClientSession session, String host, int port) {
        CompletableFuture<TunnelConnection> opened = new CompletableFuture<>();
        try {
            ChannelDirectTcpip channel =
                    session.createDirectTcpipChannel(ORIGINATOR, new SshdSocketAddress(host, port));
            channel.setStreaming(StreamingChannel.Streaming.Async);
            channel.open()
                    .addListener(result -> {
                        Throwable failure = result.getException();
                        if (failure != null) {
                            opened.completeExceptionally(refused(host, port, failure));
                        } else if (!opened.complete(new TunnelConnection(channel, executor))) {
                            channel.close(true);
                        }
                    });
        } catch (IOException | RuntimeException e) {
            opened.completeExceptionally(refused(host, port, e));
        }
        return opened.orTimeout(settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(e ->
                        CompletableFuture.failedFuture(
                                e instanceof TimeoutException
                                        ? new TunnelException(
                                                "ssh: no answer from " + settings.address())
                                        : e));
    }

    private TunnelException refused(String host, int port, Throwable e) {
        return new TunnelException(
                "ssh: "
                        + settings.address()
                        + " does not connect to "
                        + host
                        + ":"
                        + port
                        + ": "
                        + reason(e));
    }

    private static String reason(Throwable e) {
        int code = e instanceof SshChannelOpenException refused ? refused.getReasonCode() : 0;
        return switch (code) {
            case SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED ->
                    "it does not allow this (AllowTcpForwarding, PermitOpen)";
            case SshConstants.SSH_OPEN_CONNECT_FAILED -> "it cannot reach it";
            case SshConstants.SSH_OPEN_RESOURCE_SHORTAGE -> "it has no room (MaxSessions)";
            default -> String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        };
    }

    /** Ends the login, and with it all connections. */
    @Override
    public void close() {
        closed = true;
        logins.close();
        executor.shutdownNow();
    }
}
