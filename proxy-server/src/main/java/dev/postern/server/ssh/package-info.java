/** Tunnels through SSH servers, for whoever connects to what is behind them. */
@NullMarked
package dev.postern.server.ssh;

import org.jspecify.annotations.NullMarked;
