/** SQL text to facts. The parsers live here and their types never leave. */
@NullMarked
package dev.postern.sql;

import org.jspecify.annotations.NullMarked;
