package dev.postern.sql;

import dev.postern.sql.SettingUse.Access;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads what {@code set_config} and {@code current_setting} do out of a call's arguments. */
final class SettingCalls {

    private SettingCalls() {}

    /**
     * Returns what a call does to settings, {@code null} if it is no such call.
     *
     * @param listed the setting that {@code pg_settings.name} is bound to at this place, {@code
     *     null} if none
     */
    static @Nullable SettingUse read(
            QualifiedName function,
            List<@Nullable SyntaxNode> arguments,
            @Nullable String listed,
            int position) {
        if (function.schema() != null && !function.schema().equals("pg_catalog")) {
            return null;
        }
        return switch (function.name()) {
            case "set_config" -> setConfig(arguments, listed, position);
            case "current_setting" -> currentSetting(arguments, position);
            default -> null;
        };
    }

    private static SettingUse setConfig(
            List<@Nullable SyntaxNode> arguments, @Nullable String listed, int position) {
        if (arguments.size() != 3) {
            return new SettingUse(Access.SET, null, null, position);
        }
        String name = Constants.text(arguments.get(0));
        if (name == null && isNameColumn(arguments.get(0))) {
            name = listed;
        }
        if (name != null) {
            name = name.toLowerCase(Locale.ROOT);
        }
        if (Constants.isNull(arguments.get(1))) {
            return new SettingUse(Access.SET_DEFAULT, name, null, position);
        }
        String value = Constants.text(arguments.get(1));
        return new SettingUse(Access.SET, name, value == null ? null : List.of(value), position);
    }

    private static SettingUse currentSetting(List<@Nullable SyntaxNode> arguments, int position) {
        SyntaxNode first = arguments.isEmpty() ? null : arguments.get(0);
        String name = Constants.text(first);
        if (name != null) {
            return new SettingUse(Access.READ, name.toLowerCase(Locale.ROOT), null, position);
        }
        return new SettingUse(
                isNameColumn(first) ? Access.READ_LISTED : Access.READ, null, null, position);
    }

    /**
     * Returns the one setting that a query over {@code pg_settings} alone is about, {@code SELECT …
     * FROM pg_settings WHERE name = 'x'}; {@code null} if it is not of this form. That is how
     * pg_dump sets what only some servers have.
     */
    static @Nullable String listedSetting(SyntaxNode select) {
        List<@Nullable SyntaxNode> from = select.list("fromClause");
        SyntaxNode where = select.node("whereClause");
        if (from.size() != 1 || where == null || !where.is("A_Expr") || select.has("withClause")) {
            return null;
        }
        SyntaxNode table = from.get(0);
        if (table == null
                || !table.is("RangeVar")
                || !"pg_settings".equals(table.text("relname"))
                || table.has("alias")) {
            return null;
        }
        String schema = table.text("schemaname");
        if (schema != null && !schema.equals("pg_catalog")) {
            return null;
        }
        List<@Nullable SyntaxNode> operator = where.list("name");
        SyntaxNode symbol = operator.size() == 1 ? operator.get(0) : null;
        boolean equality =
                "AEXPR_OP".equals(where.text("kind"))
                        && symbol != null
                        && "=".equals(symbol.text("sval"));
        return equality && isNameColumn(where.node("lexpr"))
                ? Constants.text(where.node("rexpr"))
                : null;
    }

    private static boolean isNameColumn(@Nullable SyntaxNode node) {
        if (node == null || !node.is("ColumnRef")) {
            return false;
        }
        List<@Nullable SyntaxNode> fields = node.list("fields");
        SyntaxNode last = fields.isEmpty() ? null : fields.get(fields.size() - 1);
        return last != null && last.is("String") && "name".equals(last.text("sval"));
    }
}
