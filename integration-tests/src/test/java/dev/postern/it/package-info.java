/** Postern between real clients and real PostgreSQL servers. */
@NullMarked
package dev.postern.it;

import org.jspecify.annotations.NullMarked;
