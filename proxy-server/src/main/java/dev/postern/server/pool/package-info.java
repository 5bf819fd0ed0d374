/**
 * Connections to PostgreSQL, kept and shared: each session takes what it gets for one of its own.
 */
@NullMarked
package dev.postern.server.pool;

import org.jspecify.annotations.NullMarked;
