/** The record of every statement: events, encoding, hash chain, sinks. */
@NullMarked
package dev.postern.audit;

import org.jspecify.annotations.NullMarked;
