package dev.postern.server.doctor;

import java.util.List;

/** A family of checks. */
@FunctionalInterface
public interface Check {

    /** Looks; takes as long as the configured timeouts allow. */
    List<Finding> run();
}
