/** Tests of the admin package. */
@NullMarked
package dev.postern.server.admin;

import org.jspecify.annotations.NullMarked;
