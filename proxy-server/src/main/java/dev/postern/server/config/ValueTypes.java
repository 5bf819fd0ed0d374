package dev.postern.server.config;

import dev.postern.policy.RelationPattern;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The types of the configuration's values. */
final class ValueTypes {

    private static final Pattern WHOLE = Pattern.compile("0|-?[1-9][0-9]{0,17}");
    private static final Pattern SIZE = Pattern.compile("(0|[1-9][0-9]{0,8})(B|KiB|MiB|GiB)");
    private static final Pattern DURATION = Pattern.compile("(0|[1-9][0-9]{0,9})(ms|s|m|h|d)");
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}");
    private static final Pattern REGION = Pattern.compile("[a-z]{2,}(?:-[a-z0-9]+)+");
    private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
    private static final String IDENTIFIER = "[\\p{L}_][\\p{L}\\p{N}_$]{0,62}";
    private static final Pattern FUNCTION =
            Pattern.compile(
                    IDENTIFIER
                            + "\\.[\\p{L}_*][\\p{L}\\p{N}_$*]{0,62}"
                            + "(?:\\((?:\\*|[\\p{L}_][\\p{L}\\p{N}_$ .\\[\\]]*(?:, ?[\\p{L}_][\\p{L}\\p{N}_$ .\\[\\]]*)*)?\\))?");

    /** How much of a wrong value an error repeats. */
    private static final int SHOWN = 60;

    /** PostgreSQL's names are at most this many bytes long (NAMEDATALEN - 1). */
    private static final int MAX_NAME_BYTES = 63;

    private static final int MAX_TEXT = 256;
    private static final int SSH_PORT = 22;

    private ValueTypes() {}

    static ValueType<Boolean> bool() {
        return of(
                "true or false",
                node ->
                        switch (scalar(node, "true or false")) {
                            case "true" -> true;
                            case "false" -> false;
                            case String other ->
                                    throw new ValueType.Malformed(expected("true or false", other));
                        });
    }

    static ValueType<Integer> integer(int min, int max) {
        String form = "a whole number from " + min + " to " + max;
        return of(
                form,
                node -> {
                    String text = plainWhole(node, form);
                    long value = Long.parseLong(text);
                    if (value < min || value > max) {
                        throw new ValueType.Malformed(expected(form, text));
                    }
                    return (int) value;
                },
                value -> value < min || value > max ? expected(form, value.toString()) : null);
    }

    static ValueType<Long> count(long min, long max) {
        String form = "a whole number from " + min + " to " + max;
        return of(
                form,
                node -> Long.valueOf(plainWhole(node, form)),
                value -> value < min || value > max ? expected(form, value.toString()) : null);
    }

    /** A number of bytes. */
    static ValueType<Long> size(long min, long max) {
        String form =
                "a size from "
                        + Units.size(min)
                        + " to "
                        + Units.size(max)
                        + ", such as 64KiB, 16MiB or 1GiB";
        return of(
                form,
                node -> {
                    String text = scalar(node, form);
                    Matcher matcher = SIZE.matcher(text);
                    if (!matcher.matches()) {
                        throw new ValueType.Malformed(expected(form, text) + sizeAdvice(text));
                    }
                    return Long.parseLong(matcher.group(1)) * Units.bytes(matcher.group(2));
                },
                value -> value < min || value > max ? expected(form, Units.size(value)) : null);
    }

    /** A number of bytes that fits an array. */
    static ValueType<Integer> length(int min, int max) {
        ValueType<Long> size = size(min, max);
        return of(
                size.form(),
                node -> Math.toIntExact(size.read(node)),
                value -> size.violation().apply(value.longValue()));
    }

    private static String sizeAdvice(String text) {
        if (WHOLE.matcher(text).matches()) {
            return ": it has no unit";
        }
        return text.matches("[0-9]+ ?[kKmMgG][bB]?")
                ? ": KiB is 1024 bytes, MiB 1024 KiB, GiB 1024 MiB"
                : "";
    }

    static ValueType<Duration> duration(Duration min, Duration max) {
        String form =
                "a duration from "
                        + Units.duration(min)
                        + " to "
                        + Units.duration(max)
                        + ", such as 500ms, 30s, 5m or 1h";
        return of(
                form,
                node -> {
                    String text = scalar(node, form);
                    Matcher matcher = DURATION.matcher(text);
                    if (!matcher.matches()) {
                        throw new ValueType.Malformed(
                                expected(form, text)
                                        + (WHOLE.matcher(text).matches()
                                                ? ": it has no unit"
                                                : ""));
                    }
                    return Units.duration(Long.parseLong(matcher.group(1)), matcher.group(2));
                },
                value ->
                        value.compareTo(min) < 0 || value.compareTo(max) > 0
                                ? expected(form, Units.duration(value))
                                : null);
    }

    /**
     * A day, meaning the moment it starts in UTC, or an exact time; as PostgreSQL's VALID UNTIL.
     */
    static ValueType<Instant> instant() {
        String form =
                "a date such as 2027-03-01 (its start, UTC) or a time such as 2027-03-01T18:00:00Z";
        return of(
                form,
                node -> {
                    String text = scalar(node, form);
                    try {
                        return text.length() <= "2027-03-01".length()
                                ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                                : OffsetDateTime.parse(text).toInstant();
                    } catch (DateTimeException e) {
                        throw new ValueType.Malformed(expected(form, text));
                    }
                });
    }

    /** One of an enum's constants, written in lower case with hyphens. */
    static <E extends Enum<E>> ValueType<E> word(Class<E> type) {
        List<String> words = Arrays.stream(type.getEnumConstants()).map(ValueTypes::word).toList();
        String form =
                words.size() == 2
                        ? String.join(" or ", words)
                        : "one of " + String.join(", ", words);
        return of(
                form,
                node -> {
                    String text = scalar(node, form);
                    int index = words.indexOf(text);
                    if (index < 0) {
                        throw new ValueType.Malformed(
                                expected(form, text)
                                        + NearestName.suggestion(text, words)
                                        + booleanAdvice(node, words));
                    }
                    return type.getEnumConstants()[index];
                });
    }

    /** The word that stands for a constant in the file. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String booleanAdvice(YamlNode node, List<String> words) {
        return node instanceof YamlNode.Scalar scalar
                        && scalar.plain()
                        && scalar.text()
                                .toLowerCase(Locale.ROOT)
                                .matches("off|no|false|none|disabled")
                        && words.contains("disable")
                ? " (the word is disable; YAML takes off and no for booleans)"
                : "";
    }

    static ValueType<String> host() {
        return text("a host name or a literal address", HOST);
    }

    static ValueType<HostPort> hostPort() {
        String form = "host:port, such as replica-1.db:5432 or [2001:db8::1]:5432";
        return of(form, node -> converted(node, form, HostPort::parse));
    }

    static ValueType<HostPort> sshHost() {
        String form = "host or host:port, such as bastion.example.com or bastion.example.com:2222";
        return of(form, node -> converted(node, form, text -> HostPort.parse(text, SSH_PORT)));
    }

    static ValueType<String> region() {
        return text("a region such as eu-central-1", REGION);
    }

    static ValueType<String> fingerprint() {
        return text(
                "a fingerprint as ssh-keygen -l shows it: SHA256: and 43 characters", FINGERPRINT);
    }

    static ValueType<String> network() {
        String form = "an address range such as 10.0.0.0/8 or 2001:db8::/32";
        return of(
                form,
                node ->
                        converted(
                                node,
                                form,
                                text -> {
                                    AddressRange.check(text);
                                    return text;
                                }));
    }

    /** A name of PostgreSQL's: a role, a database. */
    static ValueType<String> name() {
        return of(
                "a name of at most " + MAX_NAME_BYTES + " bytes",
                node -> scalar(node, "a name"),
                text ->
                        !text.isEmpty()
                                        && text.getBytes(StandardCharsets.UTF_8).length
                                                <= MAX_NAME_BYTES
                                        && text.chars().noneMatch(Character::isISOControl)
                                ? null
                                : "must be a name of at most "
                                        + MAX_NAME_BYTES
                                        + " bytes without control characters");
    }

    /** Words for people to read. */
    static ValueType<String> text() {
        return of(
                "a text of at most " + MAX_TEXT + " characters",
                node -> scalar(node, "a text"),
                text ->
                        !text.isBlank()
                                        && text.length() <= MAX_TEXT
                                        && text.chars().noneMatch(Character::isISOControl)
                                ? null
                                : "must be a text of 1 to "
                                        + MAX_TEXT
                                        + " characters without control characters");
    }

    static ValueType<String> function() {
        return text(
                "functions with their schema, such as public.distance(*), public.distance(text, integer) or geo.*",
                FUNCTION);
    }

    /** A relation of a policy's rules. */
    static ValueType<String> relation() {
        return pattern(
                "a relation with its schema, such as public.orders, public.* or \"Odd.schema\".orders",
                2);
    }

    /** A column of a policy's rules. */
    static ValueType<String> column() {
        return pattern(
                "a column with its schema and relation, such as public.users.password_hash", 3);
    }

    private static ValueType<String> pattern(String form, int parts) {
        return of(
                form,
                node -> scalar(node, form),
                text -> {
                    try {
                        RelationPattern.parse(text, parts);
                        return null;
                    } catch (IllegalArgumentException e) {
                        return expected(form, text);
                    }
                });
    }

    static ValueType<Path> path() {
        String form = "a path, relative to this file or absolute";
        return of(
                form,
                node -> {
                    String text = scalar(node, form);
                    try {
                        if (!text.isBlank()) {
                            return Path.of(text);
                        }
                    } catch (InvalidPathException e) {
                        throw new ValueType.Malformed(expected(form, text));
                    }
                    throw new ValueType.Malformed(expected(form, text));
                });
    }

    static ValueType<SecretReference> secret() {
        String form =
                "a reference to a secret, such as \"${file:/run/secrets/name}\" or \"${env:NAME}\"";
        return new ValueType<>(
                form,
                node -> {
                    if (!(node instanceof YamlNode.Scalar scalar)) {
                        throw new ValueType.Malformed("must be " + form);
                    }
                    try {
                        return SecretReference.parse(scalar.text());
                    } catch (IllegalArgumentException e) {
                        throw new ValueType.Malformed(
                                "must be " + form + ": secrets never stand in this file");
                    }
                },
                value -> null,
                true);
    }

    static ValueType<VerifierText> verifier() {
        String form = "a verifier, SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey";
        return new ValueType<>(
                form,
                node -> {
                    if (!(node instanceof YamlNode.Scalar scalar)) {
                        throw new ValueType.Malformed("must be " + form);
                    }
                    try {
                        return new VerifierText(scalar.text());
                    } catch (IllegalArgumentException e) {
                        throw new ValueType.Malformed(
                                "must be "
                                        + form
                                        + ": "
                                        + e.getMessage()
                                        + "; postern agent add and rotate write one");
                    }
                },
                value -> null,
                true);
    }

    /** A list without repetitions. */
    static <T> ValueType<List<T>> listOf(ValueType<T> element, int min, int max) {
        String form = "a list of " + min + " to " + max + " of: " + element.form();
        return new ValueType<>(
                form,
                node -> {
                    if (!(node instanceof YamlNode.Sequence sequence)) {
                        throw new ValueType.Malformed(
                                "must be a list in brackets, each element " + element.form());
                    }
                    return elements(sequence, element);
                },
                list ->
                        list.size() < min || list.size() > max
                                ? "must have "
                                        + min
                                        + " to "
                                        + max
                                        + " elements, not "
                                        + list.size()
                                : null,
                element.secret());
    }

    private static <T> List<T> elements(YamlNode.Sequence sequence, ValueType<T> element)
            throws ValueType.Malformed {
        Set<T> seen = new LinkedHashSet<>();
        List<YamlNode> nodes = sequence.elements();
        for (int i = 0; i < nodes.size(); i++) {
            T value;
            try {
                value = element.read(nodes.get(i));
            } catch (ValueType.Malformed e) {
                throw new ValueType.Malformed("element " + (i + 1) + " " + e.problem());
            }
            if (!seen.add(value)) {
                throw new ValueType.Malformed("element " + (i + 1) + " repeats an earlier one");
            }
        }
        return List.copyOf(new ArrayList<>(seen));
    }

    private static ValueType<String> text(String form, Pattern pattern) {
        return of(
                form,
                node -> scalar(node, form),
                text -> pattern.matcher(text).matches() ? null : expected(form, text));
    }

    private static <T> ValueType<T> of(String form, ValueType.NodeReader<T> reader) {
        return of(form, reader, value -> null);
    }

    private static <T> ValueType<T> of(
            String form, ValueType.NodeReader<T> reader, Function<T, @Nullable String> violation) {
        return new ValueType<>(form, reader, violation, false);
    }

    private static <T> T converted(YamlNode node, String form, Function<String, T> conversion)
            throws ValueType.Malformed {
        String text = scalar(node, form);
        try {
            return conversion.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ValueType.Malformed(expected(form, text) + ": " + e.getMessage());
        }
    }

    private static String plainWhole(YamlNode node, String form) throws ValueType.Malformed {
        String text = scalar(node, form);
        if (!WHOLE.matcher(text).matches()) {
            throw new ValueType.Malformed(expected(form, text));
        }
        return text;
    }

    private static String scalar(YamlNode node, String form) throws ValueType.Malformed {
        return switch (node) {
            case YamlNode.Scalar scalar when scalar.isNull() ->
                    throw new ValueType.Malformed("has no value; expected " + form);
            case YamlNode.Scalar scalar -> scalar.text();
            case YamlNode.Mapping mapping ->
                    throw new ValueType.Malformed("must be " + form + ", not a mapping");
            case YamlNode.Sequence sequence ->
                    throw new ValueType.Malformed("must be " + form + ", not a list");
        };
    }

    private static String expected(String form, String found) {
        String shown =
                found.codePoints()
                        .limit(SHOWN)
                        .map(c -> Character.isISOControl(c) ? ' ' : c)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining());
        return "must be "
                + form
                + ", not \""
                + shown
                + (shown.length() < found.length() ? "…" : "")
                + "\"";
    }
}
