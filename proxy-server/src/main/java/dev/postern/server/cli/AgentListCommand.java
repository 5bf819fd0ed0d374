package dev.postern.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.server.config.AgentConfig;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code postern agent list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Lists the agents of the file.")
final class AgentListCommand implements Callable<Integer> {

    private static final List<String> HEADINGS =
            List.of("AGENT", "POLICY", "OWNER", "NETWORKS", "CREATED", "EXPIRES");

    private final InstantSource clock;

    @Mixin private ConfigOption config = new ConfigOption();

    @Mixin private JsonOption json = new JsonOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    AgentListCommand(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws TroubleException {
        Collection<AgentConfig> agents = config.load().agents().values();
        PrintWriter out = spec.commandLine().getOut();
        if (json.json()) {
            out.println(json(agents));
        } else if (agents.isEmpty()) {
            out.println(
                    "No agents yet. Add one: postern agent add NAME --config "
                            + config.file()
                            + " --policy POLICY");
        } else {
            table(agents).forEach(out::println);
        }
        return ExitCode.YES;
    }

    private String json(Collection<AgentConfig> agents) {
        ArrayNode array = Json.array();
        for (AgentConfig agent : agents) {
            ObjectNode object = array.addObject();
            object.put("agent", agent.name());
            object.put("policy", agent.policy());
            if (agent.owner() != null) {
                object.put("owner", agent.owner());
            }
            agent.networks().forEach(object.putArray("networks")::add);
            if (agent.created() != null) {
                object.put("created", agent.created().toString());
            }
            if (agent.expires() != null) {
                object.put("expires", agent.expires().toString());
            }
            object.put("expired", isExpired(agent));
        }
        return Json.line(array);
    }

    private List<String> table(Collection<AgentConfig> agents) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (AgentConfig agent : agents) {
            rows.add(
                    List.of(
                            agent.name(),
                            agent.policy(),
                            agent.owner() == null ? "-" : agent.owner(),
                            agent.networks().isEmpty()
                                    ? "anywhere"
                                    : String.join(",", agent.networks()),
                            agent.created() == null ? "-" : agent.created().toString(),
                            expires(agent)));
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int width = width(rows, column);
                line.append(row.get(column))
                        .append(" ".repeat(width - row.get(column).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private String expires(AgentConfig agent) {
        if (agent.expires() == null) {
            return "never";
        }
        return agent.expires() + (isExpired(agent) ? " (expired)" : "");
    }

    private boolean isExpired(AgentConfig agent) {
        return agent.expires() != null && !clock.instant().isBefore(agent.expires());
    }
}
