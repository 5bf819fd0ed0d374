/** The pre-flight list: whether what Postern promises holds for a configuration, here and now. */
@NullMarked
package dev.postern.server.doctor;

import org.jspecify.annotations.NullMarked;
