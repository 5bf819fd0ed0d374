/**
 * The pure state of one proxied session: what was prepared, what is open, what the upstream still
 * owes.
 */
@NullMarked
package dev.postern.session;

import org.jspecify.annotations.NullMarked;
