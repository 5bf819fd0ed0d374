/** Agents' connections: channel handlers that turn bytes into events. */
@NullMarked
package dev.postern.server.frontend;

import org.jspecify.annotations.NullMarked;
