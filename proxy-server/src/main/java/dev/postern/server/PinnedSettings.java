package dev.postern.server;

import java.util.Map;

/**
 * The run-time parameters that every upstream session starts with, whatever its agent asked for.
 * Given in the startup packet they are also what RESET and DISCARD ALL go back to.
 */
final class PinnedSettings {

    private PinnedSettings() {}

    /** Adds them to a startup packet's parameters. */
    static void apply(Map<String, String> settings) {
        // No statement may write, whatever the role could do.
        settings.put("default_transaction_read_only", "on");
        // The gate reads a text as the server does.
        settings.put("client_encoding", "UTF8");
        settings.put("standard_conforming_strings", "on");
    }
}
