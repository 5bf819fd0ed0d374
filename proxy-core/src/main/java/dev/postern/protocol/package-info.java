/** Frames and messages of the PostgreSQL frontend/backend protocol, SQLSTATE codes, limits. */
@NullMarked
package dev.postern.protocol;

import org.jspecify.annotations.NullMarked;
