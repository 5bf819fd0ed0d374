/** How an agent proves who it is: SCRAM-SHA-256 from stored verifiers. */
@NullMarked
package dev.postern.server.auth;

import org.jspecify.annotations.NullMarked;
