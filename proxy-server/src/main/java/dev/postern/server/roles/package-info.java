/** The upstream role that a policy needs: what it holds, and the script that makes it. */
@NullMarked
package dev.postern.server.roles;

import org.jspecify.annotations.NullMarked;
