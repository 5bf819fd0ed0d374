package dev.postern.bench;

import dev.postern.protocol.SqlText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The queries of {@code agent-queries.sql}: what agents ask, one a line, 8 to 1,500 characters. */
final class AgentQueries {

    private static final String FILE = "agent-queries.sql";
    private static final String SCHEMA = "agent-schema.sql";

    private AgentQueries() {}

    static List<String> all() {
        return read(FILE).lines().toList();
    }

    /** Returns a script that makes the tables they speak of. */
    static String schema() {
        return read(SCHEMA);
    }

    private static String read(String file) {
        try (InputStream in = AgentQueries.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not among the test resources");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SqlText text(String sql) {
        return SqlText.owning(sql.getBytes(StandardCharsets.UTF_8));
    }
}
