package dev.postern.server.config;

import java.time.Duration;
import java.util.List;

/**
 * The instances behind one address.
 *
 * @param instance which of them this is, counted from 1
 * @param hosts all of them, this one too
 * @param tls how connections to the others are protected
 * @param timeout how long it may take to pass a cancel request on
 */
public record PeersConfig(
        int instance, List<HostPort> hosts, UpstreamTlsConfig tls, Duration timeout) {

    public PeersConfig {
        Keys.SERVER_INSTANCE.check(instance);
        hosts = Keys.SERVER_PEERS.check(List.copyOf(hosts));
        Keys.SERVER_PEER_TIMEOUT.check(timeout);
        if (instance > hosts.size()) {
            throw new InvalidValueException(
                    "instance",
                    "must be one of the " + hosts.size() + " that peers lists, not " + instance);
        }
    }
}
