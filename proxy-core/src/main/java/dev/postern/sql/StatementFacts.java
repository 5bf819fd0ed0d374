package dev.postern.sql;

import java.util.List;
import java.util.Set;

/**
 * One statement and everything it names, wherever in it.
 *
 * @param statement what it is
 * @param relations what it names as relations; names of its own CTEs are none
 * @param functions calls in any syntax
 * @param operators operators in any syntax
 * @param casts conversions to named types
 * @param settings settings it reads or changes
 * @param hazards parts of it that write or lock, wherever they stand
 * @param constants its short string constants
 * @param types object ids of the types of others than PostgreSQL that its values may have
 */
public record StatementFacts(
        Statement statement,
        List<RelationUse> relations,
        List<FunctionUse> functions,
        List<OperatorUse> operators,
        List<CastUse> casts,
        List<SettingUse> settings,
        List<Hazard> hazards,
        Set<String> constants,
        Set<Integer> types) {

    public StatementFacts {
        relations = List.copyOf(relations);
        functions = List.copyOf(functions);
        operators = List.copyOf(operators);
        casts = List.copyOf(casts);
        settings = List.copyOf(settings);
        hazards = List.copyOf(hazards);
        constants = Set.copyOf(constants);
        types = Set.copyOf(types);
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
