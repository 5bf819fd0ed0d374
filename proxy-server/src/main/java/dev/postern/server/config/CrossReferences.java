package dev.postern.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether the names that one section mentions exist in another. */
final class CrossReferences {

    private CrossReferences() {}

    /** A name that leads nowhere. */
    record Dangling(String keyPath, String message) {}

    /** Returns what is missing, in the order of the file. */
    static List<Dangling> dangling(
            Map<String, UpstreamConfig> upstreams,
            Map<String, PolicyConfig> policies,
            Map<String, AgentConfig> agents) {
        List<Dangling> found = new ArrayList<>();
        if (upstreams.isEmpty()) {
            found.add(new Dangling("upstreams", "at least one upstream is required"));
        }
        if (policies.isEmpty()) {
            found.add(new Dangling("policies", "at least one policy is required"));
        }
        for (PolicyConfig policy : policies.values()) {
            if (!upstreams.containsKey(policy.upstream())) {
                found.add(
                        new Dangling(
                                "policies." + policy.name() + ".upstream",
                                absent("upstream", policy.upstream(), upstreams)));
            }
        }
        for (AgentConfig agent : agents.values()) {
            if (!policies.containsKey(agent.policy())) {
                found.add(
                        new Dangling(
                                "agents." + agent.name() + ".policy",
                                absent("policy", agent.policy(), policies)));
            }
        }
        return found;
    }

    private static String absent(String kind, String name, Map<String, ?> known) {
        return "there is no "
                + kind
                + " \""
                + name
                + "\""
                + NearestName.suggestion(name, known.keySet());
    }
}
