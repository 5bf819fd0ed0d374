package dev.postern.server.config;

import static dev.postern.server.config.Configurations.MINIMAL;
import static dev.postern.server.config.Configurations.VERIFIER;
import static dev.postern.server.config.Configurations.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeysTest {

    @Test
    void everyKeyDeclared_isInTheList() throws IllegalAccessException {
        List<Key<?>> declared = new ArrayList<>();
        for (Field field : Keys.class.getDeclaredFields()) {
            if (field.getType() == Key.class) {
                declared.add((Key<?>) field.get(null));
            }
        }

        assertThat(Keys.ALL).containsExactlyElementsOf(declared).doesNotHaveDuplicates();
        assertThat(Keys.ALL.stream().map(Key::path)).doesNotHaveDuplicates();
    }

    @Test
    void keysOfLaterVersions_areNotAmongThoseOfThisOne() {
        assertThat(Keys.ALL.stream().map(Key::path))
                .doesNotContainAnyElementsOf(LaterKeys.MEANINGS.keySet());
    }

    static Stream<Key<?>> keys() {
        return Keys.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void default_read_isOfTheKeysType(Key<?> key) throws ValueType.Malformed {
        if (key.presence() instanceof Key.Presence.Default(String text)) {
            assertThat(key.type().read(new YamlNode.Scalar(text, true, 0))).isNotNull();
        }
    }

    static Stream<String> sections() {
        Set<String> sections = new LinkedHashSet<>();
        for (Key<?> key : Keys.ALL) {
            for (String section = key.section();
                    ;
                    section = section.substring(0, section.lastIndexOf('.'))) {
                sections.add(section);
                if (section.indexOf('.') < 0) {
                    break;
                }
            }
        }
        sections.removeIf(section ->
                section.equals("upstreams")
                        || section.equals("policies")
                        || section.equals("agents"));
        return sections.stream();
    }

    @ParameterizedTest
    @MethodSource("sections")
    void unknownKeyInAnySection_read_isRefusedWithItsPath(String section) {
        String path = section.replace("<name>", "x");
        StringBuilder yaml = new StringBuilder();
        int depth = 0;
        for (String part : path.split("\\.", -1)) {
            yaml.append("  ".repeat(depth++)).append(part).append(":\n");
        }
        yaml.append("  ".repeat(depth)).append("zzzzzzzzzz: 1\n");

        assertThat(problems(yaml.toString()))
                .anySatisfy(problem ->
                        assertThat(problem)
                                .startsWith(
                                        "postern.yaml:"
                                                + (depthOf(path) + 1)
                                                + ": "
                                                + path
                                                + ".zzzzzzzzzz: unknown key; known here: "));
    }

    private static int depthOf(String path) {
        return path.split("\\.", -1).length;
    }

    @Test
    void unknownKeyAtTheTop_read_isRefusedWithTheNearest() {
        assertThat(problems("upstream: {}\n" + MINIMAL))
                .containsExactly("postern.yaml:1: upstream: unknown key (did you mean upstreams?)");
        assertThat(problems("read-only: true\n" + MINIMAL))
                .containsExactly(
                        "postern.yaml:1: read-only: unknown key; known here: listen, admin, upstreams, policies, agents, audit, gate, session, server");
    }

    @Test
    void chosenNameThatIsNone_read_isRefused() {
        for (String name : List.of("a b", "\"\"", "-x", "ä", "a/b", "x".repeat(64))) {
            assertThat(
                            problems(
                                    MINIMAL
                                            + "agents:\n  "
                                            + name
                                            + ": {policy: reporting, verifier: \""
                                            + VERIFIER
                                            + "\"}\n"))
                    .singleElement()
                    .asString()
                    .startsWith("postern.yaml:10: agents.")
                    .contains("a name has 1 to 63 of the characters");
        }
    }

    @Test
    void records_madeOutOfBounds_nameTheKey() {
        assertThat(
                        catchThrowableOfType(
                                        InvalidValueException.class,
                                        () ->
                                                new PoolConfig(
                                                        0,
                                                        PoolModeName.SESSION,
                                                        0,
                                                        Duration.ofMinutes(5),
                                                        Duration.ofSeconds(10),
                                                        Duration.ZERO,
                                                        1,
                                                        Duration.ofSeconds(5),
                                                        1))
                                .key())
                .isEqualTo("max");
    }
}
