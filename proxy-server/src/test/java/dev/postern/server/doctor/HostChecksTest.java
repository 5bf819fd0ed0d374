package dev.postern.server.doctor;

import static dev.postern.server.doctor.CheckCode.ROLE_READ_ONLY;
import static dev.postern.server.doctor.CheckCode.UPSTREAM_LAG;
import static dev.postern.server.doctor.CheckCode.UPSTREAM_REACHABLE;
import static dev.postern.server.doctor.CheckCode.UPSTREAM_STANDBY;
import static dev.postern.server.doctor.CheckCode.UPSTREAM_TLS;
import static dev.postern.server.doctor.CheckCode.UPSTREAM_VERSION;
import static dev.postern.server.doctor.Patients.POLICY;
import static dev.postern.server.doctor.Patients.SHOP;
import static dev.postern.server.doctor.Patients.found;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.server.upstream.HostPosture;
import dev.postern.server.upstream.Objection;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostChecksTest {

    private static final HostPosture.Reachable FIT =
            new HostPosture.Reachable(
                    true,
                    new HostPosture.Lag(1.25, 0),
                    new HostPosture.Version("18.1 (Debian)", 180001),
                    List.of());

    private static List<Finding> run(HostPosture posture, String... keys) {
        StringBuilder yaml = new StringBuilder(SHOP);
        for (String key : keys) {
            yaml.append("    ").append(key).append('\n');
        }
        Patient patient = Patients.of(yaml + POLICY);
        return new HostChecks(patient, Patients.shop(patient), (upstream, host) -> posture).run();
    }

    @Test
    void fitHost_isOkInEveryRespect() {
        List<Finding> findings = run(FIT, "max_lag: 30s");

        assertThat(findings).allMatch(finding -> finding.level() == Level.OK);
        assertThat(findings.stream().map(Finding::code))
                .containsExactly(
                        UPSTREAM_TLS,
                        UPSTREAM_REACHABLE,
                        UPSTREAM_VERSION,
                        UPSTREAM_STANDBY,
                        UPSTREAM_LAG,
                        ROLE_READ_ONLY);
        assertThat(found(findings, UPSTREAM_LAG))
                .containsExactly(
                        "OK shop replica-1.db:5432: its replay is 1.3 s behind, max_lag is 30.0 s");
    }

    @Test
    void hostThatDoesNotAnswer_failsAndNothingElseIsSaidOfIt() {
        List<Finding> findings =
                run(new HostPosture.Unreachable("it sleeps", Objection.Cause.NO_CONNECTION));

        assertThat(found(findings, UPSTREAM_REACHABLE))
                .containsExactly("FAIL shop replica-1.db:5432: it sleeps");
        assertThat(found(run(new HostPosture.Unknown()), UPSTREAM_REACHABLE)).hasSize(1);
        assertThat(findings).hasSize(2);
    }

    @Test
    void version_outsideOfWhatIsKnown_fails() {
        for (String version : List.of("13.9", "19beta1", "none")) {
            assertThat(
                            found(
                                    run(
                                            new HostPosture.Reachable(
                                                    true,
                                                    HostPosture.Lag.NONE,
                                                    new HostPosture.Version(version, 0),
                                                    List.of())),
                                    UPSTREAM_VERSION))
                    .containsExactly("FAIL shop replica-1.db:5432: PostgreSQL " + version);
        }
        assertThat(
                        found(
                                run(
                                        new HostPosture.Reachable(
                                                true,
                                                HostPosture.Lag.NONE,
                                                new HostPosture.Version("14.0", 140000),
                                                List.of())),
                                UPSTREAM_VERSION))
                .containsExactly("OK shop replica-1.db:5432: PostgreSQL 14.0");
    }

    @Test
    void primary_failsUnlessDeclared_andADeclarationWithoutNeedIsNoted() {
        HostPosture primary =
                new HostPosture.Reachable(
                        false,
                        HostPosture.Lag.NONE,
                        new HostPosture.Version("18.1", 180001),
                        List.of());

        assertThat(found(run(primary), UPSTREAM_STANDBY))
                .containsExactly("FAIL shop replica-1.db:5432: accepts writes: a primary");
        assertThat(found(run(primary, "allow_primary: true"), UPSTREAM_STANDBY))
                .containsExactly(
                        "WAIVED shop replica-1.db:5432: accepts writes: a primary, declared by upstreams.shop.allow_primary");
        assertThat(found(run(FIT, "allow_primary: true"), UPSTREAM_STANDBY))
                .containsExactly(
                        "NOTE shop replica-1.db:5432: a hot standby, but upstreams.shop.allow_primary would let it be a primary");
        assertThat(found(run(primary), UPSTREAM_LAG))
                .containsExactly("OK shop replica-1.db:5432: a primary is not behind");
    }

    @Test
    void lag_beyondTheLimitOrUnknown_fails_andWithoutALimitIsNoted() {
        HostPosture late =
                new HostPosture.Reachable(
                        true,
                        new HostPosture.Lag(31, 0),
                        new HostPosture.Version("18.1", 180001),
                        List.of());
        HostPosture lost =
                new HostPosture.Reachable(
                        true,
                        new HostPosture.Lag(Double.NaN, 0),
                        new HostPosture.Version("18.1", 180001),
                        List.of());

        assertThat(found(run(late, "max_lag: 30s"), UPSTREAM_LAG))
                .containsExactly(
                        "FAIL shop replica-1.db:5432: its replay is 31.0 s behind, max_lag is 30.0 s");
        assertThat(found(run(lost, "max_lag: 30s"), UPSTREAM_LAG))
                .containsExactly(
                        "FAIL shop replica-1.db:5432: how far its replay is behind cannot be told, max_lag is 30.0 s");
        assertThat(found(run(late), UPSTREAM_LAG))
                .containsExactly(
                        "NOTE shop replica-1.db:5432: its replay is 31.0 s behind, and no max_lag is set");
    }

    @Test
    void roleThatCanWrite_failsWithTheScriptAsRemedy_unlessDeclared() {
        HostPosture writable =
                new HostPosture.Reachable(
                        true,
                        HostPosture.Lag.NONE,
                        new HostPosture.Version("18.1", 180001),
                        List.of("is a superuser", "has CREATEDB"));

        Finding failed =
                run(writable).stream()
                        .filter(finding -> finding.code() == ROLE_READ_ONLY)
                        .findFirst()
                        .orElseThrow();
        assertThat(failed)
                .isEqualTo(
                        ROLE_READ_ONLY.fail(
                                "shop replica-1.db:5432",
                                "role postern_reader is a superuser; has CREATEDB",
                                "postern role-sql --config postern.yaml --policy reporting prints the script for a role that can only read."));
        assertThat(found(run(writable, "allow_writable_role: true"), ROLE_READ_ONLY))
                .containsExactly(
                        "WAIVED shop replica-1.db:5432: role postern_reader is a superuser; has CREATEDB; declared by upstreams.shop.allow_writable_role");
    }

    @Test
    void tls_ofTheWayThere_isJudgedByWhatItKeepsOut() {
        assertThat(found(run(FIT), UPSTREAM_TLS))
                .first()
                .asString()
                .startsWith("OK shop: verify-full");
        assertThat(found(run(FIT, "tls: {mode: verify-ca, ca: ca.crt}"), UPSTREAM_TLS))
                .first()
                .asString()
                .startsWith("NOTE shop: verify-ca");
        assertThat(found(run(FIT, "tls: {mode: require}"), UPSTREAM_TLS))
                .first()
                .asString()
                .startsWith("NOTE shop: require");
        assertThat(found(run(FIT, "tls: {mode: disable}"), UPSTREAM_TLS))
                .containsExactly("FAIL shop: disable: rows cross the network in the clear");
        Patient local =
                Patients.of(
                        SHOP.replace("replica-1.db", "\"127.0.0.1:5433\", \"[::1]:5433\""),
                        "    tls: {mode: disable}\n",
                        POLICY);
        assertThat(UpstreamTlsCheck.of(Patients.shop(local)).level()).isEqualTo(Level.OK);
    }

    @Test
    void severalHosts_areEachLookedAt() {
        Patient patient = Patients.of(SHOP.replace("replica-1.db", "a, b"), POLICY);
        List<Finding> findings =
                new HostChecks(
                                patient,
                                Patients.shop(patient),
                                (upstream, host) ->
                                        host.host().equals("a")
                                                ? FIT
                                                : new HostPosture.Unreachable(
                                                        "gone", Objection.Cause.NO_CONNECTION))
                        .run();

        assertThat(found(findings, UPSTREAM_REACHABLE))
                .containsExactly(
                        "OK shop a:5432: answers to role postern_reader", "FAIL shop b:5432: gone");
    }
}
