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
                    "policies.<name>.functions.deny",
                    "denying functions; what is not known to be harmless and is not named by functions.allow is denied");

    private LaterKeys() {}
}
