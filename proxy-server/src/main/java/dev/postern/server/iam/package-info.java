/** Passwords that a cloud makes for a while, of the identity that Postern runs with there. */
@NullMarked
package dev.postern.server.iam;

import org.jspecify.annotations.NullMarked;
