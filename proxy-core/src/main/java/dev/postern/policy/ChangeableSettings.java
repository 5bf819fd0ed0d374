package dev.postern.policy;

import java.util.List;

/** The settings an agent may change, if not to any value. */
public final class ChangeableSettings {

    private ChangeableSettings() {}

    /** Returns their names, sorted. */
    public static List<String> names() {
        return SettingList.INSTANCE.changeable().stream().sorted().toList();
    }
}
