package dev.postern.server.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the name that was probably meant. */
public final class NearestName {

    /** Longer names are not compared: the cost grows with the square. */
    private static final int MAX_LENGTH = 200;

    private NearestName() {}

    /**
     * Returns {@code " (did you mean x?)"} for the nearest of the known names, or nothing if none
     * is near.
     */
    public static String suggestion(String name, Collection<String> known) {
        String nearest = of(name, known);
        return nearest == null ? "" : " (did you mean " + nearest + "?)";
    }

    /**
     * Returns the nearest known name: at most a third of its characters wrong, and at least one
     * right. Null if none is near.
     */
    static @Nullable String of(String name, Collection<String> known) {
        if (name.length() > MAX_LENGTH) {
            return null;
        }
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(normalized(name), normalized(candidate));
            int allowed = Math.max(1, Math.min(name.length(), candidate.length()) / 3);
            if (distance <= allowed
                    && distance < Math.max(1, candidate.length())
                    && distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    private static String normalized(String name) {
        return name.toLowerCase(Locale.ROOT).replace('-', '_').replace("_", "");
    }

    /**
     * The number of insertions, deletions, replacements and swaps of neighbours between two words
     * (optimal string alignment).
     */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
