package dev.postern.server.doctor;

import dev.postern.server.config.HostPort;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.upstream.HostPosture;

/** Looks at upstream hosts, as a server with the same configuration would. For any thread. */
@FunctionalInterface
public interface HostLooks {

    /** Looks at one host now. Blocks. */
    HostPosture look(UpstreamConfig upstream, HostPort host);
}
