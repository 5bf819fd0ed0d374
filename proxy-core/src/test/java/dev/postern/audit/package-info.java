/** Tests of events, encoding and chain. */
@NullMarked
package dev.postern.audit;

import org.jspecify.annotations.NullMarked;
