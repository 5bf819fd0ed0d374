package dev.postern.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.server.upstream.ProbeTarget.Requirements;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The probe against PostgreSQL of this machine: a primary, and a standby that was copied from it
 * and lost it.
 */
final class UpstreamProbeTest {

    private static final String HBA = "host all all 127.0.0.1/32 trust\n";
    private static final Requirements STRICT = new Requirements(false, false, null);
    private static final Requirements LAX = new Requirements(true, true, null);

    @TempDir static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static TestPostgres primary;

    @SuppressWarnings("NullAway.Init")
    private static TestPostgres standby;

    @BeforeAll
    static void start() {
        primary = TestPostgres.create(directory.resolve("primary"), HBA, List.of());
        for (String sql :
                List.of(
                        "CREATE TABLE orders (id int)",
                        "CREATE ROLE reader LOGIN",
                        "GRANT SELECT ON orders TO reader",
                        "CREATE ROLE column_writer LOGIN",
                        "GRANT UPDATE (id) ON orders TO column_writer",
                        "CREATE ROLE writer LOGIN",
                        "GRANT TRUNCATE ON orders TO writer",
                        "CREATE ROLE member LOGIN NOINHERIT",
                        "GRANT pg_write_server_files TO member",
                        "CREATE ROLE creator LOGIN CREATEDB BYPASSRLS",
                        "GRANT CREATE ON DATABASE postgres TO creator",
                        "CREATE ROLE schema_creator LOGIN",
                        "CREATE SCHEMA attic",
                        "GRANT CREATE ON SCHEMA attic TO schema_creator",
                        "CREATE SEQUENCE numbers",
                        "CREATE ROLE counter LOGIN",
                        "GRANT USAGE ON SEQUENCE numbers TO counter",
                        "CREATE ROLE number_setter LOGIN",
                        "GRANT UPDATE ON SEQUENCE numbers TO number_setter",
                        "CREATE ROLE number_reader LOGIN",
                        "GRANT SELECT ON SEQUENCE numbers TO number_reader",
                        "CREATE ROLE indirect LOGIN NOINHERIT",
                        "GRANT counter TO indirect",
                        "CREATE ROLE owner_of_function LOGIN",
                        "CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1",
                        "ALTER FUNCTION one() OWNER TO owner_of_function",
                        "CREATE ROLE owner_of_view LOGIN",
                        "CREATE VIEW some_orders AS SELECT id FROM orders",
                        "REVOKE ALL ON some_orders FROM owner_of_view",
                        "ALTER VIEW some_orders OWNER TO owner_of_view",
                        "REVOKE ALL ON some_orders FROM owner_of_view",
                        "CREATE ROLE owner_of_schema LOGIN",
                        "CREATE SCHEMA cellar AUTHORIZATION owner_of_schema",
                        "REVOKE ALL ON SCHEMA cellar FROM owner_of_schema",
                        "CREATE ROLE owner_of_database LOGIN",
                        "CREATE DATABASE third OWNER owner_of_database",
                        "REVOKE ALL ON DATABASE third FROM owner_of_database",
                        "CREATE DATABASE other")) {
            primary.sql(sql);
        }
        primary.stop();
        standby = TestPostgres.standbyOf(primary, directory.resolve("standby"), List.of());
        primary.start(List.of());
    }

    @AfterAll
    static void stop() {
        standby.close();
        primary.close();
    }

    private static ProbeTarget target(TestPostgres server, String user, Requirements requirements) {
        return new ProbeTarget(
                "shop",
                List.of("127.0.0.1:" + server.port()),
                user,
                _ -> new char[0],
                List.of("postgres", "other"),
                UpstreamWay.PLAIN,
                new ProbeTarget.Timing(Duration.ofMillis(50), Duration.ofSeconds(5)),
                requirements);
    }

    private static HostPosture look(TestPostgres server, String user) {
        HostProbe probe =
                new HostProbe(
                        target(server, user, STRICT),
                        "127.0.0.1:" + server.port(),
                        System::nanoTime);
        probe.look();
        probe.close();
        return probe.posture();
    }

