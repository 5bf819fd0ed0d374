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
    }

    @Test
    void endSettled_forgetsWhatIsSettledAndNothingElse() {
        objects.put("", "unnamed").settle();
        objects.put("a", "named").settle();
        objects.put("b", "on its way");
        objects.endSettled();
        assertThat(objects.size()).isOne();
        assertThat(objects.get("")).isNull();
        assertThat(objects.get("b")).isEqualTo("on its way");

        objects.put("a", "later").settle();
        assertThat(objects.get("a")).isEqualTo("later");
    }

    @Test
    void undo_afterTheEndOfWhatWasBefore_leavesNothing() {
        objects.put("a", "ended").settle();
        NamedObjects.Change<String> change = objects.put("a", "changed");
        objects.endSettled();
        assertThat(objects.get("a")).isEqualTo("changed");

        change.undo();
        assertThat(objects.get("a")).isNull();
        assertThat(objects.size()).isZero();
    }
}
