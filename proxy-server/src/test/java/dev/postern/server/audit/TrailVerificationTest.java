package dev.postern.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrailVerificationTest {

    private static final int EVENTS = 500;

    @TempDir Path directory;

    @BeforeEach
    void write() throws IOException {
        for (int round = 0; round < 5; round++) {
            try (AuditTrail trail = Trails.open(Trails.small(directory))) {
                for (int i = 1; i <= EVENTS / 5; i++) {
                    assertThat(trail.accept(TrailEvents.decided(round * 100L + i))).isTrue();
                }
            }
        }
    }

    private TrailVerification verify() throws IOException {
        return TrailVerification.verify(directory);
    }

    private List<Path> files() throws IOException {
        return AuditDirectory.files(directory);
    }

    @Test
    void untouched_trail_of_several_files_is_intact() throws IOException {
        int count = files().size();
        assertThat(count).isGreaterThan(2);
        assertThat(verify()).isEqualTo(new TrailVerification.Intact(count, EVENTS, 1, EVENTS));
    }

    @Test
    void trail_in_use_is_intact() throws IOException {
        try (AuditTrail trail = Trails.open(Trails.small(directory))) {
            for (int i = 0; i < 20; i++) {
                assertThat(trail.accept(TrailEvents.decided(i))).isTrue();
                assertThat(verify()).isInstanceOf(TrailVerification.Intact.class);
            }
        }
    }

    @Test
    void changed_line_is_named_by_file_and_number() throws IOException {
        Path file = files().get(1);
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.set(6, lines.get(6).replace("\"decision\":\"allow\"", "\"decision\":\"deny\""));
        Files.writeString(file, String.join("\n", lines) + "\n");
        assertThat(verify())
                .isInstanceOfSatisfying(
                        TrailVerification.Broken.class,
                        broken -> {
                            assertThat(broken.file()).isEqualTo(file);
                            assertThat(broken.line()).isEqualTo(7);
                            assertThat(broken.reason()).contains("was changed");
                        });
    }

    @Test
    void removed_file_shows_at_the_first_line_of_the_next() throws IOException {
        Path next = files().get(2);
        Files.delete(files().get(1));
        assertThat(verify())
                .isInstanceOfSatisfying(
                        TrailVerification.Broken.class,
                        broken -> {
                            assertThat(broken.file()).isEqualTo(next);
                            assertThat(broken.line()).isEqualTo(1);
                        });
    }

    @Test
    void archived_first_file_is_no_trouble_and_is_told() throws IOException {
        int count = files().size();
        long lines = Files.readAllLines(files().getFirst()).size();
        Files.delete(files().getFirst());
        assertThat(verify())
                .isEqualTo(
                        new TrailVerification.Intact(count - 1, EVENTS - lines, lines + 1, EVENTS));
    }

    @Test
    void removed_last_file_or_last_line_shows_against_the_journal() throws IOException {
        Path last = files().getLast();
        List<String> lines = Files.readAllLines(last);
        Files.writeString(last, String.join("\n", lines.subList(0, lines.size() - 1)) + "\n");
        assertThat(verify())
                .isInstanceOfSatisfying(
                        TrailVerification.Broken.class,
                        broken ->
                                assertThat(broken.reason())
                                        .contains("lines are missing at the end")
                                        .contains("500"));
        Files.delete(last);
        assertThat(verify()).isInstanceOf(TrailVerification.Broken.class);
        for (Path file : files()) {
            Files.delete(file);
        }
        assertThat(verify()).isInstanceOf(TrailVerification.Broken.class);
    }

    @Test
    void unfinished_line_is_trouble_only_where_another_file_follows() throws IOException {
        Files.writeString(files().getLast(), "{\"v\":1", StandardOpenOption.APPEND);
        assertThat(verify()).isInstanceOf(TrailVerification.Intact.class);
        Files.writeString(files().getFirst(), "{\"v\":1", StandardOpenOption.APPEND);
        assertThat(verify()).isInstanceOf(TrailVerification.Broken.class);
    }

    @Test
    void follower_reads_the_last_lines_and_then_each_new_one_once_through_a_change_of_files()
            throws IOException {
        TrailFollower follower = new TrailFollower(directory);
        List<String> seen = strings(follower.last(250));
        assertThat(seen).hasSize(250);
        assertThat(seen).isEqualTo(Trails.lines(directory).subList(EVENTS - 250, EVENTS));
        assertThat(follower.poll()).isEmpty();
        try (AuditTrail trail = Trails.open(Trails.small(directory))) {
            for (int i = 0; i < 300; i++) {
                assertThat(trail.accept(TrailEvents.decided(i))).isTrue();
                if (i % 50 == 0) {
                    seen.addAll(strings(follower.poll()));
                }
            }
        }
        seen.addAll(strings(follower.poll()));
        assertThat(seen).isEqualTo(Trails.lines(directory).subList(EVENTS - 250, EVENTS + 300));
    }

    private static List<String> strings(List<byte[]> lines) {
        return new ArrayList<>(
                lines.stream().map(line -> new String(line, StandardCharsets.UTF_8)).toList());
    }
}
