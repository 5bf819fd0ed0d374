package dev.postern.server.upstream;

/**
 * Where a PostgreSQL server listens.
 *
 * @param name a host name or a literal address, without brackets
 */
public record UpstreamHost(String name, int port) {

    @Override
    public String toString() {
        return (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + port;
    }
}
