package dev.postern.server.frontend;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.StartupOptions;
import dev.postern.protocol.StartupPacket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an agent asks for in its startup packet beyond user and database, sorted out. */
sealed interface StartupSettings {

    /**
     * Bytes that each of the declarations may have: they are repeated in every line of the audit
     * trail.
     */
    int MAX_DECLARATION_LENGTH = 1024;

    /** All of it may be. */
    record Allowed(Map<String, String> settings, AuthenticatedStartup.Declared declared)
            implements StartupSettings {}

    /** Some of it may not be. */
    record Refused(ErrorResponse error) implements StartupSettings {}

    /**
     * Sorts out a startup packet's parameters.
     *
     * <p>PostgreSQL takes {@code user}, {@code database}, {@code options} and {@code replication}
     * only in lower case, and run-time parameters in any. Here names are folded, so a folded name
     * that is one of the four is none of either.
     */
    static StartupSettings of(StartupPacket.StartupMessage startup, StartupParameterFilter filter) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (startup.options() != null) {
            Map<String, String> options = StartupOptions.parse(startup.options());
            if (options == null) {
                return refused("options", "Options may hold -c name=value and --name=value only.");
            }
            settings.putAll(options);
        }
        startup.parameters()
                .forEach((name, value) -> {
                    String folded = name.toLowerCase(Locale.ROOT);
                    // Removed first: what comes later takes effect later.
                    settings.remove(folded);
                    settings.put(folded, value);
                });
        for (String name : DECLARATIONS) {
            String value = settings.get(name);
            if (value != null
                    && value.getBytes(StandardCharsets.UTF_8).length > MAX_DECLARATION_LENGTH) {
                return refused(name, "At most " + MAX_DECLARATION_LENGTH + " bytes are kept.");
            }
        }
        var declared =
                new AuthenticatedStartup.Declared(
                        declaration(settings.remove("postern.human")),
                        declaration(settings.remove("postern.task")),
                        declaration(settings.remove("postern.prompt")));
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            String hint = hintIfRefused(setting.getKey(), setting.getValue(), filter);
            if (hint != null) {
                return refused(setting.getKey(), hint);
            }
        }
        return new Allowed(settings, declared);
    }

    /** The names under which an agent declares something of itself. */
    Set<String> DECLARATIONS = Set.of("postern.human", "postern.task", "postern.prompt");

    /** The names that are not run-time parameters. */
    Set<String> RESERVED = Set.of("user", "database", "options", "replication");

    private static @Nullable String declaration(@Nullable String value) {
        return value == null || value.isBlank() ? null : value;
    }

    private static @Nullable String hintIfRefused(
            String name, String value, StartupParameterFilter filter) {
        if (RESERVED.contains(name)) {
            return "Write \"" + name + "\" in lower case, and not inside options.";
        }
        if (name.startsWith("postern.")) {
            return "postern.human, postern.task and postern.prompt exist.";
        }
        return filter.hintIfRefused(name, value);
    }

    private static Refused refused(String name, String hint) {
        return new Refused(
                ErrorResponse.fatal(
                                SqlState.INSUFFICIENT_PRIVILEGE,
                                "startup parameter \"" + name + "\" may not be set to this value")
                        .withDetail(
                                "{\"rule\":\"setting\",\"object\":\""
                                        + new String(
                                                JsonStringEncoder.getInstance().quoteAsString(name))
                                        + "\"}")
                        .withHint(hint));
    }
}
