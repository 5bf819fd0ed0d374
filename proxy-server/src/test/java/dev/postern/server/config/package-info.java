@NullMarked
package dev.postern.server.config;

import org.jspecify.annotations.NullMarked;
