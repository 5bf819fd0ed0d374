package dev.postern.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function, aggregate or procedure.
 *
 * @param kind what it is
 * @param language the language's name: {@code internal}, {@code c}, {@code sql}, {@code plpgsql} …
 * @param volatility what its author promises
 * @param securityDefiner whether it runs with its owner's rights
 * @param arguments types of its input arguments
 * @param argumentNames names of its input arguments, {@code ""} where one has none; empty if none
 *     has
 * @param defaults how many of the last arguments may be left out
 * @param variadic the element type if the last argument is VARIADIC, 0 if not
 * @param result the type it returns
 * @param returnsSet whether it returns any number of rows
 * @param resultColumns its OUT and TABLE columns, empty if it has none
 * @param extension the extension it belongs to, {@code null} if none
 * @param body the text of a function in language SQL; {@code null} for all others
 * @param defaultsText the expressions of its defaults as PostgreSQL prints them, with every name
 *     outside of {@code pg_catalog} qualified; {@code null} if it has none
 * @param searchPath the search path it sets for itself; {@code null} if the caller's applies
 * @param support the functions that an aggregate is made of; for a function that users made in
 *     language {@code internal} those of PostgreSQL's own that run the same code; empty for all
 *     others
 */
public record Routine(
        int oid,
        String schema,
        String name,
        Kind kind,
        String language,
        Volatility volatility,
        boolean securityDefiner,
        Oids arguments,
        List<String> argumentNames,
        int defaults,
        int variadic,
        int result,
        boolean returnsSet,
        List<Column> resultColumns,
        @Nullable String extension,
        @Nullable Body body,
        @Nullable String defaultsText,
        @Nullable SearchPath searchPath,
        Oids support) {

    public Routine {
        argumentNames = List.copyOf(argumentNames);
        resultColumns = List.copyOf(resultColumns);
    }

    /** What a routine is. */
    public enum Kind {
        FUNCTION,
        AGGREGATE,
        WINDOW,
        PROCEDURE
    }

    /** What a routine promises: PostgreSQL does not check it. */
    public enum Volatility {
        IMMUTABLE,
        STABLE,
        VOLATILE
    }

    /**
     * The text of a function in language SQL.
     *
     * @param text statements
     * @param bound whether PostgreSQL has resolved its names when the function was made ({@code
     *     BEGIN ATOMIC} and {@code RETURN}) and prints them qualified; otherwise they are resolved
     *     when it is called
     */
    public record Body(String text, boolean bound) {}

    /** Tells whether PostgreSQL itself brings it. */
    public boolean isBuiltIn() {
        return Catalog.isBuiltIn(oid);
    }

    /** Returns {@code schema.name}. */
    public String qualifiedName() {
        return schema + "." + name;
    }

    /** Tells whether a call may give this many arguments. */
    public boolean takes(int count) {
        if (variadic != 0 && count >= arguments.size() - 1 - defaults) {
            return true;
        }
        return count <= arguments.size() && count >= arguments.size() - defaults;
    }
}
