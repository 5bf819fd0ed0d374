package dev.postern.server.cli;

import dev.postern.server.config.Configuration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code postern serve}: runs in the foreground until a signal ends it. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Runs Postern in the foreground.",
            "Prints one line, beginning with \"ready\", when it is listening; the log goes to stderr.",
            "SIGTERM and Ctrl-C let running statements finish first; a second one ends at once. SIGHUP, or a change of the file, takes over policies, agents and certificates."
        })
public final class ServeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    private final ServerStarter starter;
    private final Signals signals;
    private final CountDownLatch stop = new CountDownLatch(1);

    @Mixin private ConfigOption config = new ConfigOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    /**
     * @param starter starts the server
     * @param signals what ends it, {@link Signals#ofProcess()}
     */
    public ServeCommand(ServerStarter starter, Signals signals) {
        this.starter = starter;
        this.signals = signals;
    }

    @Override
    public Integer call() throws TroubleException, InterruptedException {
        Configuration configuration = config.load();
        RunningServer server = start(configuration);
        Duration drainTimeout = configuration.server().drainTimeout();
        try (ScheduledExecutorService watching =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("postern-configuration").daemon().factory())) {
            ConfigurationWatcher watcher =
                    new ConfigurationWatcher(
                            config.file(), configuration, new Reload(server, configuration));
            watcher.start(watching, configuration.server().reloadInterval());
            signals.on(Signals.Name.HUP, () -> reload(watching, watcher));
            signals.on(Signals.Name.TERM, this::stop);
            signals.on(Signals.Name.INT, this::stop);
            spec.commandLine()
                    .getOut()
                    .println(
                            "ready "
                                    + shown(server.address())
                                    + " admin "
                                    + shown(server.adminAddress()));
            spec.commandLine().getOut().flush();
            stop.await();
            watching.shutdownNow();
        }
        LOG.info("draining timeout={}", drainTimeout);
        server.drain(drainTimeout);
        LOG.info("stopped");
        return ExitCode.YES;
    }

    private RunningServer start(Configuration configuration) throws TroubleException {
        try {
            return starter.start(configuration);
        } catch (UnusableConfigurationException e) {
            throw new TroubleException(config.file() + ": " + e.reason());
        } catch (IOException e) {
            throw new TroubleException("cannot start: " + e.getMessage());
        }
    }

    private void reload(ScheduledExecutorService watching, ConfigurationWatcher watcher) {
        if (stop.getCount() > 0) {
            watching.execute(watcher::reload);
        }
    }

    private void stop() {
        if (stop.getCount() == 0) {
            signals.halt(ExitCode.TROUBLE);
        }
        stop.countDown();
    }

    private static String shown(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** Hands changed configurations to the server. */
    private static final class Reload implements ConfigurationWatcher.Listener {

        private final RunningServer server;
        private final Configuration started;

        Reload(RunningServer server, Configuration started) {
            this.server = server;
            this.started = started;
        }

        @Override
        public void changed(Configuration configuration) {
            try {
                server.reload(configuration);
            } catch (UnusableConfigurationException e) {
                refused(e.reason());
                return;
            }
            LOG.info(
                    "configuration reloaded agents={} policies={}",
                    configuration.agents().size(),
                    configuration.policies().size());
            List<String> waiting = started.sectionsForRestart(configuration);
            if (!waiting.isEmpty()) {
                LOG.warn(
                        "configuration changed where it takes effect at the next start only sections={}",
                        waiting);
            }
        }

        @Override
        public void refused(String reason) {
            LOG.error("configuration refused, nothing changed error={}", reason.replace('\n', ';'));
            server.reloadRefused(reason);
        }
    }
}
