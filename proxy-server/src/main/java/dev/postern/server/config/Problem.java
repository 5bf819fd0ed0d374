package dev.postern.server.config;

/**
 * One thing wrong with a configuration file.
 *
 * @param source the file as the user named it
 * @param line counted from 1; 0 if it has no place
 * @param keyPath such as {@code upstreams.shop.tls.mode}; empty if it has none
 * @param message what is wrong and what would be right; never a secret
 */
public record Problem(String source, int line, String keyPath, String message) {

    /** {@code postern.yaml:12: upstreams.shop.tls.mode: …}, as compilers print it. */
    @Override
    public String toString() {
        return source
                + (line > 0 ? ":" + line : "")
                + ": "
                + (keyPath.isEmpty() ? "" : keyPath + ": ")
                + message;
    }
}
