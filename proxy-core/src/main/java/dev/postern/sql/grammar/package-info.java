/** PostgreSQL's own grammar (libpg_query as WebAssembly), run on the JVM. */
@NullMarked
package dev.postern.sql.grammar;

import org.jspecify.annotations.NullMarked;
