/** Tests of the metrics package. */
@NullMarked
package dev.postern.server.metrics;

import org.jspecify.annotations.NullMarked;
