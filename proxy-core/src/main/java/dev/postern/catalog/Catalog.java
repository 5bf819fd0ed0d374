package dev.postern.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one database holds at one moment: the routines, operators, casts, types and relations that a
 * text can reach, PostgreSQL's own among them. Immutable; every snapshot is an object of its own,
 * and verdicts are kept by it. Object ids are unsigned.
 */
public final class Catalog {

    /** Ids below are PostgreSQL's own, those from here on are given to what users make. */
    private static final int FIRST_NORMAL_OBJECT_ID = 16_384;

    private static final AtomicLong VERSIONS = new AtomicLong();

    /** Of which nothing is known: names are judged as they are written. */
    public static final Catalog UNKNOWN =
            new Builder(new Source("", "", 0), SearchPath.SYSTEM).build();

    /** What is known of more search paths than this is not kept. */
    private static final int MAX_PATHS = 256;

    private final long version = VERSIONS.incrementAndGet();
    private final Source source;
    private final SearchPath defaultPath;
    private final Set<String> schemas;
    private final Map<Integer, Routine> routines = new HashMap<>();
    private final Map<String, List<Routine>> routinesByName = new HashMap<>();
    private final Map<String, List<Operator>> operators = new HashMap<>();
    private final int operatorCount;
    private final Map<Integer, Type> types = new HashMap<>();
    private final Map<String, List<Type>> typesByName = new HashMap<>();
    private final Map<Long, Cast> casts = new HashMap<>();
    private final List<Cast> userCasts;
    private final List<Integer> userDomains;
    private final Map<Integer, Relation> relations = new HashMap<>();
    private final Map<String, List<Relation>> relationsByName = new HashMap<>();
    private final Map<SearchPath, Names> names = new ConcurrentHashMap<>();

    /**
     * Where a snapshot was read.
     *
     * @param database the database's name
     * @param user the role that read it, the one that sessions use
     * @param serverVersion the major version, 0 if there is no server behind it
     */
    public record Source(String database, String user, int serverVersion) {}

    private Catalog(Builder builder) {
        source = builder.source;
        defaultPath = builder.defaultPath;
        schemas = Set.copyOf(builder.schemas);
        for (Routine routine : builder.routines) {
            routines.put(routine.oid(), routine);
            routinesByName.computeIfAbsent(routine.name(), name -> list()).add(routine);
        }
        operatorCount = builder.operators.size();
        for (Operator operator : builder.operators) {
            operators.computeIfAbsent(operator.symbol(), symbol -> list()).add(operator);
        }
        for (Type type : builder.types) {
            types.put(type.oid(), type);
            typesByName.computeIfAbsent(type.name(), name -> list()).add(type);
        }
        for (Cast cast : builder.casts) {
            casts.put(pair(cast.source(), cast.target()), cast);
        }
        userDomains =
                builder.types.stream()
                        .filter(type -> type.kind() == Type.Kind.DOMAIN && !type.isBuiltIn())
                        .map(Type::oid)
                        .toList();
        userCasts = builder.casts.stream().filter(cast -> !cast.isBuiltIn()).toList();
        for (Relation relation : builder.relations) {
            relations.put(relation.oid(), relation);
            relationsByName.computeIfAbsent(relation.name(), name -> list()).add(relation);
        }
        // Most lists have one element, and those that cannot grow are smaller.
        routinesByName.replaceAll((name, list) -> List.copyOf(list));
        operators.replaceAll((symbol, list) -> List.copyOf(list));
        typesByName.replaceAll((name, list) -> List.copyOf(list));
        relationsByName.replaceAll((name, list) -> List.copyOf(list));
    }

    private static <T> List<T> list() {
        return new ArrayList<>(1);
    }

    private static long pair(int source, int target) {
        return ((long) source << 32) | (target & 0xFFFF_FFFFL);
    }

    /** Tells whether an object id is one of PostgreSQL's own. */
    public static boolean isBuiltIn(int oid) {
        return Integer.compareUnsigned(oid, FIRST_NORMAL_OBJECT_ID) < 0;
    }

    /** Returns a number that no other snapshot has; later ones have greater numbers. */
    public long version() {
        return version;
    }

    /** Tells whether it was read from a database. */
    public boolean isKnown() {
        return source.serverVersion() != 0;
    }

