package dev.postern.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.server.cli.CommandLines.Result;
import dev.postern.server.doctor.CheckCode;
import dev.postern.server.doctor.Finding;
import dev.postern.server.doctor.Level;
import dev.postern.server.doctor.Patient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {

    private static final Finding WELL =
            new Finding(CheckCode.UPSTREAM_STANDBY, "shop a:5432", Level.OK, "a standby", null);
    private static final Finding WAIVED =
            new Finding(CheckCode.ROLE_READ_ONLY, "shop a:5432", Level.WAIVED, "it can", null);
    private static final Finding NOTED =
            new Finding(CheckCode.AGENT_AGE, "bot", Level.NOTE, "not known", "rotate it");
    private static final Finding FAILED =
            new Finding(CheckCode.AGENT_OWNER, "b\u001b[2J", Level.FAIL, "nobody", "Set owner.");

    @TempDir private Path directory;
    private Path file = Path.of("postern.yaml");
    private final List<Patient> patients = new ArrayList<>();

    @BeforeEach
    void write() throws Exception {
        file =
                Files.writeString(
                        directory.resolve("postern.yaml"),
                        """
                        upstreams: {shop: {hosts: [replica-1.db], user: postern_reader}}
                        policies: {reporting: {upstream: shop, databases: [shop]}}
                        """);
    }

    private Result run(List<Finding> findings, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "doctor";
        all[1] = "-c";
        all[2] = file.toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return CommandLines.run(
                PosternCommand.with(
                        new DoctorCommand(
                                patient -> {
                                    patients.add(patient);
                                    return findings;
                                },
                                () -> Instant.EPOCH)),
                all);
    }

    @Test
    void checksThatHoldOrAreWaived_areExitCode0() {
        assertThat(run(List.of(WELL, WAIVED, NOTED)))
                .isEqualTo(
                        new Result(
                                0,
                                """
                                ok      upstream.standby  shop a:5432: a standby
                                waived  role.read_only    shop a:5432: it can
                                note    agent.age         bot: not known
                                        rotate it
                                1 ok, 1 to note, 1 waived, 0 failed
                                """,
                                ""));
        assertThat(patients)
                .containsExactly(
                        new Patient(
                                patients.getFirst().configuration(),
                                file.toString(),
                                Instant.EPOCH,
                                Duration.ofDays(90)));
    }

    @Test
    void checkThatFails_isExitCode1WithWhatToDoAndSteersNoTerminal() {
        Result result = run(List.of(FAILED));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).startsWith("fail  agent.owner  b?[2J: nobody\n      Set owner.\n");
    }

    @Test
    void json_isOneLineWithEveryCheck() {
        assertThat(run(List.of(WELL, NOTED), "--json").out())
                .isEqualTo(
                        "{\"passes\":true,\"ok\":1,\"note\":1,\"waived\":0,\"fail\":0,\"checks\":["
                                + "{\"check\":\"upstream.standby\",\"level\":\"ok\",\"subject\":\"shop a:5432\",\"message\":\"a standby\"},"
                                + "{\"check\":\"agent.age\",\"level\":\"note\",\"subject\":\"bot\",\"message\":\"not known\",\"remedy\":\"rotate it\"}]}\n");
        assertThat(run(List.of(FAILED), "--json")).extracting(Result::exitCode).isEqualTo(1);
    }

    @Test
    void ageOfCredentials_canBeChosenWithinReason() {
        run(List.of(), "--max-credential-age", "30");

        assertThat(patients.getFirst().maxAge()).isEqualTo(Duration.ofDays(30));
        assertThat(run(List.of(), "--max-credential-age", "0"))
                .isEqualTo(
                        new Result(
                                2,
                                "",
                                "postern: --max-credential-age: must be from 1 to 36500 days\n"));
    }

    @Test
    void brokenConfiguration_isExitCode2() throws Exception {
        Files.writeString(file, "listen: {prot: 1}\n");
        Result result = run(List.of(WELL));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).startsWith("postern: " + file);
        assertThat(patients).isEmpty();
    }
}
