package dev.postern.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NamedObjectsTest {

    private final NamedObjects<String> objects = new NamedObjects<>();

    @Test
    void put_undone_standsForWhatItDidBefore() {
        objects.put("a", "first");
        NamedObjects.Change<String> second = objects.put("a", "second");
        NamedObjects.Change<String> removed = objects.remove("a");
        assertThat(objects.get("a")).isNull();

        removed.undo();
        assertThat(objects.get("a")).isEqualTo("second");
        second.undo();
        assertThat(objects.get("a")).isEqualTo("first");
    }

    @Test
    void redo_onTopOfSomethingElse_isUndoneToThat() {
        NamedObjects.Change<String> change = objects.put("", "changed");
        change.undo();
        objects.put("", "else");
        change.redo();
        assertThat(objects.get("")).isEqualTo("changed");

        change.undo();
        assertThat(objects.get("")).isEqualTo("else");
    }

    @Test
    void size_doesNotCountTheUnnamed() {
        objects.put("", "unnamed");
        objects.put("a", "named");
        assertThat(objects.size()).isOne();

        objects.clear();
        assertThat(objects.size()).isZero();
        assertThat(objects.get("")).isNull();
    }
}