    private static List<String> abilities(String user) {
        return ((HostPosture.Reachable) look(primary, user)).writeAbilities();
    }

    @Test
    void standby_with_a_reading_role_has_nothing_against_it() {
        HostPosture posture = look(standby, "reader");
        assertThat(posture).isInstanceOf(HostPosture.Reachable.class);
        assertThat(posture.objections(STRICT)).isEmpty();
        assertThat(((HostPosture.Reachable) posture).standby()).isTrue();
        HostPosture.Version version = ((HostPosture.Reachable) posture).version();
        assertThat(version.text()).startsWith(version.number() / 10_000 + ".");
    }

    @Test
    void standby_that_lost_its_primary_cannot_tell_its_lag() {
        HostPosture posture = look(standby, "reader");
        assertThat(
                        words(
                                posture.objections(
                                        new Requirements(false, false, Duration.ofSeconds(30)))))
                .containsExactly("its replay lag cannot be told, and max_lag is set");
    }

    @Test
    void primary_is_objected_to_unless_it_is_allowed() {
        HostPosture posture = look(primary, "reader");
        assertThat(words(posture.objections(STRICT)))
                .containsExactly("it is a primary, and allow_primary is not set");
        assertThat(posture.objections(new Requirements(true, false, Duration.ofSeconds(1))))
                .isEmpty();
    }

    @Test
    void every_way_to_write_is_named() {
        assertThat(abilities("reader")).isEmpty();
        assertThat(abilities("writer")).containsExactly("can write to public.orders");
        assertThat(abilities("column_writer")).containsExactly("can write to public.orders");
        assertThat(abilities("member")).containsExactly("is a member of pg_write_server_files");
        assertThat(abilities("schema_creator"))
                .containsExactly("has CREATE on schema attic of database postgres");
        assertThat(abilities("counter")).containsExactly("can advance sequence public.numbers");
        assertThat(abilities("number_setter"))
                .containsExactly("can advance sequence public.numbers");
        assertThat(abilities("number_reader")).isEmpty();
        assertThat(abilities("indirect")).containsExactly("can advance sequence public.numbers");
        assertThat(abilities("owner_of_function")).containsExactly("owns function one()");
        assertThat(abilities("owner_of_view")).containsExactly("owns view some_orders");
        assertThat(abilities("owner_of_schema")).containsExactly("owns schema cellar");
        assertThat(abilities("owner_of_database")).containsExactly("owns database third");
        assertThat(abilities("creator"))
                .containsExactly(
                        "has BYPASSRLS", "has CREATEDB", "has CREATE on database postgres");
        assertThat(abilities("postgres"))
                .contains(
                        "is a superuser",
                        "has CREATE on database postgres",
                        "has CREATE on database other");
    }

    @Test
    void writable_role_is_objected_to_unless_it_is_allowed() {
        HostPosture posture = look(standby, "writer");
        assertThat(words(posture.objections(STRICT)))
                .containsExactly(
                        "the role can write (can write to public.orders), and allow_writable_role is not set");
        assertThat(posture.objections(new Requirements(false, true, null))).isEmpty();
    }

    @Test
    void unknown_role_is_named_by_the_server() {
        List<Objection> objections = look(primary, "nobody").objections(LAX);
        assertThat(words(objections))
                .singleElement()
                .asString()
                .startsWith("not usable: ")
                .contains("nobody");
        assertThat(objections).noneMatch(Objection::endsSessions);
        assertThat(objections.getFirst().forAgent()).doesNotContain("nobody");
    }

    @Test
    void old_look_counts_as_no_answer() {
        AtomicLong now = new AtomicLong();
        HostProbe probe =
                new HostProbe(
                        target(primary, "reader", LAX), "127.0.0.1:" + primary.port(), now::get);
        probe.look();
        probe.close();
        now.set(Duration.ofMillis(10_050).toNanos());
        assertThat(probe.posture().objections(LAX)).isEmpty();
        now.addAndGet(1);
        assertThat(words(probe.posture().objections(LAX)))
                .containsExactly("not reachable: no answer for 10 s");
        assertThat(probe.posture().objections(LAX)).allMatch(Objection::endsSessions);
    }

