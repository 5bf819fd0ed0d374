package dev.postern.server.audit;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Accepts events without end and prints every hundredth number, once it is accepted: made to be
 * killed.
 */
final class AuditCrashMain {

    private AuditCrashMain() {}

    public static void main(String[] arguments) throws IOException {
        AuditTrail trail = Trails.open(Trails.small(Path.of(arguments[0])));
        for (long number = Long.parseLong(arguments[1]); ; ) {
            if (trail.accept(TrailEvents.decided(number))) {
                if (number % 100 == 0) {
                    System.out.println(number);
                }
                number++;
            }
        }
    }
}
