package dev.postern.server.catalog;

import java.time.Duration;

/**
 * How large a catalog may be.
 *
 * @param maxObjects routines, operators, types, casts, relations and columns of one database
 * @param maxDefinition characters of one body, view definition or expression; a longer one counts
 *     as one that cannot be read
 * @param maxText characters of all of them
 * @param timeLimit how long PostgreSQL may take for one of the questions
 */
public record CatalogLimits(int maxObjects, int maxDefinition, long maxText, Duration timeLimit) {}
