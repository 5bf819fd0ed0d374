/** The admin HTTP port: metrics, health, readiness. */
@NullMarked
package dev.postern.server.admin;

import org.jspecify.annotations.NullMarked;
