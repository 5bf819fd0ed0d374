package dev.postern.server.config;

/**
 * The section {@code upstreams.<name>.pool}.
 *
 * @param max connections to the upstream, over all its hosts
 */
public record PoolConfig(int max) {

    public PoolConfig {
        Keys.UPSTREAM_POOL_MAX.check(max);
    }
}
