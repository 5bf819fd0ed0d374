package dev.postern.server.audit;

import static dev.postern.server.audit.TrailEvents.completed;
import static dev.postern.server.audit.TrailEvents.decided;
import static dev.postern.server.audit.TrailEvents.denied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.audit.EventEncoder;
import dev.postern.audit.SealedLine;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditTrailTest {

    @TempDir Path root;

    private Path directory() {
        return root.resolve("audit");
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private static void write(Path directory, long from, long to) throws IOException {
        try (AuditTrail trail = Trails.open(Trails.small(directory))) {
            for (long number = from; number <= to; number++) {
                assertThat(trail.accept(decided(number))).isTrue();
            }
        }
    }

    @Test
    void accepted_event_stands_in_the_file_within_milliseconds() throws Exception {
        try (AuditTrail trail = Trails.open(directory())) {
            assertThat(trail.accept(decided(1))).isTrue();
            long start = System.nanoTime();
            Trails.await(() -> Trails.numbers(directory()).size() == 1);
            assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
            assertThat(trail.health()).isEqualTo(new AuditHealth.Available());
            assertThat(trail.acceptedEvents()).isEqualTo(1);
            assertThat(trail.failures()).isZero();
        }
    }

    @Test
    void closed_trail_has_written_everything_and_takes_nothing_more() throws IOException {
        AuditTrail trail = Trails.open(directory());
        for (long number = 1; number <= 5000; number++) {
            assertThat(trail.accept(decided(number))).isTrue();
        }
        trail.close();
        assertThat(trail.accept(decided(5001))).isFalse();
        assertThat(Trails.numbers(directory())).isEqualTo(upTo(5000));
        assertThat(Trails.troubles(directory())).isEmpty();
    }

    @Test
    void reopened_trail_continues_the_same_file_and_chain() throws IOException {
        for (long round = 0; round < 4; round++) {
            write(directory(), round * 10 + 1, round * 10 + 10);
        }
        assertThat(AuditDirectory.files(directory())).hasSize(1);
        assertThat(Trails.numbers(directory())).isEqualTo(upTo(40));
        assertThat(Trails.troubles(directory())).isEmpty();
    }

    @Test
    void file_that_has_grown_is_followed_by_another_in_the_same_chain() throws IOException {
        for (long round = 0; round < 5; round++) {
            write(directory(), round * 200 + 1, round * 200 + 200);
        }
        List<Path> files = AuditDirectory.files(directory());
        assertThat(files).hasSizeGreaterThan(3);
        for (Path file : files) {
            assertThat(Files.size(file)).isLessThanOrEqualTo(AuditTrailSettings.MIN_ROTATE_BYTES);
        }
        assertThat(Trails.numbers(directory())).isEqualTo(upTo(1000));
        assertThat(Trails.troubles(directory())).isEmpty();
        Files.delete(files.get(1));
        assertThat(Trails.troubles(directory())).isNotEmpty();
    }

    @Test
    void events_of_several_threads_keep_each_thread_s_order() throws Exception {
        try (AuditTrail trail = Trails.open(directory())) {
            CountDownLatch ready = new CountDownLatch(3);
            List<Thread> threads = new ArrayList<>();
            for (long thread = 0; thread < 3; thread++) {
                long first = thread * 10_000 + 1;
                threads.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    ready.countDown();
                                    for (long number = first; number < first + 3000; number++) {
                                        assertThat(trail.accept(decided(number))).isTrue();
                                    }
                                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        List<Long> numbers = Trails.numbers(directory());
        assertThat(numbers).hasSize(9000).doesNotHaveDuplicates();
        for (long thread = 0; thread < 3; thread++) {
            long first = thread * 10_000 + 1;
            assertThat(numbers.stream().filter(n -> n >= first && n < first + 10_000)).isSorted();
        }
        assertThat(Trails.troubles(directory())).isEmpty();
    }

    @Test
    void files_are_for_their_owner_only() throws IOException {
        write(directory(), 1, 1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
                .isEqualTo("rwx------");
        for (String name : List.of("journal", "lock")) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(directory().resolve(name))))
                    .isEqualTo("rw-------");
        }
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(
                                        AuditDirectory.files(directory()).getFirst())))
                .isEqualTo("rw-------");
    }

    @Test
    void second_trail_in_the_same_directory_is_refused() throws IOException {
        try (AuditTrail first = Trails.open(directory())) {
            assertThatThrownBy(() -> Trails.open(directory()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another Postern process");
            assertThat(first.accept(decided(1))).isTrue();
        }
        Trails.open(directory()).close();
    }

    @Test
    void copy_of_the_directory_taken_at_any_point_is_recovered_without_loss_or_doubles()
            throws Exception {
        try (AuditTrail trail = Trails.open(Trails.small(directory()))) {
            for (int round = 1; round <= 12; round++) {
                long last = round * 50L;
                for (long number = last - 49; number <= last; number++) {
                    assertThat(trail.accept(decided(number))).isTrue();
                }
                Path copy = root.resolve("copy-" + round);
                Files.createDirectory(copy);
                // The journal first: what leaves it between the two copies is in the files twice,
                // never missing.
                Files.copy(directory().resolve("journal"), copy.resolve("journal"));
                for (Path file : AuditDirectory.files(directory())) {
                    Files.copy(file, copy.resolve(file.getFileName()));
                }
                Trails.open(Trails.small(copy)).close();
                assertThat(Trails.numbers(copy)).isEqualTo(upTo(last));
                assertThat(Trails.troubles(copy)).isEmpty();
                write(copy, last + 1, last + 5);
                assertThat(Trails.numbers(copy)).isEqualTo(upTo(last + 5));
                assertThat(Trails.troubles(copy)).isEmpty();
            }
        }
    }

    @Test
    void last_lines_cut_at_any_byte_are_written_again_from_the_journal() throws IOException {
        Path journal = root.resolve("journal-before");
        write(directory(), 1, 3);
        Files.copy(directory().resolve("journal"), journal);
        write(directory(), 4, 4);
        Path file = AuditDirectory.files(directory()).getFirst();
        byte[] whole = Files.readAllBytes(file);
        byte[] three = Files.readAllBytes(file);
        int thirdEnd = new String(three, StandardCharsets.UTF_8).indexOf("/* 4 */");
        while (three[thirdEnd - 1] != '\n') {
            thirdEnd--;
        }
        // A journal as a crash leaves it: event 4 is in it and not yet released.
        Path crashed = root.resolve("crashed");
        Files.createDirectory(crashed);
        for (int end = thirdEnd; end <= whole.length; end += 13) {
            restore(crashed, journal, file, whole, end);
            Trails.open(Trails.small(crashed)).close();
            assertThat(Trails.numbers(crashed)).isEqualTo(upTo(4));
            assertThat(Trails.troubles(crashed)).isEmpty();
        }
    }

    private static void restore(Path crashed, Path journal, Path file, byte[] whole, int end)
            throws IOException {
        Files.copy(journal, crashed.resolve("journal"), StandardCopyOption.REPLACE_EXISTING);
        Path audit = crashed.resolve(file.getFileName());
        Files.write(audit, Arrays.copyOf(whole, end));
        try (Journal open =
                Journal.open(
                        crashed.resolve("journal"),
                        Journal.MIN_CAPACITY,
                        Checkpoint.start(1, new byte[32]))) {
            EventEncoder encoder = new EventEncoder(1024);
            int length = encoder.encode(decided(4));
            int checksum = Journal.checksum(new CRC32C(), encoder.array(), length);
            assertThat(open.offer(encoder.array(), length, checksum, open.capacity())).isTrue();
        }
    }

    @Test
    void lost_journal_continues_the_chain_of_the_files() throws IOException {
        write(directory(), 1, 3);
        Files.delete(directory().resolve("journal"));
        write(directory(), 4, 6);
        assertThat(Trails.numbers(directory())).isEqualTo(upTo(6));
        assertThat(Trails.troubles(directory())).isEmpty();
    }

    @Test
    void archived_files_continue_the_chain_of_the_journal() throws IOException {
        write(directory(), 1, 3);
        Path file = AuditDirectory.files(directory()).getFirst();
        SealedLine last = Objects.requireNonNull(TrailFile.lastSeal(file));
        Files.move(file, root.resolve("archived"));
        write(directory(), 4, 4);
        SealedLine next =
                Objects.requireNonNull(
                        SealedLine.read(
                                Trails.lines(directory())
                                        .getFirst()
                                        .getBytes(StandardCharsets.UTF_8)));
        assertThat(next.seq()).isEqualTo(4);
        assertThat(next.prev()).isEqualTo(last.hash());
    }

    @Test
    void lines_cut_off_between_two_runs_show_in_the_chain() throws IOException {
        write(directory(), 1, 5);
        Path file = AuditDirectory.files(directory()).getFirst();
        List<String> lines = Files.readAllLines(file);
        Files.writeString(file, String.join("\n", lines.subList(0, 3)) + "\n");
        write(directory(), 6, 6);
        assertThat(Trails.troubles(directory()))
                .singleElement()
                .asString()
                .contains("seq 6 follows seq 3");
    }

    @Test
    void removed_directory_refuses_statements_and_recovers_when_it_is_back() throws Exception {
        try (AuditTrail trail = Trails.open(Trails.small(directory()))) {
            assertThat(trail.accept(decided(1))).isTrue();
            Trails.await(() -> Trails.numbers(directory()).size() == 1);
            Path moved = root.resolve("moved");
            Files.move(directory(), moved);
            Trails.await(() -> trail.health() instanceof AuditHealth.Unavailable);
            assertThat(trail.accept(decided(99))).isFalse();
            assertThat(((AuditHealth.Unavailable) trail.health()).reason()).isNotEmpty();
            assertThat(trail.failures()).isPositive();
            Files.createDirectory(directory());
            Trails.await(() -> trail.health() instanceof AuditHealth.Available);
            Trails.await(() -> trail.accept(decided(2)));
            Trails.await(() -> Trails.numbers(directory()).contains(2L));
            assertThat(Files.exists(directory().resolve("journal"))).isTrue();
        }
        SealedLine first =
                Objects.requireNonNull(
                        SealedLine.read(
                                Trails.lines(directory())
                                        .getFirst()
                                        .getBytes(StandardCharsets.UTF_8)));
        assertThat(first.seq()).isEqualTo(2);
    }

    @Test
    void removed_file_refuses_nothing_for_long_and_shows_in_the_chain() throws Exception {
        try (AuditTrail trail = Trails.open(Trails.small(directory()))) {
            assertThat(trail.accept(decided(1))).isTrue();
            Trails.await(() -> Trails.numbers(directory()).size() == 1);
            Files.delete(AuditDirectory.files(directory()).getFirst());
            Trails.await(
                    () -> trail.accept(decided(2)) && Trails.numbers(directory()).contains(2L));
        }
        assertThat(Trails.lines(directory()).getFirst()).doesNotContain("\"seq\":1,");
    }

    @Test
    void unwritable_trail_still_takes_completions_and_denials_and_writes_them_later()
            throws Exception {
        assertThat(Files.exists(Path.of("/dev/full"))).isTrue();
        Files.createDirectory(directory());
        try (AuditTrail trail = Trails.open(Trails.small(directory()))) {
            assertThat(trail.accept(decided(1))).isTrue();
            Trails.await(() -> Trails.numbers(directory()).size() == 1);
            Path file = AuditDirectory.files(directory()).getFirst();
            Path aside = root.resolve("aside");
            Files.move(file, aside);
            Files.createSymbolicLink(file, Path.of("/dev/full"));
            Trails.await(() -> trail.health() instanceof AuditHealth.Unavailable);
            assertThat(trail.accept(decided(2))).isFalse();
            assertThat(trail.accept(denied(3))).isTrue();
            assertThat(trail.accept(completed(1))).isTrue();
            Files.delete(file);
            Files.move(aside, file);
            Trails.await(() -> trail.health() instanceof AuditHealth.Available);
            assertThat(trail.accept(decided(4))).isTrue();
        }
        assertThat(Trails.numbers(directory())).containsExactly(1L, 3L, 4L);
        assertThat(Trails.lines(directory())).hasSize(4);
        assertThat(Trails.troubles(directory())).isEmpty();
    }

    @Test
    void unfinished_line_is_taken_off_before_the_next_is_written() throws IOException {
        write(directory(), 1, 2);
        Path file = AuditDirectory.files(directory()).getFirst();
        Files.writeString(file, "{\"v\":1,\"torn", StandardOpenOption.APPEND);
        write(directory(), 3, 3);
        assertThat(Trails.numbers(directory())).isEqualTo(upTo(3));
        assertThat(Trails.troubles(directory())).isEmpty();
    }

    @Test
    void cut_journal_of_a_running_trail_refuses_statements() throws Exception {
        try (AuditTrail trail = Trails.open(Trails.small(directory()))) {
            assertThat(trail.accept(decided(1))).isTrue();
            Trails.await(() -> Trails.numbers(directory()).size() == 1);
            try (FileChannel channel =
                    FileChannel.open(directory().resolve("journal"), StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
            Trails.await(() -> trail.health() instanceof AuditHealth.Unavailable);
            assertThat(trail.accept(decided(2))).isFalse();
        }
    }
}
