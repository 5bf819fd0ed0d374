package dev.postern.sql;

import dev.postern.sql.Range.Columns;
import java.util.List;
import java.util.function.Supplier;

/**
 * A CTE: a query under a name, bound to an item of FROM wherever it is named.
 *
 * @param aliases the names that WITH gives its first columns
 * @param columns the columns of its query
 */
record CteRange(String name, List<String> aliases, Supplier<Columns> columns) {}
