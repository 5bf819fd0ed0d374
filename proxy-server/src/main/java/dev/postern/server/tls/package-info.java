/** Keys and certificates from files, and the TLS settings of both sides. */
@NullMarked
package dev.postern.server.tls;

import org.jspecify.annotations.NullMarked;
