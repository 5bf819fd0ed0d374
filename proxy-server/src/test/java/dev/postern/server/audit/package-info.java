/** Tests of the audit trail on disk. */
@NullMarked
package dev.postern.server.audit;

import org.jspecify.annotations.NullMarked;
