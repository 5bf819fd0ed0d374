package dev.postern.sql;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.Names;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Relation;
import dev.postern.catalog.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has been found of one statement so far. */
final class FactsCollector {

    /** Longer constants are no names of anything. */
    private static final int MAX_CONSTANT = 64;

    private final Names names;
    private final Oids parameterTypes;
    private final TextPositions positions;
    private final List<FoundRelation> relations = new ArrayList<>();
    final List<PendingUse> uses = new ArrayList<>();
    final List<SettingUse> settings = new ArrayList<>();
    final List<Hazard> hazards = new ArrayList<>();
    private final Set<String> constants = new HashSet<>();

    /**
     * Makes an empty one.
     *
     * @param parameterTypes the types that parameters are declared to have
     */
    FactsCollector(Names names, Oids parameterTypes, TextPositions positions) {
        this.names = names;
        this.parameterTypes = parameterTypes;
        this.positions = positions;
    }

    /** A relation, and where it is noted what of it is read. */
    record FoundRelation(RelationUse use, Reads reads) {}

    Names names() {
        return names;
    }

    Catalog catalog() {
        return names.catalog();
    }

    Oids parameterTypes() {
        return parameterTypes;
    }

    /** Returns where a node stands, in characters from 1; 0 if that is not known. */
    int position(@Nullable SyntaxNode node) {
        return node == null ? 0 : positions.character(node.location());
    }

    List<FoundRelation> relations() {
        return relations;
    }

    /** Notes a RangeVar that names a relation. */
    FoundRelation relation(SyntaxNode range) {
        String schema = range.text("schemaname");
        String written = range.text("relname");
        String name = written == null ? "" : written;
        FoundRelation found =
                new FoundRelation(
                        new RelationUse(
                                schema,
                                name,
                                position(range),
                                !range.flag("inh"),
                                relationMeaning(schema, name),
                                List.of()),
                        new Reads());
        relations.add(found);
        return found;
    }

    private RelationUse.Meaning relationMeaning(@Nullable String schema, String name) {
        if (!catalog().isKnown()) {
            return new RelationUse.Meaning.Unresolved();
        }
        Relation relation = names.relation(schema, name);
        return relation == null
                ? new RelationUse.Meaning.None()
                : new RelationUse.Meaning.Resolved(relation);
    }

    /** Returns the type that a TypeName means, {@link ValueType#UNKNOWN} if it is not known. */
    int typeOid(@Nullable SyntaxNode typeName) {
        if (typeName == null || typeName.flag("pct_type")) {
            return ValueType.UNKNOWN;
        }
        QualifiedName name = QualifiedName.of(typeName.list("names"));
        Type type = names.type(name.schema(), name.name());
        if (type == null) {
            return ValueType.UNKNOWN;
        }
        return typeName.list("arrayBounds").isEmpty() ? type.oid() : type.array();
    }

    void constant(String text) {
        if (text.length() <= MAX_CONSTANT) {
            constants.add(text);
        }
    }

    /** Returns the facts, with every use resolved. */
    StatementFacts facts(Statement statement, ValueTypes types) {
        UseResolver resolver = new UseResolver(this, types);
        resolver.resolve();
        return new StatementFacts(
                statement,
                relations.stream().map(FactsCollector::finished).toList(),
                resolver.functions(),
                resolver.operators(),
                resolver.casts(),
                settings,
                hazards,
                constants,
                resolver.types());
    }

    private static RelationUse finished(FoundRelation found) {
        RelationUse use = found.use();
        return new RelationUse(
                use.schema(),
                use.name(),
                use.position(),
                use.only(),
                use.meaning(),
                found.reads().all());
    }
}
