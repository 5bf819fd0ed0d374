package dev.postern.server.upstream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Why none of an upstream's hosts serves, in words for an agent. */
final class UnfitHosts {

    private UnfitHosts() {}

    /**
     * Returns each failed check once, with the number of hosts that fail it if there are several
     * hosts; of those that lag only the least. Names no host, address or role.
     */
    static String words(Collection<List<Objection>> hosts) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        List<Objection.Behind> behind = new ArrayList<>();
        for (List<Objection> objections : hosts) {
            for (Objection objection : objections) {
                if (objection instanceof Objection.Behind late) {
                    behind.add(late);
                } else {
                    counts.merge(objection.forAgent(), 1, Integer::sum);
                }
            }
        }
        behind.stream()
                .min(Comparator.comparingDouble(Objection.Behind::lagSeconds))
                .ifPresent(least -> counts.put(least.forAgent(), behind.size()));
        return counts.entrySet().stream()
                .map(entry ->
                        hosts.size() == 1
                                ? entry.getKey()
                                : entry.getKey()
                                        + " ("
                                        + entry.getValue()
                                        + " of "
                                        + hosts.size()
                                        + " servers)")
                .collect(Collectors.joining("; "));
    }
}
