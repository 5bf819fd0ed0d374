package dev.postern.server.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/** What `postern demo` prints: aligned, and in colour where the terminal has it. */
final class DemoScreen {

    private static final String MARGIN = "  ";
    private static final int LABEL_WIDTH = 15;
    private static final int MAX_CELL = 72;

    private final PrintWriter out;
    private long stepStarted;

    DemoScreen(PrintWriter out) {
        this.out = out;
    }

    void heading(String text) {
        out.println();
        out.println(Ansi.AUTO.string("@|bold " + text + "|@"));
    }

    void blank() {
        out.println();
        out.flush();
    }

    /** Prints a label and what belongs to it. */
    void entry(String label, String value) {
        out.println(
                MARGIN + Ansi.AUTO.string("@|cyan " + padded(label, LABEL_WIDTH) + "|@") + value);
        out.flush();
    }

    /** Announces what begins now and may take a while. */
    void begin(String what) {
        stepStarted = System.nanoTime();
        out.print(MARGIN + padded(what, 44));
        out.flush();
    }

    /** Ends the line that {@link #begin} began. */
    void done(String result) {
        double seconds = (System.nanoTime() - stepStarted) / 1e9;
        out.println(
                Ansi.AUTO.string("@|green ✓|@ ")
                        + padded(String.format(Locale.ROOT, "%.1f s", seconds), 8)
                        + result);
        out.flush();
    }

    void sql(String text) {
        out.println(MARGIN + Ansi.AUTO.string("@|bold,blue sql>|@ ") + text);
        out.println();
    }

    void ok(String text) {
        out.println(MARGIN + Ansi.AUTO.string("@|bold,green ✓|@ ") + text);
        out.flush();
    }

    void wrong(String text) {
        out.println(MARGIN + Ansi.AUTO.string("@|bold,red ✗|@ ") + text);
        out.flush();
    }

    /** Prints rows under their column names; numbers stand right. */
    void table(List<String> columns, List<List<String>> rows) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns);
        lines.addAll(rows);
        int[] widths = new int[columns.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], cell(line.get(i)).length());
            }
        }
        for (int row = 0; row < lines.size(); row++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = cell(lines.get(row).get(i));
                String space = " ".repeat(widths[i] - cell.length());
                text.append(isNumeric(rows, i) ? space + cell : cell + space).append("  ");
            }
            String line = text.toString().stripTrailing();
            out.println(
                    MARGIN
                            + "     "
                            + (row == 0 ? Ansi.AUTO.string("@|faint " + line + "|@") : line));
        }
        out.println();
    }

    /** Prints lines as they are, set in. */
    void lines(List<String> lines) {
        for (String line : lines) {
            out.println(MARGIN + "     " + line);
        }
        out.println();
    }

    private static String cell(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= MAX_CELL ? line : line.substring(0, MAX_CELL - 1) + "…";
    }

    private static boolean isNumeric(List<List<String>> rows, int column) {
        return rows.stream().allMatch(row -> row.get(column).matches("(-?[0-9]+(\\.[0-9]+)?)?"));
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
