package dev.postern.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.Oids;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArrayTextTest {

    @Test
    void oids_areReadInBothForms_andUnsigned() {
        assertThat(ArrayText.oids(null)).isEqualTo(Oids.NONE);
        assertThat(ArrayText.oids("")).isEqualTo(Oids.NONE);
        assertThat(ArrayText.oids("{}")).isEqualTo(Oids.NONE);
        assertThat(ArrayText.oids("23 25")).isEqualTo(Oids.of(23, 25));
        assertThat(ArrayText.oids("{23,4294967295}")).isEqualTo(Oids.of(23, -1));
    }

    @Test
    void strings_areUnquoted() {
        assertThat(ArrayText.strings(null)).isEmpty();
        assertThat(ArrayText.strings("{}")).isEmpty();
        assertThat(ArrayText.strings("{a,\"\",\"b,c\",\"d\\\"\\\\e\",f g}"))
                .containsExactly("a", "", "b,c", "d\"\\e", "f g");
        assertThat(ArrayText.strings("{\"search_path=app, \\\"$user\\\"\"}"))
                .containsExactly("search_path=app, \"$user\"");
    }

    @Test
    void oids_areWrittenUnsigned() {
        assertThat(ArrayText.of(List.of())).isEqualTo("{}");
        assertThat(ArrayText.of(List.of(1, -1))).isEqualTo("{1,4294967295}");
    }
}
