package dev.postern.server.pool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one session is to the server, whichever connection serves it: who it is for, and which
 * settings it has. Used on the session's event loop.
 */
public final class SessionState {

    /** The settings that say who a session is for; no statement of an agent may change them. */
    public static final String AGENT = "postern.agent";

    public static final String HUMAN = "postern.human";
    public static final String TASK = "postern.task";
    private static final String APPLICATION_NAME = "application_name";

    /** Every connection has these from its start. */
    private static final Set<String> EVERYWHERE =
            Set.of(
                    "default_transaction_read_only",
                    "client_encoding",
                    "standard_conforming_strings");

    private final Map<String, String> identity = new LinkedHashMap<>();
    private final Map<String, String> initial;
    private final String identityOnly;
    private Map<String, String> settings;
    private int version;

    /**
     * Makes the state of a session that begins.
     *
     * @param applicationName what the server shows the session as
     * @param agent the agent's name
     * @param human the human behind it, empty if nobody is known
     * @param task what it works on, empty if it does not say
     * @param initial the settings it asked for
     */
    public SessionState(
            String applicationName,
            String agent,
            String human,
            String task,
            Map<String, String> initial) {
        identity.put(APPLICATION_NAME, applicationName);
        identity.put(AGENT, agent);
        identity.put(HUMAN, human);
        identity.put(TASK, task);
        this.identityOnly = select(identity);
        this.initial = withoutIdentity(initial);
        this.settings = this.initial;
    }

    private Map<String, String> withoutIdentity(Map<String, String> all) {
        Map<String, String> others = new LinkedHashMap<>();
        all.forEach((name, value) -> {
            if (!identity.containsKey(name)) {
                others.put(name, value);
            }
        });
        return Map.copyOf(others);
    }

    Map<String, String> settings() {
        return settings;
    }

    /** Returns a number that is another one after a change of the settings. */
    int version() {
        return version;
    }

    /**
     * The server has answered {@link #ASK}.
     *
     * @return false if it is not known what the session has
     */
    boolean learn(@Nullable List<List<@Nullable String>> rows) {
        if (rows == null) {
            return false;
        }
        Map<String, String> now = new HashMap<>();
        for (List<@Nullable String> row : rows) {
            String name = row.get(0);
            String value = row.get(1);
            if (name != null && value != null && !EVERYWHERE.contains(name)) {
                now.put(name, value);
            }
        }
        learn(now);
        return true;
    }

    private void learn(Map<String, String> now) {
        Map<String, String> others = withoutIdentity(now);
        if (!others.equals(settings)) {
            settings = others;
            version++;
        }
    }

    /** Returns what turns a connection that was just reset into this session's. */
    String onFreshConnection() {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putAll(identity);
        return select(all);
    }

    /** Returns what turns another session's connection into this session's. */
    String onUsedConnection() {
        return "RESET ALL; " + onFreshConnection();
    }

    /** Returns what makes a connection with the same settings this session's. */
    String identityOnly() {
        return identityOnly;
    }

    /**
     * Returns what brings back the session's beginning after settings went back to the server's.
     */
    String afterReset(boolean all, List<String> names) {
        Map<String, String> back = new LinkedHashMap<>();
        initial.forEach((name, value) -> {
            if (all || names.contains(name)) {
                back.put(name, value);
            }
        });
        back.putAll(identity);
        return select(back);
    }

    /** What asks the server for the settings a session has made. */
    static final String ASK =
            "SELECT name, setting FROM pg_catalog.pg_settings WHERE source = 'session'";

    private static String select(Map<String, String> settings) {
        List<String> calls = new ArrayList<>();
        settings.forEach((name, value) ->
                calls.add(
                        "pg_catalog.set_config("
                                + literal(name)
                                + ", "
                                + literal(value)
                                + ", false)"));
        return "SELECT " + String.join(", ", calls);
    }

    /** Every connection has {@code standard_conforming_strings} on. */
    private static String literal(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
