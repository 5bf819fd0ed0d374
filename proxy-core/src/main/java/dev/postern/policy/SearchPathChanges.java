package dev.postern.policy;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.SearchPath;
import dev.postern.sql.SettingUse;
import dev.postern.sql.Statement;
import dev.postern.sql.StatementFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a text does to the search path of its session.
 *
 * @param paths those it sets, in order
 * @param resets whether it may set back what the session began with
 * @param only whether that is all it does, for the rest of the session
 */
public record SearchPathChanges(List<SearchPath> paths, boolean resets, boolean only) {

    /** Nothing. */
    public static final SearchPathChanges NONE = new SearchPathChanges(List.of(), false, false);

    private static final String SETTING = "search_path";

    public SearchPathChanges {
        paths = List.copyOf(paths);
    }

    /** Tells whether it does nothing. */
    public boolean isEmpty() {
        return paths.isEmpty() && !resets;
    }

    static SearchPathChanges of(List<StatementFacts> statements, Catalog catalog) {
        List<SearchPath> paths = new ArrayList<>();
        boolean resets = false;
        for (StatementFacts facts : statements) {
            resets |=
                    facts.statement() instanceof Statement.Discard discard
                            && discard.command().endsWith("ALL");
            for (SettingUse use : facts.settings()) {
                switch (use.access()) {
                    case SET -> {
                        SearchPath path =
                                SETTING.equals(use.name()) ? path(use, facts, catalog) : null;
                        if (path != null) {
                            paths.add(path);
                        }
                    }
                    case RESET, SET_DEFAULT -> resets |= SETTING.equals(use.name());
                    case RESET_ALL -> resets = true;
                    case READ, READ_LISTED -> {}
                }
            }
        }
        if (paths.isEmpty() && !resets) {
            return NONE;
        }
        boolean only =
                statements.size() == 1
                        && statements.get(0).statement() instanceof Statement.Setting setting
                        && !setting.local();
        return new SearchPathChanges(paths, resets, only);
    }

    /** SET takes a list of names, set_config one text that lists them. */
    private static @Nullable SearchPath path(
            SettingUse use, StatementFacts facts, Catalog catalog) {
        List<String> values = use.values();
        String user = catalog.source().user();
        if (values == null) {
            return null;
        }
        return facts.statement() instanceof Statement.Setting
                ? SearchPath.of(values, user)
                : SearchPath.parse(values.isEmpty() ? "" : values.get(0), user);
    }
}
