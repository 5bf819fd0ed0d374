/** Reads what each database holds, and keeps it up to date. */
@NullMarked
package dev.postern.server.catalog;

import org.jspecify.annotations.NullMarked;
