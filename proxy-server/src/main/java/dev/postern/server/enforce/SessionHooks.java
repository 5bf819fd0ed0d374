package dev.postern.server.enforce;

import dev.postern.policy.Policy;
import java.util.List;

/** What a session asks of those who made it. */
public interface SessionHooks {

    /**
     * Asks the upstream to cancel what this session runs, over a connection of its own.
     *
     * @param whenSent called on the session's event loop once the request has been dealt with or
     *     has failed
     */
    void cancelUpstream(Runnable whenSent);

    /**
     * Returns what the session's agent may do: the answer to {@code SHOW postern.policy}.
     *
     * @param current the policy by which statements are judged now
     */
    List<AnswerRow> describePolicy(Policy current);

    /** Returns who the session's agent is: the answer to {@code SHOW postern.agent}. */
    List<AnswerRow> describeAgent(Policy current);

    /** The session is over; called once. */
    void onClosed();
}
