package dev.postern.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What has been found of one statement so far. */
final class FactsCollector {

    /** Longer constants are no names of anything. */
    private static final int MAX_CONSTANT = 64;

    final List<RelationUse> relations = new ArrayList<>();
    final List<FunctionUse> functions = new ArrayList<>();
    final List<OperatorUse> operators = new ArrayList<>();
    final List<CastUse> casts = new ArrayList<>();
    final List<ColumnUse> columns = new ArrayList<>();
    final List<SettingUse> settings = new ArrayList<>();
    final List<Hazard> hazards = new ArrayList<>();
    final Set<String> rangeNames = new HashSet<>();
    final Set<String> constants = new HashSet<>();
    final Set<String> wholeRelations = new HashSet<>();

    void constant(String text) {
        if (text.length() <= MAX_CONSTANT) {
            constants.add(text);
        }
    }

    StatementFacts facts(Statement statement) {
        return new StatementFacts(
                statement,
                relations,
                functions,
                operators,
                casts,
                columns,
                settings,
                hazards,
                rangeNames,
                constants,
                wholeRelations);
    }
}
