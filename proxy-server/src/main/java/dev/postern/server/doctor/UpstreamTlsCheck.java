package dev.postern.server.doctor;

import dev.postern.server.config.HostAddress;
import dev.postern.server.config.UpstreamConfig;

/** Whether the way to an upstream is protected. */
final class UpstreamTlsCheck {

    private UpstreamTlsCheck() {}

    static Finding of(UpstreamConfig upstream) {
        String key = "upstreams." + upstream.name() + ".tls";
        String full = "Set " + key + ": {mode: verify-full, ca: FILE}.";
        return switch (upstream.tls().mode()) {
            case VERIFY_FULL ->
                    CheckCode.UPSTREAM_TLS.ok(
                            upstream.name(), "verify-full: certificates and names are checked");
            case VERIFY_CA ->
                    CheckCode.UPSTREAM_TLS.note(
                            upstream.name(),
                            "verify-ca: the certificate is checked, but not for which host it is",
                            full);
            case REQUIRE ->
                    isLocal(upstream)
                            ? CheckCode.UPSTREAM_TLS.ok(
                                    upstream.name(), "require, to hosts on this machine")
                            : CheckCode.UPSTREAM_TLS.note(
                                    upstream.name(),
                                    "require: the server's certificate is not checked, so anything may pose as it",
                                    full);
            case DISABLE ->
                    isLocal(upstream)
                            ? CheckCode.UPSTREAM_TLS.ok(
                                    upstream.name(), "disable, to hosts on this machine")
                            : CheckCode.UPSTREAM_TLS.fail(
                                    upstream.name(),
                                    "disable: rows cross the network in the clear",
                                    full);
        };
    }

    private static boolean isLocal(UpstreamConfig upstream) {
        return upstream.hosts().stream().allMatch(host -> HostAddress.isLoopback(host.host()));
    }
}
