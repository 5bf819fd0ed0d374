package dev.postern.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.server.cli.CommandLines.Result;
import dev.postern.server.config.Configuration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ServeCommandTest {

    private static final String YAML =
            """
            upstreams: {shop: {hosts: [replica-1.db], user: postern_reader}}
            policies: {reporting: {upstream: shop, databases: [shop]}}
            server: {reload_interval: 100ms, drain_timeout: 7s}
            """;

    @TempDir private Path directory;
    private Path file = Path.of("postern.yaml");

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final Map<Signals.Name, Runnable> handlers = new EnumMap<>(Signals.Name.class);

    private final class FakeSignals implements Signals {

        @Override
        public void on(Name name, Runnable action) {
            handlers.put(name, action);
            if (handlers.size() == Name.values().length) {
                events.add("handles signals");
            }
        }

        @Override
        public void halt(int exitCode) {
            events.add("halted " + exitCode);
        }
    }

    private final class FakeServer implements RunningServer {

        @Override
        public InetSocketAddress address() {
            return InetSocketAddress.createUnresolved("127.0.0.1", 6432);
        }

        @Override
        public InetSocketAddress adminAddress() {
            return InetSocketAddress.createUnresolved("::1", 8432);
        }

        @Override
        public void reload(Configuration configuration) throws UnusableConfigurationException {
            if (configuration.policies().containsKey("unusable")) {
                throw new UnusableConfigurationException("policies.unusable: cannot be used");
            }
            events.add("reloaded " + configuration.policies().keySet());
        }

        @Override
        public void reloadRefused(String reason) {
            events.add("refused " + reason);
        }

        @Override
        public void drain(Duration timeout) {
            handlers.values().forEach(Runnable::run);
            events.add("drained " + timeout);
        }
    }

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("postern.yaml"), YAML);
    }

    private CompletableFuture<Result> serve() {
        return CompletableFuture.supplyAsync(() -> serve(configuration -> new FakeServer()));
    }

    private Result serve(ServerStarter starter) {
        return CommandLines.run(
                PosternCommand.with(new ServeCommand(starter, new FakeSignals())),
                "serve",
                "--config",
                file.toString());
    }

    private String next() throws InterruptedException {
        return Objects.requireNonNull(events.poll(20, TimeUnit.SECONDS), "nothing happened");
    }

    private void signal(Signals.Name name) {
        Objects.requireNonNull(handlers.get(name)).run();
    }

    @Test
    void terminated_serve_printsOneLineDrainsAndEndsWith0() throws Exception {
        CompletableFuture<Result> serving = serve();
        assertThat(next()).isEqualTo("handles signals");

        signal(Signals.Name.TERM);

        Result result = serving.get();
        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).isEqualTo("ready 127.0.0.1:6432 admin [::1]:8432\n");
        assertThat(events).contains("drained PT7S");
    }

    @Test
    void terminatedAgainWhileDraining_serve_endsAtOnce() throws Exception {
        CompletableFuture<Result> serving = serve();
        assertThat(next()).isEqualTo("handles signals");

        signal(Signals.Name.INT);
        serving.get();

        assertThat(next())
                .as("the fake server's drain raises every signal again")
                .isEqualTo("halted 2");
    }

    @Test
    void hangup_serve_readsTheFileAgain() throws Exception {
        CompletableFuture<Result> serving = serve();
        assertThat(next()).isEqualTo("handles signals");

        signal(Signals.Name.HUP);

        assertThat(next()).isEqualTo("reloaded [reporting]");
        signal(Signals.Name.TERM);
        serving.get();
    }

    @Test
    void changedFile_serve_isTakenOverUnlessItIsBroken() throws Exception {
        CompletableFuture<Result> serving = serve();
        assertThat(next()).isEqualTo("handles signals");

        Files.writeString(file, YAML + "polices: {}\n");
        assertThat(next())
                .isEqualTo("refused " + file + ":4: polices: unknown key (did you mean policies?)");

        Files.writeString(
                file,
                YAML.replace(
                        "policies: {",
                        "policies: {unusable: {upstream: shop, databases: [shop]}, "));
        assertThat(next()).isEqualTo("refused policies.unusable: cannot be used");

        Files.writeString(
                file,
                YAML.replace(
                        "policies: {", "policies: {more: {upstream: shop, databases: [shop]}, "));
        assertThat(next()).isEqualTo("reloaded [more, reporting]");

        signal(Signals.Name.TERM);
        serving.get();
    }

    @Test
    void changedCertificate_serve_isTakenOver() throws Exception {
        Path certificate = Files.writeString(directory.resolve("server.crt"), "one");
        Files.writeString(
                file, YAML + "listen: {tls: {certificate: server.crt, key: server.key}}\n");
        CompletableFuture<Result> serving = serve();
        assertThat(next()).isEqualTo("handles signals");

        Files.writeString(certificate, "two");

        assertThat(next()).isEqualTo("reloaded [reporting]");
        signal(Signals.Name.TERM);
        serving.get();
    }

    @Test
    void brokenFile_serve_startsNothingAndSaysWhy() throws IOException {
        Files.writeString(file, "listen: {prot: 1}\n");

        Result result = serve(configuration -> new FakeServer());

        assertThat(result)
                .isEqualTo(
                        new Result(
                                2,
                                "",
                                "postern: "
                                        + file
                                        + ":1: listen.prot: unknown key (did you mean port?)\n"));
        assertThat(events).isEmpty();
    }

    @Test
    void serverThatCannotStart_serve_saysWhy() {
        assertThat(
                        serve(configuration -> {
                            throw new UnusableConfigurationException(
                                    "listen.tls.key: there is no such file");
                        }))
                .isEqualTo(
                        new Result(
                                2,
                                "",
                                "postern: " + file + ": listen.tls.key: there is no such file\n"));
        assertThat(
                        serve(configuration -> {
                            throw new IOException("Address already in use: 127.0.0.1:6432");
                        }))
                .isEqualTo(
                        new Result(
                                2,
                                "",
                                "postern: cannot start: Address already in use: 127.0.0.1:6432\n"));
    }
}
