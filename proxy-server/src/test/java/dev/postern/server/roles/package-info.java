@NullMarked
package dev.postern.server.roles;

import org.jspecify.annotations.NullMarked;
