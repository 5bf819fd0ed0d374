package dev.postern.policy;

import dev.postern.catalog.CatalogView;
import dev.postern.protocol.SqlText;
import dev.postern.sql.SqlFacts;

/** Reads the texts that a catalog holds: bodies of functions, definitions of views, expressions. */
@FunctionalInterface
public interface DefinitionReader {

    /** Reads a text. */
    SqlFacts read(SqlText text, CatalogView view);
}
