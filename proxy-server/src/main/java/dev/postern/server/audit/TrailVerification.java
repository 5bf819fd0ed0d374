package dev.postern.server.audit;

import dev.postern.audit.ChainVerifier;
import dev.postern.audit.SealedLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that nothing in a trail was changed, removed or added. */
public sealed interface TrailVerification {

    /**
     * Every line fits.
     *
     * @param firstSeq the seq of the first line, 0 without lines; above 1 if older files were
     *     archived elsewhere
     * @param lastSeq the seq of the last line, 0 without lines
     */
    record Intact(int files, long lines, long firstSeq, long lastSeq)
            implements TrailVerification {}

    /**
     * A line does not fit.
     *
     * @param file where it stands
     * @param line its number there, counted from 1; 0 if the trouble is what comes after the last
     *     line
     * @param reason what is wrong, in words
     */
    record Broken(Path file, long line, String reason) implements TrailVerification {}

    /**
     * Follows the chain through all files of a directory. It may be in use: what is written
     * meanwhile does not matter.
     *
     * @throws IOException if the directory cannot be read
     */
    static TrailVerification verify(Path directory) throws IOException {
        Path journal = AuditDirectory.journal(directory);
        @Nullable Checkpoint written =
                Files.exists(journal) ? Journal.readCheckpoint(journal) : null;
        ChainVerifier chain = new ChainVerifier();
        FirstTrouble trouble = new FirstTrouble();
        List<Path> files = AuditDirectory.files(directory);
        long firstSeq = 0;
        for (Path file : files) {
            TrailLines lines = new TrailLines(file);
            lines.read((line, number) -> trouble.none(file, number, chain.accept(line)));
            Broken broken = trouble.found;
            if (broken != null) {
                return broken;
            }
            if (lines.endsUnfinished() && !file.equals(files.getLast())) {
                return new Broken(
                        file, 0, "the file does not end with a finished line, and is not the last");
            }
            SealedLine last = chain.last();
            if (firstSeq == 0 && last != null) {
                firstSeq = last.seq() - chain.lines() + 1;
            }
        }
        SealedLine last = chain.last();
        Path lastFile = files.isEmpty() ? directory : files.getLast();
        String missing = written == null || written.seq() <= 1 ? null : missing(written, last);
        return missing != null
                ? new Broken(lastFile, 0, missing)
                : new Intact(files.size(), chain.lines(), firstSeq, last == null ? 0 : last.seq());
    }

    private static @Nullable String missing(Checkpoint written, @Nullable SealedLine last) {
        long wanted = written.seq() - 1;
        if (last == null || last.seq() < wanted) {
            return "lines are missing at the end: the journal says that seq "
                    + wanted
                    + " was written, "
                    + (last == null ? "there are none" : "the last is seq " + last.seq());
        }
        boolean same =
                last.seq() > wanted || HexFormat.of().formatHex(written.hash()).equals(last.hash());
        return same
                ? null
                : "the last line is not the one that was written: the journal has another hash";
    }

    /** Keeps the first trouble that a reader of lines meets. */
    final class FirstTrouble {

        private @Nullable Broken found;

        private FirstTrouble() {}

        private boolean none(Path file, long number, @Nullable String reason) {
            if (reason == null) {
                return true;
            }
            found = new Broken(file, number, reason);
            return false;
        }
    }
}
