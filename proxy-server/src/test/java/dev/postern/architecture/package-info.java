/** What may depend on what, and what the repository's documents rely on. */
@NullMarked
package dev.postern.architecture;

import org.jspecify.annotations.NullMarked;
