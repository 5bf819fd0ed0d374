package dev.postern.server.cli;

import dev.postern.server.config.VerifierText;
import dev.postern.server.secrets.GeneratedCredential;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code postern agent rotate}. */
@Command(
        name = "rotate",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Gives an agent a new password and prints it, once. The old one stops working for new connections.")
final class AgentRotateCommand implements Callable<Integer> {

    private final InstantSource clock;

    @Parameters(paramLabel = "NAME", description = "The agent.")
    private String name = "";

    @Mixin private ConfigOption config = new ConfigOption();

    @Mixin private JsonOption json = new JsonOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    /**
     * @param clock tells when the credential is made
     */
    AgentRotateCommand(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws TroubleException {
        GeneratedCredential credential = GeneratedCredential.create();
        AgentChange.run(
                config.file(),
                file ->
                        file.replaceVerifier(
                                name,
                                new VerifierText(credential.verifier().encode()),
                                clock.instant()));
        CredentialOutput.print(
                spec.commandLine().getOut(), json, "rotated", name, credential.password());
        return ExitCode.YES;
    }
}
