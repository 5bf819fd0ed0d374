package dev.postern.server;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.CatalogView;
import dev.postern.policy.Explanation;
import dev.postern.policy.Gate;
import dev.postern.policy.Policy;
import dev.postern.policy.Reach;
import dev.postern.policy.Rule;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.catalog.DirectCatalogReading;
import dev.postern.server.cli.UnusableConfigurationException;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.enforce.GateObserver;
import dev.postern.server.enforce.VerdictService;
import dev.postern.server.roles.PrivilegesReading;
import dev.postern.server.secrets.SecretResolver;
import dev.postern.server.tools.CatalogLook;
import dev.postern.server.tools.PrivilegesLook;
import dev.postern.server.tools.Workbench;
import dev.postern.server.upstream.JdbcConnections;
import dev.postern.sql.SqlReader;
import dev.postern.sql.grammar.Grammar;
import dev.postern.sql.grammar.GrammarModule;
import dev.postern.sql.grammar.WasmGrammar;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Judges as a server with the same configuration would, on the catalog as it is now. */
final class OpenWorkbench implements Workbench {

    /** A process that just began needs more time than one that runs; what it found it knows. */
    private static final int TRIES = 4;

    private final Configuration configuration;
    private final boolean offline;
    private final VerdictService verdicts;
    private final Passwords passwords;
    private final Ways ways;
    private final Gate gate = new Gate();
    private final Map<List<String>, CatalogLook> looks = new HashMap<>();
    private final ExecutorService reading =
            Executors.newSingleThreadExecutor(task -> {
                Thread thread =
                        new Thread(null, task, "postern-explain", WasmGrammar.THREAD_STACK_BYTES);
                thread.setDaemon(true);
                return thread;
            });
    private @Nullable GrammarModule module;
    private @Nullable Grammar grammar;
    private @Nullable SqlReader reader;

    OpenWorkbench(Configuration configuration, boolean offline) {
        this.configuration = configuration;
        this.offline = offline;
        this.verdicts = Composition.verdicts(configuration, GateObserver.NONE, System::nanoTime);
        SecretResolver secrets =
                SecretResolver.standard(System.getenv(), configuration.directory());
        this.passwords = new Passwords(secrets, Clouds::source, InstantSource.system());
        this.ways = new Ways(secrets, System::nanoTime);
    }

    @Override
    public Policy rules(PolicyConfig policy) {
        return Composition.rules(policy);
    }

    @Override
    public CatalogLook look(String upstream, String database) {
        return looks.computeIfAbsent(
                List.of(upstream, database), key -> lookNow(upstream, database));
    }

    private CatalogLook lookNow(String name, String database) {
        if (offline) {
            return CatalogLook.unread(database, "--offline");
        }
        UpstreamConfig upstream = Objects.requireNonNull(configuration.upstreams().get(name));
        try {
            passwords.add(upstream);
            DirectCatalogReading.Answer answer =
                    new DirectCatalogReading(
                                    Composition.catalogs(configuration.gate().catalog()).limits(),
                                    upstream.connectTimeout())
                            .read(
                                    Composition.probeTarget(
                                            upstream, configuration, passwords, ways.of(upstream)),
                                    database);
            return CatalogLook.read(database, answer.catalog(), answer.host());
        } catch (UnusableConfigurationException e) {
            return CatalogLook.unread(database, e.reason());
        } catch (DirectCatalogReading.NoAnswerException e) {
            return CatalogLook.unread(database, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public PrivilegesLook privileges(String name, String host, String database) {
        UpstreamConfig upstream = Objects.requireNonNull(configuration.upstreams().get(name));
        try {
            passwords.add(upstream);
            return new PrivilegesLook(
                    new PrivilegesReading(
                                    upstream.connectTimeout(),
                                    configuration.gate().catalog().timeLimit())
                            .read(
                                    Composition.probeTarget(
                                            upstream, configuration, passwords, ways.of(upstream)),
                                    host,
                                    database),
                    null);
        } catch (UnusableConfigurationException e) {
            return new PrivilegesLook(null, e.reason());
        } catch (SQLException e) {
            return new PrivilegesLook(null, JdbcConnections.words(e));
        }
    }

    @Override
    public Reach reach(Policy policy, Catalog catalog) {
        return CompletableFuture.supplyAsync(
                        () ->
                                gate.reach(
                                        policy, catalog, (text, view) -> reader().read(text, view)),
                        reading)
                .join();
    }

    @Override
    public Verdict judge(Policy policy, CatalogView view, SqlText text) {
        Verdict verdict = verdicts.judgeNow(policy, view, text);
        for (int i = 1; i < TRIES && mayEndOtherwise(verdict); i++) {
            verdict = verdicts.judgeNow(policy, view, text);
        }
        return verdict;
    }

    private static boolean mayEndOtherwise(Verdict verdict) {
        return verdict instanceof Verdict.Deny(StatementSummary summary, var denial)
                && (denial.rule() == Rule.TEXT_TOO_COMPLEX
                        || denial.rule() == Rule.GATE_UNAVAILABLE);
    }

    /** What could not be judged within the limits is not read without them. */
    @Override
    public List<Explanation> explain(Policy policy, CatalogView view, SqlText text) {
        if (mayEndOtherwise(judge(policy, view, text))) {
            return List.of();
        }
        return CompletableFuture.supplyAsync(
                        () -> gate.explain(text, policy, view, reader()::read), reading)
                .join();
    }

    private SqlReader reader() {
        if (reader == null || reader.isSpent()) {
            if (grammar != null) {
                grammar.close();
            }
            if (module == null) {
                module = GrammarModule.load();
            }
            grammar = module.newGrammar();
            reader = new SqlReader(grammar, Composition.gate(configuration.gate()).limits());
        }
        return reader;
    }

    @Override
    public void close() {
        reading.shutdownNow();
        verdicts.close();
        ways.close();
    }
}
