/**
 * Fuzzing: targets that Jazzer feeds, each with what must hold for any input, and what runs them.
 *
 * <p>A target is a class with {@code public static void fuzzerTestOneInput(byte[])}. It throws when
 * something does not hold; nothing here needs Jazzer itself, so that an input that was once found
 * can be run again as a plain call.
 */
@NullMarked
package dev.postern.fuzz;

import org.jspecify.annotations.NullMarked;
