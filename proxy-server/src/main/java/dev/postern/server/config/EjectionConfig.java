package dev.postern.server.config;

import java.time.Duration;

/**
 * The section {@code upstreams.<name>.ejection}.
 *
 * @param initial how long a host is passed over after its first failure
 * @param max the longest time, reached by failing again and again; not shorter than {@code initial}
 */
public record EjectionConfig(Duration initial, Duration max) {

    public EjectionConfig {
        Keys.UPSTREAM_EJECTION_INITIAL.check(initial);
        Keys.UPSTREAM_EJECTION_MAX.check(max);
        if (max.compareTo(initial) < 0) {
            throw new InvalidValueException("max", "must not be shorter than initial");
        }
    }
}
