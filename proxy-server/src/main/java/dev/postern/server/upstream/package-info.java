/** Connections to PostgreSQL. */
@NullMarked
package dev.postern.server.upstream;

import org.jspecify.annotations.NullMarked;
