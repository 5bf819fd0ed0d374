package dev.postern.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A setting that a statement reads or changes.
 *
 * @param access what is done to it
 * @param name in lower case; {@code null} if it is not a constant
 * @param values what it is set to, one element a list element; {@code null} if not all of it is
 *     constant, and for reads
 * @param position character counted from 1, 0 if unknown
 */
public record SettingUse(
        Access access, @Nullable String name, @Nullable List<String> values, int position) {

    public SettingUse {
        values = values == null ? null : List.copyOf(values);
    }

    /** What is done to a setting. */
    public enum Access {
        /** {@code SHOW} and {@code current_setting}. */
        READ,
        /**
         * {@code current_setting(s.name)} over {@code pg_settings}, which shows the same values
         * itself.
         */
        READ_LISTED,
        /** {@code SET} and {@code set_config} with a value. */
        SET,
        /** {@code RESET}. */
        RESET,
        /** {@code SET … TO DEFAULT} and {@code set_config} with NULL, which do the same. */
        SET_DEFAULT,
        /** {@code RESET ALL}. */
        RESET_ALL
    }
}
