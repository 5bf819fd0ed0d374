package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * The reviewed list knows every built-in function that SQL can call: a server that brings a new one
 * fails this test until somebody has read what it does.
 */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(EveryGateway.class)
record BuiltinFunctionsIT(Gateway gateway) {

    private static final String LIST = "/dev/postern/policy/builtin-functions.tsv";

    /** Name and number of parameters of what SQL can call; the list's head says what it cannot. */
    private static final String CALLABLE =
            """
            SELECT DISTINCT proname, pronargs FROM pg_catalog.pg_proc
            WHERE pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
              AND NOT 'internal'::regtype = ANY (proargtypes)
              AND prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype,
                'language_handler'::regtype, 'fdw_handler'::regtype, 'index_am_handler'::regtype,
                'table_am_handler'::regtype, 'tsm_handler'::regtype)
            """;

    @Test
    void everyCallableFunction_isListed() throws Exception {
        Set<String> listed = listed();
        Set<String> unlisted = new TreeSet<>();
        int callable = 0;
        try (Connection connection = gateway.upstream().primary().connect();
                Statement statement = connection.createStatement();
                ResultSet functions = statement.executeQuery(CALLABLE)) {
            while (functions.next()) {
                String name = functions.getString(1);
                String signature = name + "/" + functions.getInt(2);
                if (!listed.contains(name) && !listed.contains(signature)) {
                    unlisted.add(signature);
                }
                callable++;
            }
        }
        assertThat(callable).isGreaterThan(2000);
        assertThat(unlisted).as("built-in functions that nobody has reviewed").isEmpty();
    }

    private static Set<String> listed() throws IOException {
        Set<String> names = new HashSet<>();
        try (InputStream in = BuiltinFunctionsIT.class.getResourceAsStream(LIST);
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        Objects.requireNonNull(in, LIST),
                                        StandardCharsets.UTF_8))) {
            lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> names.add(line.substring(0, line.indexOf('\t'))));
        }
        return names;
    }
}
