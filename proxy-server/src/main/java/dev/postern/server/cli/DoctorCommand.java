package dev.postern.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.server.config.Configuration;
import dev.postern.server.doctor.Finding;
import dev.postern.server.doctor.Level;
import dev.postern.server.doctor.Patient;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postern doctor}: the pre-flight list. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Checks whether what Postern promises holds here and now: upstream hosts, their role, credentials, the network path, the audit trail.",
            "One line a check, with what to do about each that fails. docs/doctor.md explains them all.",
            "Exit codes: 0 all hold or are waived by the configuration, 1 one fails, 2 trouble."
        })
public final class DoctorCommand implements Callable<Integer> {

    private static final int MAX_DAYS = 36_500;

    private final Examiner examiner;
    private final InstantSource clock;

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--max-credential-age",
            paramLabel = "DAYS",
            defaultValue = "90",
            description = "How old a credential may be. Default: ${DEFAULT-VALUE} days.")
    private int maxAge;

    @Mixin private JsonOption json = new JsonOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    /**
     * @param examiner runs the checks
     * @param clock tells the age of credentials
     */
    public DoctorCommand(Examiner examiner, InstantSource clock) {
        this.examiner = examiner;
        this.clock = clock;
    }

    @Override
    public Integer call() throws TroubleException {
        if (maxAge < 1 || maxAge > MAX_DAYS) {
            throw new TroubleException(
                    "--max-credential-age: must be from 1 to " + MAX_DAYS + " days");
        }
        Configuration configuration = config.load();
        List<Finding> findings =
                examiner.examine(
                        new Patient(
                                configuration,
                                config.file().toString(),
                                clock.instant(),
                                Duration.ofDays(maxAge)));
        PrintWriter out = spec.commandLine().getOut();
        if (json.json()) {
            out.println(json(findings));
        } else {
            lines(findings).forEach(out::println);
        }
        return count(findings, Level.FAIL) == 0 ? ExitCode.YES : ExitCode.NO;
    }

    private static long count(List<Finding> findings, Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private static String json(List<Finding> findings) {
        ObjectNode document = Json.object();
        document.put("passes", count(findings, Level.FAIL) == 0);
        for (Level level : Level.values()) {
            document.put(word(level), count(findings, level));
        }
        ArrayNode checks = document.putArray("checks");
        for (Finding finding : findings) {
            ObjectNode check = checks.addObject();
            check.put("check", finding.code().text());
            check.put("level", word(finding.level()));
            check.put("subject", finding.subject());
            check.put("message", finding.message());
            if (finding.remedy() != null) {
                check.put("remedy", finding.remedy());
            }
        }
        return Json.line(document);
    }

    private static List<String> lines(List<Finding> findings) {
        int level = width(findings, finding -> word(finding.level()).length());
        int code = width(findings, finding -> finding.code().text().length());
        List<String> lines = new ArrayList<>();
        for (Finding finding : findings) {
            lines.add(
                    printable(
                            padded(word(finding.level()), level)
                                    + padded(finding.code().text(), code)
                                    + finding.subject()
                                    + ": "
                                    + finding.message()));
            if (finding.remedy() != null) {
                lines.add(" ".repeat(level + 2) + printable(finding.remedy()));
            }
        }
        lines.add(
                count(findings, Level.OK)
                        + " ok, "
                        + count(findings, Level.NOTE)
                        + " to note, "
                        + count(findings, Level.WAIVED)
                        + " waived, "
                        + count(findings, Level.FAIL)
                        + " failed");
        return lines;
    }

    private static int width(List<Finding> findings, ToIntFunction<Finding> length) {
        return findings.stream().mapToInt(length).max().orElse(0);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length() + 2);
    }

    /** Names come from servers and files; none may steer a terminal. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
