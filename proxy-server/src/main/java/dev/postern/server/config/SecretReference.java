package dev.postern.server.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a secret is kept: {@code ${file:/run/secrets/upstream}}, {@code ${env:NAME}}. Not a secret
 * itself.
 *
 * @param scheme which keeper of secrets: {@code file}, {@code env}
 * @param locator what that keeper calls it: a path, a variable's name
 */
public record SecretReference(String scheme, String locator) {

    private static final Pattern FORM = Pattern.compile("\\$\\{([a-z][a-z0-9_-]*):([^{}]+)}");

    /**
     * Reads {@code ${scheme:locator}}.
     *
     * @throws IllegalArgumentException if it is not one; the message does not repeat the text,
     *     which may be a secret
     */
    public static SecretReference parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a reference to a secret");
        }
        return new SecretReference(matcher.group(1), matcher.group(2));
    }

    /** The form in the configuration file. */
    @Override
    public String toString() {
        return "${" + scheme + ":" + locator + "}";
    }
}
