package dev.postern.server.config;

import java.net.InetAddress;

/** What a host in the configuration says of who can reach it, without asking for its addresses. */
public final class HostAddress {

    private HostAddress() {}

    /** Tells whether a host means this machine only. */
    public static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Tells whether a host to listen on means every address of this machine. */
    public static boolean isWildcard(String host) {
        try {
            return InetAddress.ofLiteral(host).isAnyLocalAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
