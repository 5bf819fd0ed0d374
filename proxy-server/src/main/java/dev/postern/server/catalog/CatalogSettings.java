package dev.postern.server.catalog;

import java.time.Duration;

/**
 * How catalogs are kept up to date.
 *
 * @param refreshInterval how long after a look the next begins
 * @param minInterval how long after the beginning of a look one that is asked for may begin
 * @param maxWait how long somebody who asks for a look may wait for it to begin
 * @param limits how large a catalog may be
 */
public record CatalogSettings(
        Duration refreshInterval, Duration minInterval, Duration maxWait, CatalogLimits limits) {}
