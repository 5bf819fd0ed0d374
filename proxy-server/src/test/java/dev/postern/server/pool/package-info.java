@NullMarked
package dev.postern.server.pool;

import org.jspecify.annotations.NullMarked;
