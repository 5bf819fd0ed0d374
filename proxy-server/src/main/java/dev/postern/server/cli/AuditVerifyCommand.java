package dev.postern.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.server.audit.TrailVerification;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code postern audit verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Follows the chain of the trail and names the first line that does not fit.",
            "Exit code 0 if every line fits, 1 if one does not."
        })
final class AuditVerifyCommand implements Callable<Integer> {

    @Mixin private TrailLocation location = new TrailLocation();

    @Mixin private JsonOption json = new JsonOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws TroubleException {
        TrailVerification result;
        try {
            result = TrailVerification.verify(location.directory());
        } catch (IOException e) {
            throw new TroubleException("the trail cannot be read: " + e.getMessage());
        }
        PrintWriter out = spec.commandLine().getOut();
        return switch (result) {
            case TrailVerification.Intact intact -> {
                out.println(json.json() ? Json.line(json(intact)) : words(intact));
                yield ExitCode.YES;
            }
            case TrailVerification.Broken broken -> {
                out.println(json.json() ? Json.line(json(broken)) : words(broken));
                yield ExitCode.NO;
            }
        };
    }

    private static String words(TrailVerification.Intact intact) {
        if (intact.lines() == 0) {
            return "The trail is empty.";
        }
        String archived =
                intact.firstSeq() > 1
                        ? "; lines before seq "
                                + intact.firstSeq()
                                + " are not here (archived, or removed)"
                        : "";
        return "Every line fits: "
                + intact.lines()
                + " lines in "
                + intact.files()
                + " files, seq "
                + intact.firstSeq()
                + " to "
                + intact.lastSeq()
                + archived
                + ".";
    }

    private static String words(TrailVerification.Broken broken) {
        String place =
                broken.line() > 0
                        ? broken.file() + " line " + broken.line()
                        : broken.file().toString();
        return "DOES NOT FIT: " + place + ": " + broken.reason();
    }

    private static ObjectNode json(TrailVerification.Intact intact) {
        return Json.object()
                .put("intact", true)
                .put("files", intact.files())
                .put("lines", intact.lines())
                .put("first_seq", intact.firstSeq())
                .put("last_seq", intact.lastSeq());
    }

    private static ObjectNode json(TrailVerification.Broken broken) {
        ObjectNode object =
                Json.object().put("intact", false).put("file", broken.file().toString());
        if (broken.line() > 0) {
            object.put("line", broken.line());
        }
        return object.put("reason", broken.reason());
    }
}
