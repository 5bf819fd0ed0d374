package dev.postern.server.roles;

import java.util.ArrayList;
import java.util.List;

/**
 * A script for psql that makes a role able to read what policies open, and no more.
 *
 * @param lines in order
 * @param warnings what whoever runs it should know first, a sentence each
 */
public record RoleScript(List<Line> lines, List<String> warnings) {

    public RoleScript {
        lines = List.copyOf(lines);
        warnings = List.copyOf(warnings);
    }

    /** A part of the script. */
    public sealed interface Line {

        /** For people; a line of its own, empty for an empty one. */
        record Comment(String text) implements Line {}

        /** What follows is for another database. */
        record Connect(String database) implements Line {}

        /** One statement, without the semicolon. */
        record Sql(String text) implements Line {}
    }

    /**
     * A statement that any client can run.
     *
     * @param database where
     */
    public record Statement(String database, String sql) {}

    /** Returns the script's lines. */
    public List<String> text() {
        List<String> text = new ArrayList<>();
        for (Line line : lines) {
            switch (line) {
                case Line.Comment(String comment) ->
                        text.add(comment.isEmpty() ? "" : "-- " + SqlNames.comment(comment));
                case Line.Connect(String database) ->
                        text.add("\\connect " + SqlNames.connect(database));
                case Line.Sql(String sql) -> (sql + ";").lines().forEach(text::add);
            }
        }
        return text;
    }

    /**
     * Returns the statements alone.
     *
     * @throws IllegalStateException if one comes before the first {@link Line.Connect}
     */
    public List<Statement> statements() {
        List<Statement> statements = new ArrayList<>();
        String current = null;
        for (Line line : lines) {
            switch (line) {
                case Line.Comment comment -> {}
                case Line.Connect(String database) -> current = database;
                case Line.Sql(String sql) -> {
                    if (current == null) {
                        throw new IllegalStateException("a statement for no database");
                    }
                    statements.add(new Statement(current, sql));
                }
            }
        }
        return statements;
    }
}
