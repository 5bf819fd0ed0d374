@NullMarked
package dev.postern.server.secrets;

import org.jspecify.annotations.NullMarked;
