package dev.postern.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A data type.
 *
 * @param kind what it is
 * @param category PostgreSQL's category letter
 * @param preferred whether it is the one that its category prefers
 * @param element the element's type if it is a true array, 0 if not
 * @param array the type of arrays of it, 0 if there is none
 * @param base the type under a domain, 0 if it is none
 * @param relation the relation whose rows it describes, 0 if none
 * @param functions the functions that read, print and check its values
 * @param checks the CHECK expressions of a domain as PostgreSQL prints them, with every name
 *     outside of {@code pg_catalog} qualified
 * @param extension the extension it belongs to, {@code null} if none
 * @param fields its columns if it was made by {@code CREATE TYPE … AS (…)}; empty for all others: a
 *     row type has those of its relation
 */
public record Type(
        int oid,
        String schema,
        String name,
        Kind kind,
        char category,
        boolean preferred,
        int element,
        int array,
        int base,
        int relation,
        Oids functions,
        List<String> checks,
        @Nullable String extension,
        List<Column> fields) {

    public Type {
        checks = List.copyOf(checks);
        fields = List.copyOf(fields);
    }

    /** What a type is. */
    public enum Kind {
        BASE,
        COMPOSITE,
        DOMAIN,
        ENUM,
        PSEUDO,
        RANGE,
        MULTIRANGE
    }

    /** Tells whether PostgreSQL itself brings it. */
    public boolean isBuiltIn() {
        return Catalog.isBuiltIn(oid);
    }

    /** Returns {@code schema.name}. */
    public String qualifiedName() {
        return schema + "." + name;
    }
}
