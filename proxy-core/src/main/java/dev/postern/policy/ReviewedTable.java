package dev.postern.policy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads the reviewed lists beside this class: tab-separated columns, {@code #} for comments. */
final class ReviewedTable {

    private ReviewedTable() {}

    /**
     * Returns the rows of a list.
     *
     * @throws IllegalStateException if a row has another number of columns: the lists are part of
     *     the program
     */
    static List<String[]> rows(String resource, int columns) {
        try (InputStream in = ReviewedTable.class.getResourceAsStream(resource)) {
            List<String[]> rows = new ArrayList<>();
            BufferedReader reader =
                    new BufferedReader(
                            new InputStreamReader(
                                    Objects.requireNonNull(in, resource), StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank() && !line.startsWith("# ") && !line.equals("#")) {
                    String[] row = line.split("\t", -1);
                    if (row.length != columns) {
                        throw new IllegalStateException(resource + ": " + line);
                    }
                    rows.add(row);
                }
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }
}
