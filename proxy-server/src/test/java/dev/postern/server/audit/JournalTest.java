package dev.postern.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.audit.HashChain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {

    private static final Checkpoint START = Checkpoint.start(1, HashChain.genesis());

    @TempDir Path directory;

    private Journal open() throws IOException {
        return Journal.open(directory.resolve("journal"), Journal.MIN_CAPACITY, START);
    }

    private static boolean offer(Journal journal, byte[] event) {
        return offer(journal, event, journal.capacity());
    }

    private static boolean offer(Journal journal, byte[] event, long limit) {
        return journal.offer(
                event, event.length, Journal.checksum(new CRC32C(), event, event.length), limit);
    }

    private static byte[] event(Random random, int length) {
        byte[] event = new byte[length];
        random.nextBytes(event);
        return event;
    }

    /** Reads all records from the checkpoint on and checks that their seqs are in order. */
    private static List<byte[]> records(Journal journal) {
        List<byte[]> records = new ArrayList<>();
        long seq = journal.checkpoint().seq();
        for (long position = journal.checkpoint().tail(); position < journal.head(); ) {
            assertThat(journal.seqAt(position)).isEqualTo(seq++);
            byte[] record = new byte[journal.lengthAt(position)];
            position = journal.copyAt(position, record, 0);
            records.add(record);
        }
        assertThat(seq).isEqualTo(journal.nextSeq());
        return records;
    }

    private static void release(Journal journal, int count) {
        long position = journal.checkpoint().tail();
        for (int i = 0; i < count; i++) {
            position = journal.copyAt(position, new byte[journal.lengthAt(position)], 0);
        }
        journal.release(
                position, journal.checkpoint().seq() + count, new byte[HashChain.HASH_BYTES]);
    }

    @Test
    void records_of_random_sizes_come_out_as_they_went_in_over_many_rounds_and_openings()
            throws IOException {
        for (long seed = 0; seed < 4; seed++) {
            Random random = new Random(seed);
            ArrayDeque<byte[]> expected = new ArrayDeque<>();
            Files.deleteIfExists(directory.resolve("journal"));
            Journal journal = open();
            for (int step = 0; step < 400; step++) {
                for (int i = random.nextInt(20); i > 0; i--) {
                    byte[] event =
                            event(
                                    random,
                                    1 + random.nextInt(random.nextInt(10) == 0 ? 200_000 : 2_000));
                    if (offer(journal, event)) {
                        expected.add(event);
                    } else {
                        assertThat(journal.used()).isGreaterThan(journal.capacity() - 200_100);
                    }
                }
                assertThat(records(journal))
                        .usingElementComparator(Arrays::compare)
                        .containsExactlyElementsOf(expected);
                int done = random.nextInt(expected.size() + 1);
                release(journal, done);
                for (int i = 0; i < done; i++) {
                    expected.remove();
                }
                if (random.nextInt(10) == 0) {
                    journal.close();
                    journal = open();
                }
            }
            assertThat(journal.checkpoint().tail()).isGreaterThan(3L * Journal.MIN_CAPACITY);
            journal.close();
        }
    }

    @Test
    void copy_of_the_file_taken_at_any_point_holds_every_record_offered_before()
            throws IOException {
        Random random = new Random(1);
        List<byte[]> expected = new ArrayList<>();
        Path copy = directory.resolve("copy");
        try (Journal journal = open()) {
            for (int step = 0; step < 60; step++) {
                byte[] event = event(random, 1 + random.nextInt(150_000));
                if (!offer(journal, event)) {
                    release(journal, expected.size());
                    expected.clear();
                    assertThat(offer(journal, event)).isTrue();
                }
                expected.add(event);
                Files.copy(directory.resolve("journal"), copy, StandardCopyOption.REPLACE_EXISTING);
                try (Journal recovered = Journal.open(copy, Journal.MIN_CAPACITY, START)) {
                    assertThat(records(recovered))
                            .usingElementComparator(Arrays::compare)
                            .containsExactlyElementsOf(expected);
                }
            }
        }
    }

    @Test
    void any_damaged_byte_of_the_last_record_ends_recovery_before_it() throws IOException {
        byte[] event = event(new Random(2), 100);
        try (Journal journal = open()) {
            offer(journal, event);
            offer(journal, event);
        }
        for (int at = 4096 + 128; at < 4096 + 128 + 16 + 100; at++) {
            Path copy = directory.resolve("copy");
            Files.copy(directory.resolve("journal"), copy, StandardCopyOption.REPLACE_EXISTING);
            damage(copy, at);
            try (Journal recovered = Journal.open(copy, Journal.MIN_CAPACITY, START)) {
                assertThat(records(recovered)).as("byte %s", at).hasSize(1);
            }
        }
    }

    @Test
    void damaged_checkpoint_leaves_the_one_before() throws IOException {
        byte[] event = event(new Random(3), 100);
        try (Journal journal = open()) {
            for (int i = 0; i < 3; i++) {
                offer(journal, event);
            }
            release(journal, 1);
            release(journal, 1);
        }
        for (int at = 64; at < 64 + 64; at++) {
            Path copy = directory.resolve("copy");
            Files.copy(directory.resolve("journal"), copy, StandardCopyOption.REPLACE_EXISTING);
            damage(copy, at);
            try (Journal recovered = Journal.open(copy, Journal.MIN_CAPACITY, START)) {
                assertThat(recovered.checkpoint().seq()).isEqualTo(2);
                assertThat(records(recovered)).hasSize(2);
            }
        }
    }

    @Test
    void offer_beyond_the_limit_is_refused_and_leaves_no_trace() throws IOException {
        try (Journal journal = open()) {
            assertThat(offer(journal, new byte[1000], 1023)).isFalse();
            assertThat(journal.used()).isZero();
            assertThat(offer(journal, new byte[1000], 1024)).isTrue();
            assertThat(offer(journal, new byte[Journal.MAX_RECORD + 1])).isFalse();
            assertThat(records(journal)).hasSize(1);
        }
    }

    @Test
    void full_ring_is_recovered_in_full() throws IOException {
        byte[] event = new byte[1008];
        int count = 0;
        try (Journal journal = open()) {
            while (offer(journal, event)) {
                count++;
            }
            assertThat(journal.used()).isEqualTo(journal.capacity());
        }
        try (Journal journal = open()) {
            assertThat(records(journal)).hasSize(count);
            assertThat(offer(journal, event)).isFalse();
        }
    }

    @Test
    void frozen_journal_takes_nothing_more() throws IOException {
        try (Journal journal = open()) {
            journal.freeze();
            assertThat(offer(journal, new byte[1])).isFalse();
        }
    }

    @Test
    void file_that_is_no_journal_or_was_cut_is_refused_in_words() throws IOException {
        Path path = directory.resolve("journal");
        Files.writeString(path, "something else");
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a journal");
        Files.delete(path);
        open().close();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(8192);
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was cut");
    }

    private static void damage(Path file, long at) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 0x10)}), at);
        }
    }
}
