package dev.postern.server.upstream;

import java.util.function.Supplier;

/**
 * A password that is not the same for all hosts of an upstream. Whoever logs in asks by {@link
 * #of}.
 */
public interface HostPassword extends Supplier<char[]> {

    /** Returns a copy of the password for a host, the caller's to wipe. Does not block. */
    char[] get(UpstreamHost host);

    /**
     * Fails: there is no such thing as the password.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    default char[] get() {
        throw new UnsupportedOperationException("each host has a password of its own");
    }

    /** Returns what logs in to a host, of a password that may or may not differ between hosts. */
    static char[] of(Supplier<char[]> password, UpstreamHost host) {
        return password instanceof HostPassword own ? own.get(host) : password.get();
    }
}
