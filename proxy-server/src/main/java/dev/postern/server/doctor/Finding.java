package dev.postern.server.doctor;

import org.jspecify.annotations.Nullable;

/**
 * How a check came out for one thing.
 *
 * @param subject what was looked at, such as a host or an agent
 * @param message what was found; no secrets
 * @param remedy what to do about it, {@code null} if there is nothing to do
 */
public record Finding(
        CheckCode code, String subject, Level level, String message, @Nullable String remedy) {}
