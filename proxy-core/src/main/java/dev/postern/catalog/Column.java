package dev.postern.catalog;

/**
 * A named column of a relation or of a function's result.
 *
 * @param type the type's object id
 */
public record Column(String name, int type) {}
