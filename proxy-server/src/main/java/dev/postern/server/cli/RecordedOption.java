package dev.postern.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.NearestName;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says which recorded statements count. */
final class RecordedOption {

    @Option(
            names = "--audit",
            paramLabel = "DIR",
            description = "The directory of the trail. Default: the configuration's own.")
    private @Nullable Path directory;

    @ArgGroup(exclusive = true)
    private Whose whose = new Whose();

    static final class Whose {

        @Option(
                names = {"-a", "--agent"},
                paramLabel = "NAME",
                description = "Statements of this agent only.")
        private @Nullable String agent;

        @Option(
                names = {"-p", "--policy"},
                paramLabel = "NAME",
                description = "Statements of agents of this policy only.")
        private @Nullable String policy;
    }

    @Mixin private TimeOption time = new TimeOption();

    Path directory(Configuration configuration) throws TroubleException {
        Path chosen = directory == null ? configuration.audit().file().directory() : directory;
        if (!Files.isDirectory(chosen)) {
            throw new TroubleException("there is no directory " + chosen);
        }
        return chosen;
    }

    /** Names have to be known: a misspelt one would fit nothing. */
    void check(Configuration configuration, Path file) throws TroubleException {
        if (whose.agent != null && !configuration.agents().containsKey(whose.agent)) {
            throw new TroubleException(
                    "there is no agent \""
                            + whose.agent
                            + "\" in "
                            + file
                            + NearestName.suggestion(whose.agent, configuration.agents().keySet()));
        }
        if (whose.policy != null && !configuration.policies().containsKey(whose.policy)) {
            throw new TroubleException(
                    "there is no policy \""
                            + whose.policy
                            + "\" in "
                            + file
                            + NearestName.suggestion(
                                    whose.policy, configuration.policies().keySet()));
        }
    }

    /**
     * Tells whether an event counts.
     *
     * @param policy the one that its agent has now
     */
    boolean fits(JsonNode event, String policy) {
        return (whose.agent == null || whose.agent.equals(AuditLine.text(event, "agent")))
                && (whose.policy == null || whose.policy.equals(policy))
                && time.fits(event);
    }
}
