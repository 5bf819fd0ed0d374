package dev.postern.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network between this JVM and a port of 127.0.0.1, which can be cut: then packets vanish, and
 * nobody is told.
 *
 * <pre>
 *  this JVM → one end of a pair of interfaces ┆ the other end → forwarder in a network namespace ─┐
 *                                             ┆                                                   │
 *  the port ← forwarder ←──────────────────── ┆ ←─────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Namespace and interfaces end with the forwarder in them, and that with this JVM.
 */
final class CuttableNetwork implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CuttableNetwork.class);

    private static final String FORWARDER = "src/test/python/forward.py";
    private static final String INSIDE = "echo ready; read -r line; exec python3 \"$0\" $line";
    private static final int NETWORKS = 250;
    private static final long LIMIT_SECONDS = 10;

    private final String network;
    private final String here;
    private final String there;
    private final Process inside;
    private final BufferedReader fromInside;
    private @Nullable Process outside;

    private CuttableNetwork() throws IOException, InterruptedException {
        long id = ProcessHandle.current().pid() % NETWORKS;
        network = "10.213." + id + ".";
        here = "postern" + id;
        there = here + "p";
        inside = start("unshare", "--net", "sh", "-c", INSIDE, FORWARDER);
        fromInside = inside.inputReader();
        try {
            // It is in its namespace from its first word on.
            answer(fromInside);
            run("ip", "link", "add", here, "type", "veth", "peer", "name", there);
            run("ip", "link", "set", there, "netns", Long.toString(inside.pid()));
            run("ip", "address", "add", network + "1/30", "dev", here);
            run("ip", "link", "set", here, "up");
            runInside("ip", "address", "add", network + "2/30", "dev", there);
            mend();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /**
     * Makes one.
     *
     * @return empty where this process may not, or a program that it takes is missing
     */
    static Optional<CuttableNetwork> make() throws InterruptedException {
        try {
            return Optional.of(new CuttableNetwork());
        } catch (IOException e) {
            LOG.warn("no network can be made here: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Returns the {@code host:port} that leads through the network to a port; called once. */
    String to(int port) throws IOException {
        Process forwarder =
                start("python3", FORWARDER, network + "1", "127.0.0.1", Integer.toString(port));
        outside = forwarder;
        String behind = answer(forwarder.inputReader());
        inside.getOutputStream()
                .write(
                        (network + "2 " + network + "1 " + behind + "\n")
                                .getBytes(StandardCharsets.US_ASCII));
        inside.getOutputStream().flush();
        return network + "2:" + answer(fromInside);
    }

    /** Cuts it. */
    void cut() throws IOException, InterruptedException {
        runInside("ip", "link", "set", there, "down");
    }

    /** Mends it. */
    void mend() throws IOException, InterruptedException {
        runInside("ip", "link", "set", there, "up");
    }

    @Override
    public void close() {
        end(inside);
        if (outside != null) {
            end(outside);
        }
    }

    private static void end(Process forwarder) {
        try {
            forwarder.getOutputStream().close();
        } catch (IOException e) {
            LOG.warn("a forwarder has ended already", e);
        }
        forwarder.destroy();
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static String answer(BufferedReader from) throws IOException {
        String line = from.readLine();
        if (line == null) {
            throw new IOException("a process has ended");
        }
        return line;
    }

    private void runInside(String... command) throws IOException, InterruptedException {
        List<String> whole =
                new ArrayList<>(
                        List.of("nsenter", "--net", "--target", Long.toString(inside.pid())));
        whole.addAll(List.of(command));
        run(whole.toArray(String[]::new));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
    }
}