    /** Returns where it was read. */
    public Source source() {
        return source;
    }

    /** Returns what names mean under a search path. */
    public Names names(SearchPath path) {
        Names known = names.get(path);
        if (known == null) {
            known = new Names(this, path);
            if (names.size() < MAX_PATHS) {
                names.put(path, known);
            }
        }
        return known;
    }

    /** Returns the search path that sessions begin with. */
    public SearchPath defaultPath() {
        return defaultPath;
    }

    /** Tells whether there is a schema of this name. */
    public boolean hasSchema(String name) {
        return schemas.contains(name);
    }

    /** Returns the names of all schemas, in no order. */
    public Set<String> schemas() {
        return schemas;
    }

    /** Returns all routines, in no order. */
    public Collection<Routine> routines() {
        return Collections.unmodifiableCollection(routines.values());
    }

    /** Returns all relations, in no order. */
    public Collection<Relation> relations() {
        return Collections.unmodifiableCollection(relations.values());
    }

    /** Returns a routine, {@code null} if there is none. */
    public @Nullable Routine routine(int oid) {
        return routines.get(oid);
    }

    /** Returns the routines of a name, in all schemas. */
    public List<Routine> routines(String name) {
        return routinesByName.getOrDefault(name, List.of());
    }

    /** Returns the operators of a symbol, in all schemas. */
    public List<Operator> operators(String symbol) {
        return operators.getOrDefault(symbol, List.of());
    }

    /** Returns a type, {@code null} if there is none. */
    public @Nullable Type type(int oid) {
        return types.get(oid);
    }

    /** Returns the types of a name, in all schemas. */
    public List<Type> types(String name) {
        return typesByName.getOrDefault(name, List.of());
    }

    /** Returns the conversion between two types, {@code null} if none was made. */
    public @Nullable Cast cast(int source, int target) {
        return casts.get(pair(source, target));
    }

    /** Returns the conversions that PostgreSQL does not bring itself. */
    public List<Cast> userCasts() {
        return userCasts;
    }

    /** Returns the domains that PostgreSQL does not bring itself. */
    public List<Integer> userDomains() {
        return userDomains;
    }

    /** Returns a relation, {@code null} if there is none. */
    public @Nullable Relation relation(int oid) {
        return relations.get(oid);
    }

    /** Returns the relations of a name, in all schemas. */
    public List<Relation> relations(String name) {
        return relationsByName.getOrDefault(name, List.of());
    }

    /** Returns a relation by its full name, {@code null} if there is none. */
    public @Nullable Relation relation(String schema, String name) {
        for (Relation relation : relations(name)) {
            if (relation.schema().equals(schema)) {
                return relation;
            }
        }
        return null;
    }

    /** Returns how many routines, operators, types, casts and relations it holds. */
    public int size() {
        return routines.size() + operatorCount + types.size() + casts.size() + relations.size();
    }

    @Override
    public String toString() {
        return "Catalog[" + source.database() + ", version " + version + "]";
    }

    /** Collects what a snapshot is made of. For one thread. */
    public static final class Builder {

        private final Source source;
        private final SearchPath defaultPath;
        private final Set<String> schemas = new HashSet<>();
        private final List<Routine> routines = new ArrayList<>();
        private final List<Operator> operators = new ArrayList<>();
        private final List<Type> types = new ArrayList<>();
        private final List<Cast> casts = new ArrayList<>();
        private final List<Relation> relations = new ArrayList<>();

        public Builder(Source source, SearchPath defaultPath) {
            this.source = source;
            this.defaultPath = defaultPath;
        }

        /** Adds a schema. */
        public Builder schema(String name) {
            schemas.add(name);
            return this;
        }

        /** Adds a routine. */
        public Builder add(Routine routine) {
            routines.add(routine);
            return this;
        }

        /** Adds an operator. */
        public Builder add(Operator operator) {
            operators.add(operator);
            return this;
        }

        /** Adds a type. */
        public Builder add(Type type) {
            types.add(type);
            return this;
        }

        /** Adds a conversion. */
        public Builder add(Cast cast) {
            casts.add(cast);
            return this;
        }

        /** Adds a relation. */
        public Builder add(Relation relation) {
            relations.add(relation);
            return this;
        }

        /** Makes the snapshot. */
        public Catalog build() {
            return new Catalog(this);
        }
    }
}
