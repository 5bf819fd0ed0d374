package dev.postern.grammar.build;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The C names of a module's imports and exports. Emscripten shortens them to one letter each,
 * differently in each build; the JavaScript file that comes with the module ("glue") is the only
 * place that says which is which.
 *
 * @param imports short name to C name
 * @param exports short name to C name
 */
record GlueNames(Map<String, String> imports, Map<String, String> exports) {

    /** The name linkers give to the function that runs static constructors. */
    static final String CONSTRUCTORS = "__wasm_call_ctors";

    private static final Pattern IMPORTS = Pattern.compile("wasmImports=\\{([^}]*)}");
    private static final Pattern EXPORT =
            Pattern.compile(
                    "(?<![\\w.\"\\]])(\\w+)=(?:[\\w.]+(?:\\[\"\\w+\"])?=)*wasmExports\\[\"(\\w+)\"]");
    private static final Pattern CONSTRUCTORS_CALL =
            Pattern.compile("wasmExports\\[\"(\\w+)\"]\\(\\)");

    GlueNames {
        imports = Map.copyOf(imports);
        exports = Map.copyOf(exports);
    }

    /**
     * Reads the names from a glue file.
     *
     * @throws IllegalArgumentException if it does not have the form emscripten gives it
     */
    static GlueNames read(String glue) {
        Map<String, String> imports = new LinkedHashMap<>();
        Matcher list = IMPORTS.matcher(glue);
        if (!list.find()) {
            throw new IllegalArgumentException("the glue file has no list of imports");
        }
        for (String pair : list.group(1).split(",", -1)) {
            int colon = pair.indexOf(':');
            if (colon < 0) {
                throw new IllegalArgumentException("not an import: " + pair);
            }
            put(
                    imports,
                    pair.substring(0, colon).strip(),
                    cName(pair.substring(colon + 1).strip()));
        }
        Map<String, String> exports = new LinkedHashMap<>();
        Matcher export = EXPORT.matcher(glue);
        while (export.find()) {
            put(exports, export.group(2), cName(export.group(1)));
        }
        Matcher constructors = CONSTRUCTORS_CALL.matcher(glue);
        while (constructors.find()) {
            put(exports, constructors.group(1), CONSTRUCTORS);
        }
        return new GlueNames(imports, exports);
    }

    /**
     * JavaScript has every C function under its name with one underscore more; its own helpers have
     * none.
     */
    private static String cName(String glueName) {
        return glueName.startsWith("_") ? glueName.substring(1) : glueName;
    }

    private static void put(Map<String, String> names, String shortName, String name) {
        String other = names.putIfAbsent(shortName, name);
        if (other != null && !other.equals(name)) {
            throw new IllegalArgumentException(shortName + " is both " + other + " and " + name);
        }
    }
}
