/** Micrometer, and nothing of it outside. */
@NullMarked
package dev.postern.server.metrics;

import org.jspecify.annotations.NullMarked;
