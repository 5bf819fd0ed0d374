package dev.postern.server;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The run-time parameters that every upstream connection starts with, whatever its agents ask for.
 * Given in the startup packet they are also what RESET and DISCARD ALL go back to.
 */
final class PinnedSettings {

    private PinnedSettings() {}

    /** Returns a startup packet's parameters. */
    static Map<String, String> all() {
        Map<String, String> settings = new LinkedHashMap<>();
        // No statement may write, whatever the role could do.
        settings.put("default_transaction_read_only", "on");
        // The gate reads a text as the server does.
        settings.put("client_encoding", "UTF8");
        settings.put("standard_conforming_strings", "on");
        // Who the connection is for is told when it is for somebody.
        settings.put("application_name", "postern");
        return settings;
    }

    /** Tells whether an agent's wish for a setting makes no difference. */
    static boolean isPinned(String name) {
        return all().containsKey(name);
    }
}
