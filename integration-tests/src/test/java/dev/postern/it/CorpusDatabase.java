package dev.postern.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The databases that the corpora speak of, on a server's primary. */
final class CorpusDatabase {

    /** Owns everything in the corpus' database and may change it all. */
    static final String OWNER = "app_owner";

    /** May read all of it; the texts to allow were tried as this role. */
    private static final String READER = "ro";

    private static final String OWNER_PASSWORD = "owner-pw";

    private static final Pattern CREATE_EXTENSION =
            Pattern.compile("CREATE EXTENSION IF NOT EXISTS \"?([a-z0-9_-]+)\"?;");

    private CorpusDatabase() {}

    /** Makes the database of {@code deny.jsonl} and {@code allow.jsonl}; returns its owner. */
    static Endpoint create(PostgresUnderTest postgres, Corpus corpus)
            throws IOException, InterruptedException, SQLException {
        // The name that the corpus knows it by belongs to the sample database.
        Endpoint superuser = database(postgres, "corpus");
        if (corpus.isWhole()) {
            load(superuser, corpus.file("schema.sql"));
            loadWithWhatThereIs(superuser, corpus.file("schema_attack.sql"));
            // The sample database beside this one is closed to all but its readers; its size is
            // asked for all the same.
            Sql.execute(superuser, "GRANT " + READER + ", pg_read_all_stats TO " + OWNER);
        } else {
            Sql.execute(
                    superuser,
                    "CREATE ROLE " + OWNER + " LOGIN PASSWORD '" + OWNER_PASSWORD + "'",
                    "ALTER DATABASE corpus OWNER TO " + OWNER);
        }
        return superuser.as(OWNER, OWNER_PASSWORD);
    }

    /** Makes the database of {@code readers.txt}; returns a role that may change it. */
    static Endpoint createReaders(PostgresUnderTest postgres, Corpus corpus, String name)
            throws IOException, InterruptedException, SQLException {
        Endpoint superuser = database(postgres, "readers_" + name);
        load(superuser, corpus.file("readers.sql"));
        Sql.execute(
                superuser,
                "CREATE ROLE writer_" + name + " LOGIN PASSWORD 'writer-pw'",
                "GRANT ALL ON SCHEMA public TO writer_" + name,
                "GRANT ALL ON ALL TABLES IN SCHEMA public TO writer_" + name);
        return superuser.as("writer_" + name, "writer-pw");
    }

    private static Endpoint database(PostgresUnderTest postgres, String name) throws SQLException {
        Sql.execute(postgres.primary(), "CREATE DATABASE " + name);
        return postgres.primary().withDatabase(name);
    }

    /** Older servers lack some of the extensions. */
    private static void loadWithWhatThereIs(Endpoint superuser, Path script)
            throws IOException, InterruptedException, SQLException {
        String available =
                " "
                        + Sql.one(
                                superuser,
                                "SELECT string_agg(name, ' ') FROM pg_available_extensions")
                        + " ";
        String text =
                CREATE_EXTENSION
                        .matcher(Files.readString(script))
                        .replaceAll(found ->
                                available.contains(" " + found.group(1) + " ")
                                        ? Matcher.quoteReplacement(found.group())
                                        : "");
        Path possible = Files.createTempFile("schema-", ".sql");
        try {
            Files.writeString(possible, text);
            load(superuser, possible);
        } finally {
            Files.delete(possible);
        }
    }

    private static void load(Endpoint superuser, Path script)
            throws IOException, InterruptedException {
        ClientProgram.Result result =
                ClientProgram.run(
                        superuser,
                        "",
                        List.of(
                                "psql",
                                "-X",
                                "-q",
                                "-v",
                                "ON_ERROR_STOP=1",
                                "-f",
                                script.toString()));
        if (result.status() != 0) {
            throw new IOException(script + ": " + result.errors());
        }
    }
}
