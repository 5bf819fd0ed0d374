package dev.postern.server;

import dev.postern.audit.SessionContext;
import dev.postern.identity.Agent;
import dev.postern.identity.Network;
import dev.postern.identity.Principal;
import dev.postern.policy.Policy;
import dev.postern.server.enforce.AnswerRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code SHOW postern.agent}: who the agent is to Postern, and what stands in the
 * audit trail of its session. No secret is among it, nor where the upstream is.
 */
final class AgentRows {

    private static final String UNKNOWN = "unknown";

    private AgentRows() {}

    /**
     * Returns the rows.
     *
     * @param agent as configured now
     * @param policy the policy that applies now
     * @param session as it began
     */
    static List<AnswerRow> of(Agent agent, Policy policy, SessionContext session) {
        List<AnswerRow> rows = new ArrayList<>();
        rows.add(new AnswerRow("agent", agent.name()));
        rows.add(new AnswerRow("owner", or(agent.owner(), "none named")));
        Principal principal = session.principal();
        Principal.HumanSource source = principal == null ? null : principal.humanSource();
        if (principal != null && source != null) {
            rows.add(new AnswerRow("human", principal.human() + " (" + words(source) + ")"));
        } else {
            rows.add(new AnswerRow("human", UNKNOWN));
        }
        rows.add(new AnswerRow("task", or(principal == null ? null : principal.task(), "none")));
        rows.add(
                new AnswerRow("prompt", or(principal == null ? null : principal.prompt(), "none")));
        rows.add(new AnswerRow("policy", policy.name()));
        rows.add(new AnswerRow("database", or(session.database(), UNKNOWN)));
        rows.add(new AnswerRow("session", session.session()));
        rows.add(new AnswerRow("client", session.client()));
        rows.add(new AnswerRow("tls", or(session.tls(), "none")));
        rows.add(
                new AnswerRow(
                        "networks",
                        agent.networks().isEmpty()
                                ? "any"
                                : String.join(
                                        ", ",
                                        agent.networks().stream()
                                                .map(Network::toString)
                                                .toList())));
        rows.add(
                new AnswerRow(
                        "expires", agent.expires() == null ? "never" : agent.expires().toString()));
        return rows;
    }

    private static String words(Principal.HumanSource source) {
        return switch (source) {
            case CREDENTIAL -> "owner of the credential";
            case TOKEN -> "by a verified token";
            case DECLARED -> "as the agent declares";
        };
    }

    private static String or(@Nullable String value, String otherwise) {
        return value == null ? otherwise : value;
    }
}
