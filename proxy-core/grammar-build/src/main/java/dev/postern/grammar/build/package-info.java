/**
 * Turns PostgreSQL's parser, as the npm package {@code libpg-query} ships it in WebAssembly, into
 * JVM classes: run by the build of proxy-core, never by the server.
 */
@NullMarked
package dev.postern.grammar.build;

import org.jspecify.annotations.NullMarked;
