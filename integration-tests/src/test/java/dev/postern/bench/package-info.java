/** Benchmarks: what Postern's parts cost, and the bare relay it is measured against. */
@NullMarked
package dev.postern.bench;

import org.jspecify.annotations.NullMarked;
