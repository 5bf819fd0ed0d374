package dev.postern.server.cli;

import dev.postern.server.config.AgentEntry;
import dev.postern.server.config.VerifierText;
import dev.postern.server.secrets.GeneratedCredential;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code postern agent add}. */
@Command(
        name = "add",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Adds an agent to the file and prints its password, once.")
final class AgentAddCommand implements Callable<Integer> {

    private final InstantSource clock;

    @Parameters(paramLabel = "NAME", description = "What the agent logs in as.")
    private String name = "";

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = {"-p", "--policy"},
            required = true,
            paramLabel = "POLICY",
            description = "The policy that applies to it.")
    private String policy = "";

    @Option(
            names = "--owner",
            paramLabel = "WHO",
            description = "The human answerable for it, named in every audit event.")
    private @Nullable String owner;

    @Option(
            names = "--networks",
            split = ",",
            paramLabel = "RANGE",
            description =
                    "Where it may connect from, such as 10.0.0.0/8,192.168.1.7. Default: from anywhere.")
    private List<String> networks = List.of();

    @Option(
            names = "--expires",
            paramLabel = "DATE",
            description =
                    "When the credential stops working, such as 2027-03-01 (its start, UTC). Default: never.")
    private @Nullable String expires;

    @Mixin private JsonOption json = new JsonOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    /**
     * @param clock tells when the credential is made
     */
    AgentAddCommand(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws TroubleException {
        GeneratedCredential credential = GeneratedCredential.create();
        AgentChange.run(
                config.file(),
                file ->
                        file.addAgent(
                                name,
                                new AgentEntry(
                                        policy,
                                        owner,
                                        new VerifierText(credential.verifier().encode()),
                                        networks,
                                        expires,
                                        clock.instant())));
        CredentialOutput.print(
                spec.commandLine().getOut(), json, "added", name, credential.password());
        return ExitCode.YES;
    }
}
