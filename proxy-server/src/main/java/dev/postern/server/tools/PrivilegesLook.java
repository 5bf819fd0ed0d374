package dev.postern.server.tools;

import dev.postern.server.roles.Privileges;
import org.jspecify.annotations.Nullable;

/**
 * What a look at who holds what in a database showed.
 *
 * @param privileges {@code null} if that could not be read
 * @param reason why not, without secrets; {@code null} if it could
 */
public record PrivilegesLook(@Nullable Privileges privileges, @Nullable String reason) {}
