package dev.postern.server.catalog;

/**
 * A database of an upstream.
 *
 * @param upstream the configured name of the upstream
 * @param database the database's name
 */
public record DatabaseKey(String upstream, String database) {}
