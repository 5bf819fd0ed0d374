package dev.postern.server.catalog;

/**
 * The questions to PostgreSQL 14 and later, for a session whose search path is empty: a name
 * without a schema is one of {@code pg_catalog}'s. Every role may ask them.
 *
 * <p>Temporary objects are left out. They belong to other sessions, they come and go, and what is
 * not in the catalog is refused.
 */
final class CatalogQueries {

    private static final String TEMPORARY_SCHEMAS =
            "(SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_')";

    /** The kinds of relation that a query can name. */
    private static final String RELATION_KINDS = "('r', 'p', 'v', 'm', 'f', 'S', 't')";

    /** The first id of what users make. */
    private static final String FIRST_NORMAL = "16384";

    /** The ids of two languages are the same in every database. */
    private static final String INTERNAL = "12";

    private static final String SQL = "14";

    /** Before anything whose meaning depends on it. */
    static final String SEARCH_PATH = "SHOW search_path";

    /**
     * Nothing is looked up outside of {@code pg_catalog}, names from elsewhere are printed with
     * their schemas, and strings are printed as the gate reads them.
     */
    static final String SETTINGS =
            """
            SET LOCAL search_path = '';
            SET LOCAL standard_conforming_strings = on;
            SET LOCAL quote_all_identifiers = off;
            SET LOCAL jit = off;
            SET LOCAL lock_timeout = 5000;
            SET LOCAL idle_in_transaction_session_timeout = 0;
            SET LOCAL statement_timeout =\
            """;

    static final String SOURCE =
            "SELECT current_database(), current_user, current_setting('server_version_num')::int";

    /**
     * Name, number of objects and a hash of each of the system catalogs that a snapshot is made of.
     * Whoever changes a row writes a new one, with another {@code xmin}. {@code pg_class} also has
     * new rows for TRUNCATE, REFRESH and their like, so there the columns that matter count, and
     * TOAST tables, which these replace, do not.
     */
    static final String FINGERPRINT =
            """
            SELECT 'namespaces', count(*), bit_xor(hashint8extended((oid::int8 << 32) | xmin::text::int8, 0))
              FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
            UNION ALL
            SELECT 'routines', count(*), bit_xor(hashint8extended((oid::int8 << 32) | xmin::text::int8, 0))
              FROM pg_proc WHERE pronamespace NOT IN %1$s
            UNION ALL
            SELECT 'operators', count(*), bit_xor(hashint8extended((oid::int8 << 32) | xmin::text::int8, 0))
              FROM pg_operator WHERE oprnamespace NOT IN %1$s
            UNION ALL
            SELECT 'types', count(*), bit_xor(hashint8extended((oid::int8 << 32) | xmin::text::int8, 0))
              FROM pg_type WHERE typnamespace NOT IN %1$s
            UNION ALL
            SELECT 'casts', count(*), bit_xor(hashint8extended((oid::int8 << 32) | xmin::text::int8, 0))
              FROM pg_cast
            UNION ALL
            SELECT 'relations', count(*), bit_xor(hashtextextended(
                     concat_ws(' ', relnamespace, reltype, relkind, relrowsecurity, relname), oid::int8))
              FROM pg_class WHERE relkind IN %2$s AND relkind <> 't' AND relpersistence <> 't'
            UNION ALL
            SELECT 'columns', count(*), bit_xor(hashint8extended((attrelid::int8 << 32) | xmin::text::int8, attnum))
              FROM pg_attribute
             WHERE attnum > 0
               AND attrelid NOT IN (SELECT oid FROM pg_class WHERE relkind IN ('i', 'I', 't') OR relpersistence = 't')
            UNION ALL
            SELECT 'rules', count(*), bit_xor(hashint8extended((oid::int8 << 32) | xmin::text::int8, 0))
              FROM pg_rewrite
            UNION ALL
            SELECT 'policies', count(*), bit_xor(hashint8extended((oid::int8 << 32) | xmin::text::int8, 0))
              FROM pg_policy
            UNION ALL
            SELECT 'inheritance', count(*),
                   bit_xor(hashint8extended((inhrelid::int8 << 32) | xmin::text::int8, inhparent::int8))
              FROM pg_inherits
            UNION ALL
            SELECT 'checks', count(*), bit_xor(hashint8extended((oid::int8 << 32) | xmin::text::int8, 0))
              FROM pg_constraint WHERE contypid <> 0
            UNION ALL
            SELECT 'expressions', count(*), bit_xor(hashint8extended((oid::int8 << 32) | xmin::text::int8, 0))
              FROM pg_attrdef
            UNION ALL
            SELECT 'extensions', count(*), bit_xor(hashint8extended((oid::int8 << 32) | xmin::text::int8, 0))
              FROM pg_extension
            UNION ALL
            SELECT 'members', count(*),
                   bit_xor(hashint8extended((objid::int8 << 32) | xmin::text::int8, refobjid::int8))
              FROM pg_depend WHERE deptype = 'e'
            UNION ALL
            SELECT 'languages', count(*), bit_xor(hashint8extended((oid::int8 << 32) | xmin::text::int8, 0))
              FROM pg_language
            """
                    .formatted(TEMPORARY_SCHEMAS, RELATION_KINDS);

    static final String SCHEMAS =
            "SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'";

    static final String LANGUAGES = "SELECT oid, lanname FROM pg_language";

    static final String EXTENSION_MEMBERS =
            """
            SELECT d.classid::regclass::text, d.objid, e.extname
              FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
             WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
               AND d.classid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass,
                                 'pg_cast'::regclass, 'pg_class'::regclass)
            """;

