package dev.postern.server.cli;

import dev.postern.server.doctor.Finding;
import dev.postern.server.doctor.Patient;
import java.util.List;

/** What the composition root gives to {@link DoctorCommand}. */
@FunctionalInterface
public interface Examiner {

    /** Runs all checks; blocks for as long as the configured timeouts allow. */
    List<Finding> examine(Patient patient);
}
