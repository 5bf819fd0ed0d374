package dev.postern.server.upstream;

/**
 * Where a PostgreSQL server listens.
 *
 * @param name a host name or a literal address, without brackets
 */
public record UpstreamHost(String name, int port) {

    /** Reads what {@link #toString} returns. */
    static UpstreamHost parse(String text) {
        int colon = text.lastIndexOf(':');
        String name = text.substring(0, colon);
        return new UpstreamHost(
                name.startsWith("[") ? name.substring(1, name.length() - 1) : name,
                Integer.parseInt(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + port;
    }
}
