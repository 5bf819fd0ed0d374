@NullMarked
package dev.postern.server.enforce;

import org.jspecify.annotations.NullMarked;
