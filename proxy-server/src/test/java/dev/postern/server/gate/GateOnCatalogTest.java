package dev.postern.server.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.Oids;
import dev.postern.catalog.SearchPath;
import dev.postern.policy.Access;
import dev.postern.policy.Denial;
import dev.postern.policy.Gate;
import dev.postern.policy.Policy;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.catalog.CatalogLimits;
import dev.postern.server.catalog.CatalogReader;
import dev.postern.server.upstream.TestPostgres;
import dev.postern.sql.GateLimits;
import dev.postern.sql.SqlReader;
import dev.postern.sql.grammar.Grammar;
import dev.postern.sql.grammar.GrammarModule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gate over the catalog of a real server: what each statement reaches decides. */
class GateOnCatalogTest {

    private static final Pattern SETTING = Pattern.compile("\\[([a-z]*) ?([^\\]]*)\\]");

    private static final CatalogLimits LIMITS =
            new CatalogLimits(1_000_000, 1 << 20, 256L << 20, Duration.ofSeconds(60));

    private static final Gate GATE = new Gate();

    @TempDir private static Path folder = Path.of("");
    private static TestPostgres postgres;
    private static Catalog catalog;
    private static Grammar grammar;
    private static SqlReader reader;

    /** One line of the file, with the policy that applies to it. */
    record Case(String expected, String sql, Access access, List<String> path) {

        @Override
        public String toString() {
            return expected + " | " + sql;
        }
    }

    @BeforeAll
    static void read() throws Exception {
        postgres =
                TestPostgres.create(
                        folder.resolve("data"), "host all all 127.0.0.1/32 trust\n", List.of());
        postgres.sql(resource("schema.sql"));
        try (Connection connection =
                DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres",
                        "postgres",
                        "")) {
            catalog = new CatalogReader(LIMITS).read(connection);
        }
        grammar = GrammarModule.load().newGrammar();
        reader = new SqlReader(grammar, GateLimits.DEFAULT);
    }

    @AfterAll
    static void stop() {
        grammar.close();
        postgres.close();
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        Access access = Access.DEFAULT;
        List<String> path = List.of();
        for (String line : resource("cases.txt").split("\n", -1)) {
            if (line.startsWith("[")) {
                access = access(line);
                path = path(line);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split(" \\| ", 2);
                cases.add(new Case(parts[0], parts[1], access, path));
            }
        }
        return cases.stream();
    }

    private static Access access(String line) {
        Access access = Access.DEFAULT;
        Matcher setting = SETTING.matcher(line);
        while (setting.find()) {
            List<String> values = List.of(setting.group(2).split(","));
            access =
                    switch (setting.group(1)) {
                        case "", "path" -> access;
                        case "allow" -> access.withRelations(values, access.deniedRelations());
                        case "deny" -> access.withRelations(access.relations(), values);
                        case "columns" -> access.withDeniedColumns(values);
                        case "functions" -> access.withFunctions(values);
                        case "mode" -> access.withMode(Access.Mode.OBSERVE);
                        default -> throw new IllegalArgumentException(line);
                    };
        }
        return access;
    }

    private static List<String> path(String line) {
        Matcher setting = SETTING.matcher(line);
        return setting.find() && setting.group(1).equals("path")
                ? List.of(setting.group(2).split(","))
                : List.of();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void statement_isJudgedByWhatItReaches(Case tried) {
        CatalogView view =
                tried.path().isEmpty()
                        ? CatalogView.initial(catalog)
                        : CatalogView.of(catalog, SearchPath.of(tried.path(), "postgres"));

        Verdict verdict = judge(tried.sql(), new Policy("p", tried.access()), view);

        assertThat(outcome(verdict)).as("%s", verdict).isEqualTo(tried.expected());
        if (verdict instanceof Verdict.Deny deny) {
            assertThat(deny.denial().hint()).isNotBlank();
            assertThat(deny.denial().position()).isPositive();
        }
    }

    @Test
    void textUnderSeveralPaths_passesOnlyIfHarmlessUnderEach() {
        CatalogView both =
                CatalogView.initial(catalog)
                        .andPaths(List.of(SearchPath.of(List.of("evil"), "postgres")));
        Policy policy = new Policy("p", Access.DEFAULT);

        assertThat(outcome(judge("SELECT helper()", policy, both))).isEqualTo("function_unsafe");
        // Under the other path there is no such relation, and PostgreSQL will say so.
        assertThat(outcome(judge("SELECT id FROM people", policy, both))).isEqualTo("ok");
        assertThat(outcome(judge("SELECT id FROM nowhere", policy, both)))
                .isEqualTo("relation_unknown");
    }

    @Test
    void parameterOfAUsersOwnType_decidesWhatAnOperatorMeans() {
        CatalogView view = CatalogView.initial(catalog);
        int mood = catalog.types("mood").getFirst().oid();
        Policy policy = new Policy("p", Access.DEFAULT);

        assertThat(outcome(judge("SELECT $1 = $2", policy, view))).isEqualTo("ok");
        assertThat(outcome(judge("SELECT $1 = $2", policy, view.withParameterTypes(Oids.of(mood)))))
                .isEqualTo("function_unknown");
    }

    @Test
    void denialOfAClosedName_tellsNothingOfWhatIsThere() {
        Policy policy = new Policy("p", Access.DEFAULT.withRelations(null, List.of("secret.*")));
        CatalogView view = CatalogView.initial(catalog);

        Denial there = denial(judge("SELECT * FROM secret.salaries", policy, view));
        Denial nowhere = denial(judge("SELECT * FROM secret.aaaaaaaa", policy, view));

        assertThat(nowhere.message().replace("aaaaaaaa", "salaries")).isEqualTo(there.message());
        assertThat(nowhere.hint()).isEqualTo(there.hint());
        assertThat(nowhere.sqlState()).isEqualTo(there.sqlState());
        assertThat(denial(judge("SELECT * FROM pay", policy, view)).message())
                .doesNotContain("salaries");
    }

    private static Denial denial(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Deny.class);
        return ((Verdict.Deny) verdict).denial();
    }

    private static Verdict judge(String sql, Policy policy, CatalogView view) {
        SqlText text = SqlText.owning(sql.getBytes(StandardCharsets.UTF_8));
        return GATE.judge(text, policy, view, reader::read).verdict();
    }

    private static String outcome(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allow allow -> {
                Denial observed = allow.observed();
                yield observed == null ? "ok" : "observed " + observed.rule().code();
            }
            case Verdict.Answer answer -> "answer";
            case Verdict.Deny deny -> deny.denial().rule().code();
        };
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = GateOnCatalogTest.class.getResourceAsStream(name)) {
            return new String(
                    Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
