package dev.postern.policy;

import dev.postern.sql.FunctionUse;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a policy's {@code functions.allow}: {@code schema.name(*)}, {@code schema.name(text,
 * integer)}, {@code schema.*}; {@code *} stands for any characters. Until calls are resolved
 * against the catalog, argument types count by their number.
 *
 * @param schema glob, {@code null} if the entry names none
 * @param name glob
 * @param arguments how many, {@link FunctionUse#ANY_ARGUMENTS} for any
 */
record FunctionPattern(@Nullable String schema, String name, int arguments) {

    static FunctionPattern parse(String text) {
        String pattern = text.strip().toLowerCase(Locale.ROOT);
        int parenthesis = pattern.indexOf('(');
        int arguments = FunctionUse.ANY_ARGUMENTS;
        String qualified = pattern;
        if (parenthesis >= 0) {
            qualified = pattern.substring(0, parenthesis);
            int end = pattern.endsWith(")") ? pattern.length() - 1 : pattern.length();
            String list = pattern.substring(parenthesis + 1, end).strip();
            if (list.isEmpty()) {
                arguments = 0;
            } else if (!list.equals("*")) {
                arguments = list.split(",", -1).length;
            }
        }
        int dot = qualified.indexOf('.');
        return dot < 0
                ? new FunctionPattern(null, qualified, arguments)
                : new FunctionPattern(
                        qualified.substring(0, dot), qualified.substring(dot + 1), arguments);
    }

    /**
     * Tells whether the entry names one function, without a glob, so that it may also speak of one
     * that is known to be unsafe.
     */
    boolean isExplicit() {
        return name.indexOf('*') < 0;
    }

    boolean matches(@Nullable String callSchema, String callName, int callArguments) {
        if (arguments != FunctionUse.ANY_ARGUMENTS && arguments != callArguments) {
            return false;
        }
        return (schema == null || callSchema == null || Glob.matches(schema, callSchema))
                && Glob.matches(name, callName);
    }
}