    @Test
    void silent_host_counts_as_unreachable_after_the_timeout() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String host = "127.0.0.1:" + silent.getLocalPort();
            HostProbe probe =
                    new HostProbe(
                            new ProbeTarget(
                                    "shop",
                                    List.of(host),
                                    "reader",
                                    _ -> new char[0],
                                    List.of("postgres"),
                                    UpstreamWay.PLAIN,
                                    new ProbeTarget.Timing(
                                            Duration.ofSeconds(5), Duration.ofMillis(300)),
                                    LAX),
                            host,
                            System::nanoTime);
            long start = System.nanoTime();
            probe.look();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(250), Duration.ofSeconds(3));
            assertThat(probe.posture().objections(LAX))
                    .singleElement()
                    .matches(Objection::endsSessions);
        }
    }

    @Test
    void probe_whose_connection_was_cut_opens_another_in_the_same_look() {
        HostProbe probe =
                new HostProbe(
                        target(primary, "reader", LAX),
                        "127.0.0.1:" + primary.port(),
                        System::nanoTime);
        probe.look();
        primary.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'postern/probe'");
        probe.look();
        assertThat(probe.posture().objections(LAX)).isEmpty();
        probe.close();
    }

    @Test
    void lag_beyond_the_limit_is_objected_to() {
        Requirements limit = new Requirements(false, false, Duration.ofSeconds(30));
        assertThat(behind(30.0).objections(limit)).isEmpty();
        assertThat(words(behind(31.5).objections(limit)))
                .containsExactly("its replay is 31.5 s behind, max_lag is 30.0 s");
        assertThat(behind(31.5).objections(limit)).noneMatch(Objection::endsSessions);
        assertThat(words(new HostPosture.Unknown().objections(LAX)))
                .containsExactly("not probed yet");
    }

    @Test
    void narrower_of_two_limits_of_lag_holds() {
        Requirements limit = new Requirements(false, false, Duration.ofSeconds(30));
        assertThat(behind(20).objections(limit.within(Duration.ofSeconds(10))))
                .containsExactly(new Objection.Behind(20, Duration.ofSeconds(10)));
        assertThat(behind(20).objections(limit.within(Duration.ofMinutes(1)))).isEmpty();
        assertThat(behind(20).objections(limit.within(null))).isEmpty();
        assertThat(behind(20).objections(STRICT.within(Duration.ofSeconds(10)))).hasSize(1);
    }

    private static HostPosture behind(double seconds) {
        return new HostPosture.Reachable(
                true,
                new HostPosture.Lag(seconds, 0),
                new HostPosture.Version("15.8", 150_008),
                List.of());
    }

    private static List<String> words(List<Objection> objections) {
        return objections.stream().map(Objection::forOperator).toList();
    }

    @Test
    void running_probe_notices_that_a_host_is_lost_and_back() throws Exception {
        try (UpstreamProbe probe =
                UpstreamProbe.start(List.of(target(primary, "reader", LAX)), System::nanoTime)) {
            String host = "127.0.0.1:" + primary.port();
            await(probe, List::isEmpty);
            assertThat(probe.isEligible("shop", host)).isTrue();
            assertThat(probe.isEligible("shop", "elsewhere:1")).isFalse();
            assertThat(probe.objections("shop", "elsewhere:1", null))
                    .containsExactly(new Objection.NotProbed());
            assertThat(probe.eligibleHosts("shop")).containsExactly(host);
            primary.stop();
            await(probe, troubles -> !troubles.isEmpty());
            assertThat(probe.notReady())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "upstream shop has no host to serve from: "
                                    + host
                                    + ": not reachable: ");
            assertThat(probe.eligibleHosts("shop")).isEmpty();
            primary.start(List.of());
            await(probe, List::isEmpty);
            assertThat(probe.isEligible("shop", host)).isTrue();
        }
    }

    private static void await(UpstreamProbe probe, Predicate<List<String>> condition)
            throws Exception {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.test(probe.notReady())) {
            assertThat(System.nanoTime()).as(probe.notReady().toString()).isLessThan(end);
            Thread.sleep(20);
        }
    }
}
