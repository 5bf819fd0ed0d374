@NullMarked
package dev.postern.server.doctor;

import org.jspecify.annotations.NullMarked;
