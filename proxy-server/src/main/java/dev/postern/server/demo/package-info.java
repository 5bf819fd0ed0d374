/**
 * Real PostgreSQL servers for {@code postern demo} and for tests: unpacked, initialized, started on
 * free ports, stopped and removed, and the sample database and tour that the demo shows. Nothing
 * here runs in production.
 */
@NullMarked
package dev.postern.server.demo;

import org.jspecify.annotations.NullMarked;
