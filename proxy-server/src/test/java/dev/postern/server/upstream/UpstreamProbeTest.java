package dev.postern.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.server.upstream.ProbeTarget.Requirements;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
                () -> new char[0],
                List.of("postgres", "other"),
                UpstreamWay.PLAIN,
                requirements);
    }

    private static HostPosture look(TestPostgres server, String user) {
        HostProbe probe =
                new HostProbe(
                        target(server, user, STRICT),
                        "127.0.0.1:" + server.port(),
                        Duration.ofSeconds(5),
                        System::nanoTime);
        probe.look();
        probe.close();
        return probe.posture(Duration.ofSeconds(20));
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
        assertThat(((HostPosture.Reachable) posture).serverVersion()).isNotEmpty();
    }

    @Test
    void standby_that_lost_its_primary_cannot_tell_its_lag() {
        HostPosture posture = look(standby, "reader");
        assertThat(posture.objections(new Requirements(false, false, Duration.ofSeconds(30))))
                .containsExactly("its replay lag cannot be told, and max_lag is set");
    }

    @Test
    void primary_is_objected_to_unless_it_is_allowed() {
        HostPosture posture = look(primary, "reader");
        assertThat(posture.objections(STRICT))
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
        assertThat(posture.objections(STRICT))
                .containsExactly(
                        "the role can write (can write to public.orders), and allow_writable_role is not set");
        assertThat(posture.objections(new Requirements(false, true, null))).isEmpty();
    }

    @Test
    void unknown_role_is_named_by_the_server() {
        assertThat(look(primary, "nobody").objections(LAX))
                .singleElement()
                .asString()
                .startsWith("not reachable: ")
                .contains("nobody");
    }

    @Test
    void old_look_counts_as_no_answer() {
        HostProbe probe =
                new HostProbe(
                        target(primary, "reader", LAX),
                        "127.0.0.1:" + primary.port(),
                        Duration.ofSeconds(5),
                        System::nanoTime);
        probe.look();
        probe.close();
        assertThat(probe.posture(Duration.ofNanos(-1)).objections(LAX))
                .containsExactly("not reachable: no answer for 0 s");
    }

    @Test
    void lag_beyond_the_limit_is_objected_to() {
        Requirements limit = new Requirements(false, false, Duration.ofSeconds(30));
        assertThat(new HostPosture.Reachable(true, 30.0, "15.8", List.of()).objections(limit))
                .isEmpty();
        assertThat(new HostPosture.Reachable(true, 31.5, "15.8", List.of()).objections(limit))
                .containsExactly("its replay is 31.5 s behind, max_lag is 30.0 s");
        assertThat(new HostPosture.Unknown().objections(LAX)).containsExactly("not probed yet");
    }

    @Test
    void running_probe_notices_that_a_host_is_lost_and_back() throws Exception {
        try (UpstreamProbe probe =
                UpstreamProbe.start(
                        List.of(target(primary, "reader", LAX)),
                        Duration.ofMillis(50),
                        System::nanoTime)) {
            String host = "127.0.0.1:" + primary.port();
            await(probe, List::isEmpty);
            assertThat(probe.isEligible("shop", host)).isTrue();
            assertThat(probe.isEligible("shop", "elsewhere:1")).isFalse();
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
