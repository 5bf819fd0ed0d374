package dev.postern.server.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.SearchPath;
import dev.postern.policy.SearchPathChanges;
import dev.postern.server.audit.AuditDirectory;
import dev.postern.server.audit.TrailLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The statements of an audit trail, each distinct one once. Follows what the statements of a
 * session do to its search path, as a server does.
 *
 * @param <G> what statements are told apart by beside their text, database and search path
 */
public final class Recording<G> {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Guide<G> guide;
    private final Map<Key<G>, RecordedStatement<G>> statements = new LinkedHashMap<>();
    private final Map<String, RecordedStatement<G>> running = new HashMap<>();
    private final Map<String, Session> sessions = new HashMap<>();
    private long cut;
    private long withoutText;
    private long unreadableLines;
    private String first = "";
    private String last = "";

    private record Key<G>(G group, String database, List<SearchPath> paths, String text) {}

    /** Says which events count, and what they mean. */
    public interface Guide<G> {

        /**
         * Returns what an event belongs to; {@code null} leaves it out.
         *
         * @param event of type {@code statement_decided}
         */
        @Nullable G group(JsonNode event);

        /** Returns how a session that begins sees its database. */
        CatalogView initial(G group, String database);

        /** Returns what a text does to the search path. */
        SearchPathChanges changes(G group, CatalogView view, String text);
    }

    /** One session on its way through the trail. */
    private static final class Session {

        private CatalogView view;
        private boolean inTransaction;
        private SearchPathChanges pending = SearchPathChanges.NONE;
        private String pendingId = "";

        Session(CatalogView view) {
            this.view = view;
        }

        void forwarded(SearchPathChanges changes, String id) {
            pending = changes;
            pendingId = id;
            view = view.andPaths(changes.paths());
            if (changes.resets()) {
                view = view.andPaths(List.of(view.initial()));
            }
        }

        void completed(String id, boolean failed) {
            if (!id.equals(pendingId)) {
                return;
            }
            if (!failed && !inTransaction && pending.only()) {
                List<SearchPath> set = pending.paths();
                view = view.withPaths(List.of(set.isEmpty() ? view.initial() : set.getLast()));
            }
            pendingId = "";
        }
    }

    private Recording(Guide<G> guide) {
        this.guide = guide;
    }

    /** Reads a trail from its first event to its last. */
    public static <G> Recording<G> read(Path directory, Guide<G> guide) throws IOException {
        Recording<G> recording = new Recording<>(guide);
        for (Path file : AuditDirectory.files(directory)) {
            new TrailLines(file).read((line, number) -> recording.look(line));
        }
        return recording;
    }

    private boolean look(byte[] line) {
        JsonNode event;
        try {
            event = JSON.readTree(line);
        } catch (IOException e) {
            event = null;
        }
        if (event == null || !event.isObject()) {
            unreadableLines++;
            return true;
        }
        switch (event.path("type").asText()) {
            case "statement_decided" -> decided(event);
            case "statement_completed" -> completed(event);
            case "session_closed" -> sessions.remove(event.path("session").asText());
            default -> {}
        }
        return true;
    }

    private void decided(JsonNode event) {
        G group = guide.group(event);
        if (group == null) {
            return;
        }
        String time = event.path("time").asText();
        first = first.isEmpty() ? time : first;
        last = time;
        if (event.has("statement_cut")) {
            cut++;
            return;
        }
        if (!event.has("statement")) {
            withoutText++;
            return;
        }
        String text = event.path("statement").asText();
        String database = event.path("database").asText();
        String id = event.path("id").asText();
        Session session =
                sessions.computeIfAbsent(
                        event.path("session").asText(),
                        key -> new Session(guide.initial(group, database)));
        RecordedStatement<G> statement =
                statements.computeIfAbsent(
                        new Key<>(group, database, session.view.paths(), text),
                        key -> new RecordedStatement<>(group, database, session.view, text));
        statement.decided(event.path("agent").asText(), time);
        if (event.path("decision").asText().equals("allow")) {
            running.put(id, statement);
            follow(session, group, event.path("command").asText(), text, id);
        }
    }

    private void follow(Session session, G group, String command, String text, String id) {
        switch (command) {
            case "BEGIN", "START TRANSACTION" -> session.inTransaction = true;
            case "COMMIT", "ROLLBACK" -> session.inTransaction = false;
            default -> {
                if (mayChangePath(text)) {
                    SearchPathChanges changes = guide.changes(group, session.view, text);
                    if (!changes.isEmpty()) {
                        session.forwarded(changes, id);
                    }
                }
            }
        }
    }

    /** Most texts do not: these need not be read for it. */
    private static boolean mayChangePath(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.contains("search_path")
                || lower.contains("schema")
                || lower.contains("reset")
                || lower.contains("discard")
                || lower.contains("set_config")
                || lower.contains("u&");
    }

    private void completed(JsonNode event) {
        String id = event.path("id").asText();
        RecordedStatement<G> statement = running.remove(id);
        if (statement == null) {
            return;
        }
        statement.completed(
                event.path("rows").asLong(),
                event.path("bytes").asLong(),
                event.path("total_ms").asDouble(),
                event.path("sqlstate").asText());
        Session session = sessions.get(event.path("session").asText());
        if (session != null) {
            session.completed(id, event.has("sqlstate"));
        }
    }

    /**
     * Returns the statements, in an order that does not depend on when they were sent, without
     * those that PostgreSQL itself refused each time.
     */
    public List<RecordedStatement<G>> statements() {
        List<RecordedStatement<G>> sorted = new ArrayList<>(statements.values());
        sorted.removeIf(RecordedStatement::neverRan);
        sorted.sort(
                Comparator.comparing((RecordedStatement<G> s) -> s.text())
                        .thenComparing(RecordedStatement::database)
                        .thenComparing(s -> String.valueOf(s.group()))
                        .thenComparing(s -> s.view().paths().toString()));
        return sorted;
    }

    /** Returns how many were left out because PostgreSQL itself refused them each time. */
    public long neverRan() {
        return statements.values().stream().filter(RecordedStatement::neverRan).count();
    }

    /** Returns how many were left out because the trail has only the beginning of their text. */
    public long cut() {
        return cut;
    }

    /** Returns how many were left out because the trail has no text of them. */
    public long withoutText() {
        return withoutText;
    }

    /** Returns how many lines are no events. */
    public long unreadableLines() {
        return unreadableLines;
    }

    /** Returns the time of the first event that counts, empty if there is none. */
    public String first() {
        return first;
    }

    /** Returns the time of the last event that counts, empty if there is none. */
    public String last() {
        return last;
    }
}
