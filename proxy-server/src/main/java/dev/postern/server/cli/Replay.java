package dev.postern.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.SearchPath;
import dev.postern.policy.Access;
import dev.postern.policy.Policy;
import dev.postern.policy.SearchPathChanges;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.config.AgentConfig;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.tools.CatalogLook;
import dev.postern.server.tools.Recording;
import dev.postern.server.tools.Workbench;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a trail to judge its statements again.
 *
 * @param <G> what statements are told apart by
 */
final class Replay<G> implements Recording.Guide<G> {

    /** What a text does to the search path does not depend on what it may read. */
    private static final Policy ANY =
            new Policy("any", Access.DEFAULT.withMode(Access.Mode.OBSERVE));

    private final Workbench bench;
    private final Configuration configuration;
    private final CatalogOption catalog;
    private final BiFunction<JsonNode, PolicyConfig, @Nullable G> groups;
    private final Function<G, PolicyConfig> policies;
    private final Map<String, CatalogLook> looks = new LinkedHashMap<>();
    private @Nullable TroubleException trouble;

    /**
     * @param groups from an event and the policy that its agent has now
     * @param policies back to that policy
     */
    Replay(
            Workbench bench,
            Configuration configuration,
            CatalogOption catalog,
            BiFunction<JsonNode, PolicyConfig, @Nullable G> groups,
            Function<G, PolicyConfig> policies) {
        this.bench = bench;
        this.configuration = configuration;
        this.catalog = catalog;
        this.groups = groups;
        this.policies = policies;
    }

    Recording<G> read(Path directory) throws TroubleException {
        try {
            Recording<G> recording = Recording.read(directory, this);
            if (trouble != null) {
                throw trouble;
            }
            return recording;
        } catch (IOException e) {
            throw new TroubleException("the trail cannot be read: " + e.getMessage());
        }
    }

    /** What is known of an agent counts more than what was. */
    @Override
    public @Nullable G group(JsonNode event) {
        AgentConfig agent = configuration.agents().get(AuditLine.text(event, "agent"));
        PolicyConfig policy =
                configuration
                        .policies()
                        .get(agent == null ? AuditLine.text(event, "policy") : agent.policy());
        return policy == null ? null : groups.apply(event, policy);
    }

    @Override
    public CatalogView initial(G group, String database) {
        PolicyConfig policy = policies.apply(group);
        CatalogLook look =
                looks.computeIfAbsent(
                        policy.upstream() + "/" + database,
                        key -> bench.look(policy.upstream(), database));
        SearchPath path = null;
        try {
            path = catalog.path(look);
        } catch (TroubleException e) {
            trouble = e;
        }
        return look.view(path);
    }

    @Override
    public SearchPathChanges changes(G group, CatalogView view, String text) {
        if (!view.catalog().isKnown()) {
            return SearchPathChanges.NONE;
        }
        return bench.judge(ANY, view, SqlText.owning(text.getBytes(StandardCharsets.UTF_8)))
                        instanceof Verdict.Allow allow
                ? allow.searchPath()
                : SearchPathChanges.NONE;
    }

    /** Says on stderr where names could not be resolved. */
    void warn(PrintWriter err) {
        for (CatalogLook look : looks.values()) {
            String warning = catalog.warning(look);
            if (warning != null) {
                err.println(warning);
            }
        }
    }

    /** What names were resolved with, for people: one line a database. */
    List<String> sources() {
        List<String> lines = new ArrayList<>();
        for (CatalogLook look : looks.values()) {
            lines.add(
                    look.isRead()
                            ? "Names were resolved in database "
                                    + look.database()
                                    + " on "
                                    + look.host()
                                    + " (PostgreSQL "
                                    + look.catalog().source().serverVersion()
                                    + ")."
                            : "Names of database "
                                    + look.database()
                                    + " were not resolved: judged by names alone.");
        }
        return lines;
    }

    ArrayNode sourcesJson() {
        ArrayNode array = Json.array();
        looks.values().forEach(look -> array.add(CatalogOption.json(look, null)));
        return array;
    }

    /** What of the trail could not be judged, for people. */
    static List<String> gaps(Recording<?> recording) {
        List<String> lines = new ArrayList<>();
        if (recording.cut() > 0) {
            lines.add(
                    recording.cut()
                            + " statements are left out: the trail has only the beginning of their text.");
        }
        if (recording.withoutText() > 0) {
            lines.add(
                    recording.withoutText()
                            + " statements are left out: the trail has no text of them.");
        }
        if (recording.neverRan() > 0) {
            lines.add(
                    recording.neverRan()
                            + " distinct statements are left out: PostgreSQL itself refused them each time.");
        }
        if (recording.unreadableLines() > 0) {
            lines.add(recording.unreadableLines() + " lines of the trail are no events.");
        }
        return lines;
    }

    /** What of the trail could not be judged, for programs. */
    static void putGaps(ObjectNode json, Recording<?> recording) {
        json.put("cut", recording.cut());
        json.put("without_text", recording.withoutText());
        json.put("never_ran", recording.neverRan());
        json.put("unreadable_lines", recording.unreadableLines());
    }
}
