/** Secret references and their resolution. */
@NullMarked
package dev.postern.server.secrets;

import org.jspecify.annotations.NullMarked;
