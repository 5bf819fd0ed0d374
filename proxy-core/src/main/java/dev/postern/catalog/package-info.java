/** What a name may resolve to on the upstream. */
@NullMarked
package dev.postern.catalog;

import org.jspecify.annotations.NullMarked;
