package dev.postern.server.admin;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the admin port shows.
 *
 * @param metrics the text of {@code /metrics} for an Accept header, which may be {@code null}
 * @param notReady one sentence for each reason why agents should not be sent here now; empty if
 *     there is none
 */
public record AdminPages(
        Function<@Nullable String, Text> metrics, Supplier<List<String>> notReady) {

    /** A page with its content type. */
    public record Text(String contentType, String body) {}

    /** An answer of the admin port. */
    record Page(int status, Text text) {}

    private static final String PLAIN = "text/plain; charset=utf-8";

    /** Makes the page of a path. */
    Page page(String path, @Nullable String accept) {
        return switch (path) {
            case "/metrics" -> new Page(200, metrics.apply(accept));
            case "/healthz" -> plain(200, "ok\n");
            case "/readyz" -> readiness();
            default -> plain(404, "not found; there are /metrics, /healthz and /readyz\n");
        };
    }

    static Page plain(int status, String body) {
        return new Page(status, new Text(PLAIN, body));
    }

    private Page readiness() {
        List<String> troubles = notReady.get();
        return troubles.isEmpty()
                ? plain(200, "ready\n")
                : plain(503, String.join("\n", troubles) + "\n");
    }
}
