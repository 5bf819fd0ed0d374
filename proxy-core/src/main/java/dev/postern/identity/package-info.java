/** Agents, the humans behind them, and how they prove who they are. */
@NullMarked
package dev.postern.identity;

import org.jspecify.annotations.NullMarked;
