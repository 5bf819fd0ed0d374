package dev.postern.server.doctor;

import static dev.postern.server.doctor.CheckCode.ADMIN_ADDRESS;
import static dev.postern.server.doctor.CheckCode.LISTEN_ADDRESS;
import static dev.postern.server.doctor.CheckCode.LISTEN_TLS;
import static dev.postern.server.doctor.Patients.POLICY;
import static dev.postern.server.doctor.Patients.SHOP;
import static dev.postern.server.doctor.Patients.found;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.server.tls.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkChecksTest {

    private static final String BOUND =
            "agents: {bot: {policy: reporting, verifier: \"VERIFIER\", networks: [10.0.0.0/8]}}\n";
    private static final String UNBOUND =
            "agents: {bot: {policy: reporting, verifier: \"VERIFIER\"}}\n";

    @TempDir private Path directory;

    private List<Finding> run(String... yaml) {
        return new NetworkChecks(Patients.of(directory, SHOP, POLICY, String.join("", yaml))).run();
    }

    private String tls(String host, String mode) {
        TestCertificates authority = new TestCertificates(directory, "ca-" + mode);
        TestCertificates.Issued issued = authority.issue("server-" + mode, "localhost");
        return "listen: {host: \"%s\", tls: {mode: %s, certificate: \"%s\", key: \"%s\"}}\n"
                .formatted(host, mode, issued.certificate(), issued.key());
    }

    @Test
    void listenerOfThisMachine_needsNothing() {
        for (String host : List.of("127.0.0.1", "\"::1\"", "localhost")) {
            List<Finding> findings = run("listen: {host: " + host + "}\n", UNBOUND);

            assertThat(findings).hasSize(3).allMatch(finding -> finding.level() == Level.OK);
        }
    }

    @Test
    void listenerWithTlsAndBoundAgents_mayBeOpenToAll() {
        List<Finding> findings = run(tls("::", "require"), BOUND);

        assertThat(found(findings, LISTEN_TLS)).containsExactly("OK :::6432: agents must use TLS");
        assertThat(found(findings, LISTEN_ADDRESS))
                .containsExactly(
                        "OK ::: every address of this machine, over TLS and from the agents' networks only");
    }

    @Test
    void listenerOpenToAll_failsForWhatItLacks() {
        assertThat(
                        found(
                                run("listen: {host: 0.0.0.0, tls: {mode: disable}}\n", UNBOUND),
                                LISTEN_ADDRESS))
                .containsExactly(
                        "FAIL 0.0.0.0: every address of this machine, and agents need not use TLS and agent bot may come from anywhere");
        assertThat(found(run(tls("0.0.0.0", "require"), UNBOUND), LISTEN_ADDRESS))
                .containsExactly(
                        "FAIL 0.0.0.0: every address of this machine, and agent bot may come from anywhere");
        assertThat(found(run(tls("10.1.2.3", "require"), UNBOUND), LISTEN_ADDRESS))
                .containsExactly("OK 10.1.2.3: one address");
    }

    @Test
    void listenerWithoutTls_fails() {
        assertThat(found(run("listen: {host: 10.1.2.3, tls: {mode: disable}}\n"), LISTEN_TLS))
                .containsExactly("FAIL 10.1.2.3:6432: no TLS: rows cross the network in the clear");
        assertThat(found(run(tls("10.1.2.3", "allow")), LISTEN_TLS))
                .containsExactly(
                        "FAIL 10.1.2.3:6432: allow: rows may cross the network in the clear");
    }

    @Test
    void certificateThatCannotBeUsed_fails() throws Exception {
        Files.writeString(directory.resolve("bad.crt"), "none");

        assertThat(
                        found(
                                run(
                                        "listen: {tls: {mode: require, certificate: bad.crt, key: bad.crt}}\n"),
                                LISTEN_TLS))
                .singleElement()
                .asString()
                .startsWith("FAIL 127.0.0.1:6432: listen.tls: ");
    }

    @Test
    void adminPort_reachableFromElsewhere_isNoted() {
        assertThat(found(run("admin: {host: 0.0.0.0}\n"), ADMIN_ADDRESS))
                .containsExactly(
                        "NOTE 0.0.0.0:8432: metrics and health can be read from other machines, without a password");
        assertThat(found(run(), ADMIN_ADDRESS))
                .containsExactly("OK 127.0.0.1:8432: this machine only");
    }
}
