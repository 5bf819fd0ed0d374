package dev.postern.server;

import dev.postern.identity.Agent;
import dev.postern.identity.AgentDirectory;
import dev.postern.policy.Policy;
import dev.postern.server.pool.Cap;
import dev.postern.server.tls.ListenTls;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of the configuration that a reload changes, all of it at once. Safe for use by any
 * thread.
 */
final class LiveConfiguration implements AgentDirectory {

    private final Map<String, AgentUsage> usage = new ConcurrentHashMap<>();
    private final Map<String, Cap> policyConnections = new ConcurrentHashMap<>();
    private volatile Snapshot current;

    /**
     * One state of it.
     *
     * @param agents by name
     * @param policies by name
     * @param tls how agents' connections are protected
     */
    record Snapshot(Map<String, Agent> agents, Map<String, ServedPolicy> policies, ListenTls tls) {

        Snapshot {
            agents = Map.copyOf(agents);
            policies = Map.copyOf(policies);
        }
    }

    LiveConfiguration(Snapshot initial) {
        current = initial;
    }

    /** Replaces everything. */
    void replace(Snapshot next) {
        current = next;
        usage.keySet().retainAll(next.agents().keySet());
    }

    @Override
    public @Nullable Agent find(String name) {
        return current.agents().get(name);
    }

    /** Returns the policy of an agent, {@code null} if there is no such agent any more. */
    @Nullable ServedPolicy policyOf(String agent) {
        Snapshot snapshot = current;
        Agent found = snapshot.agents().get(agent);
        return found == null ? null : snapshot.policies().get(found.policy());
    }

    /** Tells whether an agent's sessions may go on. */
    boolean isValid(String agent, Instant now) {
        Agent found = current.agents().get(agent);
        return found != null && (found.expires() == null || now.isBefore(found.expires()));
    }

    ListenTls tls() {
        return current.tls();
    }

    AgentUsage usageOf(String agent) {
        return usage.computeIfAbsent(agent, name -> new AgentUsage());
    }

    /** Returns what the use of a connection counts against. */
    List<Cap> caps(String agent, ServedPolicy policy) {
        Cap all =
                policyConnections.computeIfAbsent(
                        policy.rules().name(), name -> new Cap(policy.maxConnections()));
        all.setMax(policy.maxConnections());
        return List.of(all, usageOf(agent).connections(policy.maxAgentConnections()));
    }

    /**
     * Returns the rules that apply to an agent's session from now on.
     *
     * @param session the rules it began under, which go on if its agent is gone until the session
     *     is ended
     */
    PolicyView view(String agent, Policy session) {
        return new PolicyView(agent, session);
    }

    /**
     * One session's view: asked at each statement, so it looks again only after a reload. Used by
     * one thread.
     */
    final class PolicyView {

        private final String agent;
        private Snapshot seen;
        private Policy rules;

        private PolicyView(String agent, Policy rules) {
            this.agent = agent;
            this.seen = current;
            ServedPolicy policy = policyOf(agent);
            this.rules = policy == null ? rules : policy.rules();
        }

        @SuppressWarnings("ReferenceEquality") // a snapshot is replaced as a whole
        Policy rules() {
            Snapshot now = current;
            if (now != seen) {
                seen = now;
                ServedPolicy policy = policyOf(agent);
                if (policy != null) {
                    rules = policy.rules();
                }
            }
            return rules;
        }
    }
}
