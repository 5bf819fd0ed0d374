package dev.postern.server.doctor;

import static dev.postern.server.doctor.CheckCode.AGENT_AGE;
import static dev.postern.server.doctor.CheckCode.AGENT_EXPIRES;
import static dev.postern.server.doctor.CheckCode.AGENT_NETWORKS;
import static dev.postern.server.doctor.CheckCode.AGENT_OWNER;
import static dev.postern.server.doctor.CheckCode.AGENT_VERIFIER;
import static dev.postern.server.doctor.Patients.POLICY;
import static dev.postern.server.doctor.Patients.SHOP;
import static dev.postern.server.doctor.Patients.found;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AgentChecksTest {

    private static final String WIDE = "listen: {host: 0.0.0.0, tls: {mode: disable}}\n";
    private static final String GOOD =
            "policy: reporting, verifier: \"VERIFIER\", owner: dana, networks: [10.0.0.0/8], expires: 2027-03-01, created: 2026-11-01";

    private static List<Finding> run(String listen, String... agents) {
        StringBuilder yaml = new StringBuilder("agents:\n");
        for (int i = 0; i < agents.length; i++) {
            yaml.append("  bot").append(i).append(": {").append(agents[i]).append("}\n");
        }
        return new AgentChecks(Patients.of(listen, SHOP, POLICY, yaml.toString())).run();
    }

    @Test
    void goodAgents_areOneLineForEachCheck() {
        List<Finding> findings = run(WIDE, GOOD, GOOD.replace("2026-11-01", "2026-10-27"));

        assertThat(findings.stream().map(f -> f.level() + " " + f.subject() + ": " + f.message()))
                .containsExactly(
                        "OK agents: 2 agents, each with a SCRAM-SHA-256 verifier of its own",
                        "OK agents: 2 agents, each with an end; the first is bot0, 2027-03-01T00:00:00Z",
                        "OK agents: 2 agents, the oldest credential made 30 d ago",
                        "OK agents: 2 agents, each bound to networks",
                        "OK agents: 2 agents, each with an owner");
    }

    @Test
    void agentThatLacksEverything_failsOneByOne() {
        List<Finding> findings =
                run(WIDE, GOOD, "policy: reporting, verifier: \"VERIFIER\", created: 2026-08-27");

        assertThat(found(findings, AGENT_EXPIRES))
                .containsExactly("FAIL bot1: its credential never expires");
        assertThat(found(findings, AGENT_AGE))
                .containsExactly("FAIL bot1: its credential was made 91 d ago, more than 90 d");
        assertThat(found(findings, AGENT_NETWORKS))
                .containsExactly("FAIL bot1: it may come from anywhere");
        assertThat(found(findings, AGENT_OWNER))
                .containsExactly(
                        "FAIL bot1: nobody is answerable for it: audit events name no human");
        assertThat(findings)
                .filteredOn(finding -> finding.code() == AGENT_AGE)
                .extracting(Finding::remedy)
                .containsExactly("postern agent rotate bot1 --config postern.yaml");
    }

    @Test
    void ageThatIsNotKnown_isNotedAndNotGuessed() {
        assertThat(found(run(WIDE, GOOD.replace(", created: 2026-11-01", "")), AGENT_AGE))
                .containsExactly("NOTE bot0: when its credential was made is not known");
    }

    @Test
    void expiredCredential_isNoted() {
        assertThat(found(run(WIDE, GOOD.replace("2027-03-01", "2026-11-26")), AGENT_EXPIRES))
                .containsExactly(
                        "NOTE bot0: its credential expired on 2026-11-26T00:00:00Z: it cannot log in");
    }

    @Test
    void networksThatAreTheWholeInternet_countAsNone() {
        for (String anywhere : List.of("0.0.0.0/0", "\"::/0\"")) {
            assertThat(
                            found(
                                    run(
                                            WIDE,
                                            GOOD.replace("10.0.0.0/8", "10.0.0.0/8, " + anywhere)),
                                    AGENT_NETWORKS))
                    .containsExactly("FAIL bot0: it may come from anywhere");
        }
    }

    @Test
    void networks_areNotNeededOnThisMachine() {
        assertThat(found(run("", GOOD.replace("networks: [10.0.0.0/8], ", "")), AGENT_NETWORKS))
                .containsExactly("OK agents: not needed: Postern listens on this machine only");
    }

    @Test
    void noAgents_isOneNoteThatSaysHowToAddOne() {
        List<Finding> findings = run(WIDE);

        assertThat(found(findings, AGENT_VERIFIER))
                .containsExactly("NOTE agents: there are none yet");
        assertThat(findings).hasSize(1);
    }
}