    static final String ROUTINES =
            """
            SELECT oid, pronamespace, proname, prokind, prolang, provolatile, prosecdef,
                   proargtypes::text, pronargdefaults, provariadic, prorettype, proretset,
                   proallargtypes::text, proargmodes::text, proargnames::text, proconfig::text,
                   CASE WHEN oid >= %2$s AND prolang = %3$s AND prosqlbody IS NULL
                        THEN left(prosrc, ?) END,
                   oid >= %2$s AND prosqlbody IS NOT NULL,
                   oid >= %2$s AND proargdefaults IS NOT NULL
              FROM pg_proc
             WHERE pronamespace NOT IN %1$s
            """
                    .formatted(TEMPORARY_SCHEMAS, FIRST_NORMAL, SQL);

    static final String SUPPORT_FUNCTIONS =
            """
            SELECT aggfnoid::oid, aggtransfn::oid, aggfinalfn::oid, aggcombinefn::oid, aggserialfn::oid,
                   aggdeserialfn::oid, aggmtransfn::oid, aggminvtransfn::oid, aggmfinalfn::oid
              FROM pg_aggregate
            """;

    /** Functions that users made of C functions inside PostgreSQL, and those that these are. */
    static final String ALIASES =
            """
            SELECT p.oid, b.oid
              FROM pg_proc p
              JOIN pg_proc b ON b.prosrc = p.prosrc AND b.prolang = %2$s AND b.oid < %1$s
             WHERE p.oid >= %1$s AND p.prolang = %2$s AND p.prokind <> 'a' AND b.prokind <> 'a'
             ORDER BY p.oid, b.oid
            """
                    .formatted(FIRST_NORMAL, INTERNAL);

    static final String BODIES =
            """
            SELECT oid, left(pg_get_function_sqlbody(oid), ?) FROM pg_proc WHERE oid = ANY (?::oid[])
            """;

    static final String DEFAULTS =
            """
            SELECT oid, left(pg_get_expr(proargdefaults, 0), ?) FROM pg_proc WHERE oid = ANY (?::oid[])
            """;

    static final String OPERATORS =
            """
            SELECT oid, oprnamespace, oprname, oprleft, oprright, oprresult, oprcode::oid
              FROM pg_operator
             WHERE oprcode <> 0 AND oprnamespace NOT IN %1$s
            """
                    .formatted(TEMPORARY_SCHEMAS);

    static final String CASTS =
            "SELECT oid, castsource, casttarget, castfunc, castcontext, castmethod FROM pg_cast";

    /**
     * Types that belong to others (arrays, row types, multiranges) are members of no extension
     * themselves: the last three columns say whose they are.
     */
    static final String TYPES =
            """
            SELECT t.oid, t.typnamespace, t.typname, t.typtype, t.typcategory, t.typispreferred,
                   CASE WHEN t.typsubscript = 'array_subscript_handler'::regproc THEN t.typelem ELSE 0 END,
                   t.typarray, t.typbasetype, t.typrelid,
                   t.typinput::oid, t.typoutput::oid, t.typreceive::oid, t.typsend::oid, t.typmodin::oid,
                   t.typmodout::oid, t.typsubscript::oid, r.rngcanonical::oid, r.rngsubdiff::oid,
                   c.relkind = 'c', e.typrelid, m.rngtypid
              FROM pg_type t
              LEFT JOIN pg_class c ON c.oid = t.typrelid
              LEFT JOIN pg_range r ON r.rngtypid = t.oid
              LEFT JOIN pg_range m ON m.rngmultitypid = t.oid
              LEFT JOIN pg_type e ON e.oid = t.typelem
             WHERE t.typnamespace NOT IN %1$s
               AND (t.typrelid = 0 OR c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c'))
            """
                    .formatted(TEMPORARY_SCHEMAS);

    static final String CHECKS =
            "SELECT oid, contypid FROM pg_constraint WHERE contypid <> 0 AND contype = 'c' ORDER BY oid";

    static final String CHECK_TEXTS =
            """
            SELECT oid, left(pg_get_expr(conbin, 0), ?) FROM pg_constraint WHERE oid = ANY (?::oid[])
            """;

    static final String RELATIONS =
            """
            SELECT oid, relnamespace, relname, relkind, reltype
              FROM pg_class
             WHERE relkind IN %1$s AND relpersistence <> 't'
            """
                    .formatted(RELATION_KINDS);

    static final String COLUMNS =
            """
            SELECT attrelid, attname, atttypid
              FROM pg_attribute
             WHERE attnum > 0 AND NOT attisdropped
               AND attrelid NOT IN (SELECT oid FROM pg_class WHERE relkind IN ('i', 'I') OR relpersistence = 't')
             ORDER BY attrelid, attnum
            """;

    static final String DEFINITIONS =
            "SELECT oid, left(pg_get_viewdef(oid), ?) FROM pg_class WHERE oid = ANY (?::oid[])";

    static final String INHERITANCE =
            "SELECT inhrelid, inhparent FROM pg_inherits ORDER BY inhrelid, inhseqno";

    static final String POLICIES =
            """
            SELECT p.oid, p.polrelid
              FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
             WHERE c.relrowsecurity AND p.polcmd IN ('*', 'r') AND p.polqual IS NOT NULL
             ORDER BY p.oid
            """;

    static final String POLICY_TEXTS =
            """
            SELECT oid, left(pg_get_expr(polqual, polrelid), ?) FROM pg_policy WHERE oid = ANY (?::oid[])
            """;

    static final String VIRTUAL_COLUMNS =
            """
            SELECT d.oid, d.adrelid
              FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
             WHERE a.attgenerated = 'v'
             ORDER BY d.oid
            """;

    static final String VIRTUAL_COLUMN_TEXTS =
            """
            SELECT oid, left(pg_get_expr(adbin, adrelid), ?) FROM pg_attrdef WHERE oid = ANY (?::oid[])
            """;

    private CatalogQueries() {}
}
