package dev.postern.sql;

import java.util.List;
import java.util.Set;

/**
 * One statement and everything it names, wherever in it.
 *
 * @param statement what it is
 * @param relations what it names as relations; names of its own CTEs are none
 * @param functions calls in any syntax that shows as a call
 * @param operators operators in any syntax
 * @param casts conversions to named types
 * @param columns names that may be columns or, in attribute notation, functions
 * @param settings settings it reads or changes
 * @param hazards parts of it that write or lock, wherever they stand
 * @param rangeNames names and aliases in FROM, as which whole rows can be asked for
 * @param constants its short string constants
 * @param wholeRelations names of relations whose columns it may show without naming them, by {@code
 *     *} or under other names
 */
public record StatementFacts(
        Statement statement,
        List<RelationUse> relations,
        List<FunctionUse> functions,
        List<OperatorUse> operators,
        List<CastUse> casts,
        List<ColumnUse> columns,
        List<SettingUse> settings,
        List<Hazard> hazards,
        Set<String> rangeNames,
        Set<String> constants,
        Set<String> wholeRelations) {

    public StatementFacts {
        relations = List.copyOf(relations);
        functions = List.copyOf(functions);
        operators = List.copyOf(operators);
        casts = List.copyOf(casts);
        columns = List.copyOf(columns);
        settings = List.copyOf(settings);
        hazards = List.copyOf(hazards);
        rangeNames = Set.copyOf(rangeNames);
        constants = Set.copyOf(constants);
        wholeRelations = Set.copyOf(wholeRelations);
    }

    /** Tells whether one of its relations has this name and lies in a system schema, or may. */
    public boolean namesSystemRelation(String name) {
        for (RelationUse relation : relations) {
            if (relation.name().equals(name) && relation.mayBeSystem()) {
                return true;
            }
        }
        return false;
    }
}
