package dev.postern.server.audit;

import dev.postern.audit.ChainVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens and reads trails for tests. */
final class Trails {

    private static final Pattern NUMBER = Pattern.compile("/\\* (\\d+) \\*/");

    private Trails() {}

    static AuditTrail open(Path directory) throws IOException {
        return open(AuditTrailSettings.of(directory));
    }

    static AuditTrail open(AuditTrailSettings settings) throws IOException {
        return AuditTrail.open(settings, InstantSource.system(), System::nanoTime);
    }

    static AuditTrailSettings small(Path directory) {
        return new AuditTrailSettings(
                directory,
                AuditTrailSettings.MIN_ROTATE_BYTES,
                Journal.MIN_CAPACITY,
                1024,
                AuditTrailSettings.Sync.INTERVAL);
    }

    /** Returns all finished lines of a trail. */
    static List<String> lines(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : AuditDirectory.files(directory)) {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            for (int from = 0, end = text.indexOf('\n');
                    end >= 0;
                    from = end + 1, end = text.indexOf('\n', from)) {
                lines.add(text.substring(from, end));
            }
        }
        return lines;
    }

    /** Returns the numbers of the statements in a trail, in order. */
    static List<Long> numbers(Path directory) throws IOException {
        List<Long> numbers = new ArrayList<>();
        for (String line : lines(directory)) {
            Matcher number = NUMBER.matcher(line);
            if (number.find()) {
                numbers.add(Long.parseLong(number.group(1)));
            }
        }
        return numbers;
    }

    /** Returns what is wrong with the chain of a trail; empty if nothing is. */
    static List<String> troubles(Path directory) throws IOException {
        ChainVerifier verifier = new ChainVerifier();
        List<String> troubles = new ArrayList<>();
        for (String line : lines(directory)) {
            String trouble = verifier.accept(line.getBytes(StandardCharsets.UTF_8));
            if (trouble != null) {
                troubles.add(trouble + ": " + line);
            }
        }
        return troubles;
    }

    /** Waits until a condition holds, at most ten seconds. */
    static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the condition did not come to hold");
            }
            Thread.sleep(2);
        }
    }

    interface Condition {
        boolean holds() throws Exception;
    }
}
