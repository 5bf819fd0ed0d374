@NullMarked
package dev.postern.server.cli;

import org.jspecify.annotations.NullMarked;
