/** What commands find out about policies from statements: recorded ones, or one that is given. */
@NullMarked
package dev.postern.server.tools;

import org.jspecify.annotations.NullMarked;
