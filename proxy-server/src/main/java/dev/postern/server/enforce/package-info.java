/** Where verdicts are obtained and enforced on a session. */
@NullMarked
package dev.postern.server.enforce;

import org.jspecify.annotations.NullMarked;
