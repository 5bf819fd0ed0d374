package dev.postern.server.doctor;

import dev.postern.server.config.AgentConfig;
import dev.postern.server.config.HostAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Whether each agent's credential ends, changes, is bound to places, and names a human. */
public final class AgentChecks implements Check {

    private static final String ALL = "agents";

    private final Patient patient;
    private final Collection<AgentConfig> agents;

    public AgentChecks(Patient patient) {
        this.patient = patient;
        this.agents = patient.configuration().agents().values();
    }

    @Override
    public List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        if (agents.isEmpty()) {
            findings.add(
                    CheckCode.AGENT_VERIFIER.note(
                            ALL,
                            "there are none yet",
                            "postern agent add NAME --config "
                                    + patient.file()
                                    + " --policy POLICY --owner WHO --networks RANGE --expires DATE"));
            return findings;
        }
        findings.add(
                CheckCode.AGENT_VERIFIER.ok(
                        ALL, counted() + ", each with a SCRAM-SHA-256 verifier of its own"));
        each(findings, CheckCode.AGENT_EXPIRES, this::expires, firstToExpire());
        each(findings, CheckCode.AGENT_AGE, this::age, oldest());
        each(
                findings,
                CheckCode.AGENT_NETWORKS,
                this::networks,
                isLocal()
                        ? "not needed: Postern listens on this machine only"
                        : counted() + ", each bound to networks");
        each(findings, CheckCode.AGENT_OWNER, this::owner, counted() + ", each with an owner");
        return findings;
    }

    private String counted() {
        return agents.size() == 1 ? "1 agent" : agents.size() + " agents";
    }

    /** One line for all if nothing is to be said, otherwise one for each of which there is. */
    private void each(
            List<Finding> findings,
            CheckCode code,
            Function<AgentConfig, @Nullable Finding> check,
            String allWell) {
        List<Finding> found = agents.stream().map(check).filter(Objects::nonNull).toList();
        findings.addAll(found);
        if (found.isEmpty()) {
            findings.add(code.ok(ALL, allWell));
        }
    }

    private @Nullable Finding expires(AgentConfig agent) {
        String key = "agents." + agent.name() + ".expires";
        if (agent.expires() == null) {
            return CheckCode.AGENT_EXPIRES.fail(
                    agent.name(),
                    "its credential never expires",
                    "Set " + key + " to a date, such as the end of the agent's task.");
        }
        return agent.expires().isAfter(patient.now())
                ? null
                : CheckCode.AGENT_EXPIRES.note(
                        agent.name(),
                        "its credential expired on " + agent.expires() + ": it cannot log in",
                        "If it is done: "
                                + patient.agentCommand("revoke", agent.name())
                                + "; otherwise set "
                                + key
                                + " anew and rotate it.");
    }

    private String firstToExpire() {
        return agents.stream()
                .filter(agent -> agent.expires() != null)
                .min(Comparator.comparing(agent -> Objects.requireNonNull(agent.expires())))
                .map(agent ->
                        counted()
                                + ", each with an end; the first is "
                                + agent.name()
                                + ", "
                                + agent.expires())
                .orElse("");
    }

    private @Nullable Finding age(AgentConfig agent) {
        Instant created = agent.created();
        String rotate = patient.agentCommand("rotate", agent.name());
        if (created == null) {
            return CheckCode.AGENT_AGE.note(
                    agent.name(),
                    "when its credential was made is not known",
                    rotate + " makes a new one and writes down when.");
        }
        Duration age = Duration.between(created, patient.now());
        return age.compareTo(patient.maxAge()) <= 0
                ? null
                : CheckCode.AGENT_AGE.fail(
                        agent.name(),
                        "its credential was made "
                                + Patient.words(age)
                                + " ago, more than "
                                + patient.maxAge().toDays()
                                + " d",
                        rotate);
    }

    private String oldest() {
        return agents.stream()
                .map(AgentConfig::created)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .map(created ->
                        counted()
                                + ", the oldest credential made "
                                + Patient.words(Duration.between(created, patient.now()))
                                + " ago")
                .orElse("");
    }

    private boolean isLocal() {
        return HostAddress.isLoopback(patient.configuration().listen().host());
    }

    private @Nullable Finding networks(AgentConfig agent) {
        if (isLocal() || isBound(agent)) {
            return null;
        }
        return CheckCode.AGENT_NETWORKS.fail(
                agent.name(),
                "it may come from anywhere",
                "Set agents." + agent.name() + ".networks to where it runs, such as [10.0.0.0/8].");
    }

    /** Tells whether an agent may come from some places only. */
    static boolean isBound(AgentConfig agent) {
        return !agent.networks().isEmpty()
                && agent.networks().stream().noneMatch(network -> network.endsWith("/0"));
    }

    private @Nullable Finding owner(AgentConfig agent) {
        return agent.owner() != null
                ? null
                : CheckCode.AGENT_OWNER.fail(
                        agent.name(),
                        "nobody is answerable for it: audit events name no human",
                        "Set agents." + agent.name() + ".owner, such as dana@example.com.");
    }
}
