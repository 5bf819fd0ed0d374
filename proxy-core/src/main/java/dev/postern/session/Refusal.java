package dev.postern.session;

/** What the agent reads in place of an answer of the upstream. */
@FunctionalInterface
public interface Refusal {

    /** Sends it to the agent, behind everything sent so far. */
    void send();
}
