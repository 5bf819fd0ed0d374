package dev.postern.server.roles;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what in one database, as far as a role that only reads is concerned. PostgreSQL's own
 * objects are left out.
 *
 * @param owner of the database
 * @param publicMay what everybody may do with the database, {@code TEMPORARY} and {@code CREATE}
 * @param schemas by name
 * @param relations by schema and name
 */
public record Privileges(
        String owner,
        Set<String> publicMay,
        List<SchemaPrivileges> schemas,
        List<RelationPrivileges> relations) {

    public Privileges {
        publicMay = Set.copyOf(publicMay);
        schemas = List.copyOf(schemas);
        relations = List.copyOf(relations);
    }

    /**
     * What is granted on a schema.
     *
     * @param publicCreates whether everybody may create in it
     */
    public record SchemaPrivileges(String name, String owner, boolean publicCreates) {}

    /**
     * What is granted on a relation.
     *
     * @param extension whether it belongs to one
     * @param publicReads whether everybody may read it, or some columns of it
     * @param publicWrites whether everybody may write to it, or to some columns of it
     * @param reads whether the role that asked may read all of it, with what its schema demands
     * @param columns which columns that role may read, if not all; {@code null} if it may read all
     */
    public record RelationPrivileges(
            String schema,
            String name,
            String owner,
            boolean extension,
            boolean publicReads,
            boolean publicWrites,
            boolean reads,
            @Nullable List<String> columns) {

        public RelationPrivileges {
            columns = columns == null ? null : List.copyOf(columns);
        }

        /** Tells whether the role that asked may read any of it. */
        public boolean isReadable() {
            return reads || (columns != null && !columns.isEmpty());
        }
    }

    /** Returns what is granted on a schema, {@code null} if there is none of this name. */
    @Nullable SchemaPrivileges schema(String name) {
        for (SchemaPrivileges schema : schemas) {
            if (schema.name().equals(name)) {
                return schema;
            }
        }
        return null;
    }
}
