/** The decision: facts, principal and policy to a verdict. */
@NullMarked
package dev.postern.policy;

import org.jspecify.annotations.NullMarked;
