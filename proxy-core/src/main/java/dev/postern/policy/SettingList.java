package dev.postern.policy;

import dev.postern.protocol.SqlState;
import dev.postern.sql.SettingUse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings an agent may change, and those it may not read. */
final class SettingList {

    /** The one list there is: {@code settings.tsv} and {@code secret-settings.tsv}. */
    static final SettingList INSTANCE = new SettingList();

    private final Map<String, Entry> changeable = new HashMap<>();
    private final Map<String, String> secret = new HashMap<>();

    private SettingList() {
        for (String[] row : ReviewedTable.rows("settings.tsv", 4)) {
            changeable.put(row[0], new Entry(SettingValue.parse(row[1]), row[2].equals("yes")));
        }
        for (String[] row : ReviewedTable.rows("secret-settings.tsv", 2)) {
            secret.put(row[0], row[1]);
        }
    }

    private record Entry(SettingValue values, boolean resettable) {}

    /** Returns the names of the settings whose values may hold secrets. */
    Set<String> secrets() {
        return secret.keySet();
    }

    /** Returns why a setting must not be read or changed like this, {@code null} if it may. */
    @Nullable Denial judge(SettingUse use) {
        return switch (use.access()) {
            case READ -> read(use);
            case SET -> set(use);
            case RESET, SET_DEFAULT -> reset(use);
            case READ_LISTED, RESET_ALL -> null;
        };
    }

    /** Returns the names of the settings that may be given some value. */
    Set<String> changeable() {
        return changeable.keySet();
    }

    /** Tells whether a setting may be given this value. */
    boolean maySet(String name, List<String> values) {
        Entry entry = changeable.get(name);
        return entry != null && entry.values().accepts(values);
    }

    private @Nullable Denial read(SettingUse use) {
        if (use.name() == null) {
            return denial(
                    use,
                    "current_setting of a name that is not a constant",
                    null,
                    "Give the name as a literal, or read pg_settings.");
        }
        return readSecret(use.name(), use.position());
    }

    /** Returns the refusal to show a setting, {@code null} if it holds no secret. */
    @Nullable Denial readSecret(String name, int position) {
        String reason = secret.get(name);
        if (reason == null) {
            return null;
        }
        return new Denial(
                Rule.SETTING,
                SqlState.INSUFFICIENT_PRIVILEGE,
                "setting " + name + " is not shown: it " + reason,
                position,
                name,
                "All other settings may be read.");
    }

    private @Nullable Denial set(SettingUse use) {
        String name = use.name();
        if (name == null) {
            return denial(
                    use,
                    "set_config of a name that is not a constant",
                    null,
                    "Give the name as a literal.");
        }
        Entry entry = changeable.get(name);
        if (entry == null) {
            return notListed(use, name);
        }
        List<String> values = use.values();
        boolean passes =
                values == null
                        ? entry.values() instanceof SettingValue.Any
                        : entry.values().accepts(values);
        if (passes) {
            return null;
        }
        return denial(
                use,
                values == null
                        ? "setting " + name + " to a value that is not a constant"
                        : "setting "
                                + name
                                + " to \""
                                + String.join(", ", values)
                                + "\" is not allowed",
                name,
                "Allowed for " + name + ": " + entry.values().words() + ".");
    }

    private @Nullable Denial reset(SettingUse use) {
        String name = use.name();
        if (name == null) {
            return denial(
                    use,
                    "set_config of a name that is not a constant",
                    null,
                    "Give the name as a literal.");
        }
        Entry entry = changeable.get(name);
        if (entry == null) {
            return notListed(use, name);
        }
        boolean roundabout =
                use.access() == SettingUse.Access.SET_DEFAULT
                        && entry.values() instanceof SettingValue.Nothing;
        if (entry.resettable() && !roundabout) {
            return null;
        }
        return denial(
                use,
                "resetting " + name + " is not allowed",
                name,
                "Allowed for " + name + ": " + entry.values().words() + ".");
    }

    private static Denial notListed(SettingUse use, String name) {
        return denial(
                use,
                "setting " + name + " may not be changed",
                name,
                "Settings for formats, time zone, search_path, timeouts and the planner may be changed.");
    }

    private static Denial denial(
            SettingUse use, String message, @Nullable String object, String hint) {
        return new Denial(
                Rule.SETTING,
                SqlState.INSUFFICIENT_PRIVILEGE,
                message,
                use.position(),
                object,
                hint);
    }
}
