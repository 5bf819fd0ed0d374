package dev.postern.server.upstream;

import java.util.function.Supplier;

/** What logs in to an upstream: a password, or in a cloud a token for each host. */
@FunctionalInterface
public interface HostPassword {

    /** Returns a copy of the password for a host, the caller's to wipe. Does not block. */
    char[] get(UpstreamHost host);

    /** Returns a password that is the same for all hosts. */
    static HostPassword sameForAll(Supplier<char[]> password) {
        return host -> password.get();
    }
}
