package dev.postern.server.config;

import java.util.Map;

/**
 * Keys that belong to Postern's design but not to this version. They are refused by name: whoever
 * writes a rule must not believe that it holds.
 */
final class LaterKeys {

    /** From a key's path to what it would have done. */
    static final Map<String, String> MEANINGS =
            Map.of(
                    "upstreams.<name>.pool.idle", "closing upstream connections that nobody uses",
                    "upstreams.<name>.pool.mode", "sharing upstream connections between sessions",
                    "policies.<name>.mode", "observing instead of denying; every policy denies",
                    "policies.<name>.relations",
                            "rules for relations; let the upstream role's own privileges decide which tables can be read",
                    "policies.<name>.columns",
                            "rules for columns; let the upstream role's own privileges decide which columns can be read",
                    "policies.<name>.functions.deny",
                            "denying functions; what functions.allow does not name and is not a reviewed built-in is denied");

    private LaterKeys() {}
}
