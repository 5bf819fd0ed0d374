package dev.postern.server;

import dev.postern.policy.StartupParameters;
import dev.postern.server.frontend.StartupParameterFilter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Startup parameters pass as far as the gate would let the same SET pass. */
enum StartupSettingsRule implements StartupParameterFilter {
    INSTANCE;

    @Override
    public @Nullable String hintIfRefused(String name, String value) {
        if (name.equals("client_encoding") && value.toUpperCase(Locale.ROOT).equals("SQL_ASCII")) {
            // What psql asks for in the C locale: any bytes will do. The session reports UTF8.
            return null;
        }
        return StartupParameters.isAllowed(name, value)
                ? null
                : "Leave it out: Postern sets what a read-only session needs. The settings that may be set are listed"
                        + " in the documentation of the policy.";
    }
}
