package dev.postern.server.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens.
 *
 * @param host a name or a literal address, without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {

    /** PostgreSQL's own port, for a host given without one. */
    public static final int DEFAULT_PORT = 5432;

    private static final int MAX_PORT = 65_535;
    private static final int MAX_HOST = 253;
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9_.-]+)(?::(\\d{1,5}))?");
    private static final Pattern BRACKETED =
            Pattern.compile("\\[([0-9A-Fa-f:.]+)](?::(\\d{1,5}))?");

    public HostPort {
        if (host.isEmpty() || host.length() > MAX_HOST) {
            throw new IllegalArgumentException("a host has 1 to " + MAX_HOST + " characters");
        }
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("a port is between 1 and " + MAX_PORT);
        }
    }

    /**
     * Reads {@code host}, {@code host:port}, {@code [2001:db8::1]} or {@code [2001:db8::1]:port}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static HostPort parse(String text) {
        return parse(text, DEFAULT_PORT);
    }

    /** Like {@link #parse(String)}, with another port for a host given without one. */
    static HostPort parse(String text, int defaultPort) {
        Matcher matcher = BRACKETED.matcher(text);
        if (!matcher.matches()) {
            matcher = NAME.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "not a host with an optional port; an IPv6 address stands in brackets");
            }
        }
        String port = matcher.group(2);
        return new HostPort(matcher.group(1), port == null ? defaultPort : Integer.parseInt(port));
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
