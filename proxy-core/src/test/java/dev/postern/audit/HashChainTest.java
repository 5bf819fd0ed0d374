package dev.postern.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class HashChainTest {

    private static List<byte[]> trail(int lines) {
        HashChain chain = new HashChain(HashChain.genesis());
        List<byte[]> trail = new ArrayList<>();
        for (int i = 1; i <= lines; i++) {
            byte[] content = ("{\"v\":1,\"n\":" + i).getBytes(StandardCharsets.UTF_8);
            byte[] line = Arrays.copyOf(content, content.length + HashChain.SEAL_BYTES);
            int end = chain.seal(line, 0, content.length, i);
            assertThat(line[end - 1]).isEqualTo((byte) '\n');
            trail.add(Arrays.copyOf(line, end - 1));
        }
        return trail;
    }

    /** Returns the number of the first line that does not fit, counted from 1; 0 if all fit. */
    private static int firstUnfit(List<byte[]> lines) {
        ChainVerifier verifier = new ChainVerifier();
        for (int i = 0; i < lines.size(); i++) {
            if (verifier.accept(lines.get(i)) != null) {
                return i + 1;
            }
        }
        return 0;
    }

    @Test
    void sealed_line_has_the_documented_form() throws Exception {
        String line = new String(trail(1).getFirst(), StandardCharsets.US_ASCII);
        String hashed = "{\"v\":1,\"n\":1,\"seq\":1,\"prev\":\"" + "0".repeat(64) + "\"}";
        byte[] digest =
                java.security.MessageDigest.getInstance("SHA-256")
                        .digest(hashed.getBytes(StandardCharsets.US_ASCII));
        String hash = java.util.HexFormat.of().formatHex(digest);
        assertThat(line)
                .isEqualTo(
                        hashed.substring(0, hashed.length() - 1) + ",\"hash\":\"" + hash + "\"}");
    }

    @Test
    void untouched_trail_verifies() {
        List<byte[]> lines = trail(20);
        assertThat(firstUnfit(lines)).isZero();
        ChainVerifier verifier = new ChainVerifier();
        lines.forEach(verifier::accept);
        assertThat(verifier.lines()).isEqualTo(20);
        assertThat(Objects.requireNonNull(verifier.last()).seq()).isEqualTo(20);
    }

    @Test
    void trail_whose_older_files_were_archived_verifies() {
        assertThat(firstUnfit(trail(20).subList(7, 20))).isZero();
    }

    @Test
    void change_of_any_byte_of_any_line_names_that_line() {
        List<byte[]> lines = trail(6);
        for (int i = 0; i < lines.size(); i++) {
            for (int at = 0; at < lines.get(i).length; at++) {
                lines.get(i)[at] ^= 1;
                assertThat(firstUnfit(lines)).as("line %s byte %s", i + 1, at).isEqualTo(i + 1);
                lines.get(i)[at] ^= 1;
            }
        }
    }

    @Test
    void removal_of_any_line_but_the_outer_ones_names_the_next() {
        for (int i = 1; i < 5; i++) {
            List<byte[]> lines = trail(6);
            lines.remove(i);
            assertThat(firstUnfit(lines)).isEqualTo(i + 1);
        }
    }

    @Test
    void doubled_and_swapped_lines_are_named() {
        List<byte[]> doubled = trail(6);
        doubled.add(3, doubled.get(2));
        assertThat(firstUnfit(doubled)).isEqualTo(4);
        List<byte[]> swapped = trail(6);
        java.util.Collections.swap(swapped, 2, 3);
        assertThat(firstUnfit(swapped)).isEqualTo(3);
    }

    @Test
    void line_with_a_forged_seal_names_the_line_after_it() {
        List<byte[]> lines = trail(6);
        SealedLine before = Objects.requireNonNull(SealedLine.read(lines.get(1)));
        HashChain forger = new HashChain(before.hashBytes());
        byte[] content = "{\"v\":1,\"n\":0".getBytes(StandardCharsets.UTF_8);
        byte[] line = Arrays.copyOf(content, content.length + HashChain.SEAL_BYTES);
        int end = forger.seal(line, 0, content.length, 3);
        lines.set(2, Arrays.copyOf(line, end - 1));
        assertThat(firstUnfit(lines)).isEqualTo(4);
    }

    @Test
    void first_line_that_refers_to_an_earlier_one_is_named() {
        HashChain chain = new HashChain(trailHash());
        byte[] line = Arrays.copyOf("{\"v\":1".getBytes(StandardCharsets.UTF_8), 400);
        int end = chain.seal(line, 0, 6, 1);
        assertThat(new ChainVerifier().accept(Arrays.copyOf(line, end - 1)))
                .contains("refers to a line before");
    }

    private static byte[] trailHash() {
        return Objects.requireNonNull(SealedLine.read(trail(1).getFirst())).hashBytes();
    }

    @Test
    void every_prefix_of_a_line_is_no_sealed_line() {
        byte[] line = trail(1).getFirst();
        for (int end = 0; end < line.length; end++) {
            assertThat(SealedLine.read(Arrays.copyOf(line, end))).isNull();
        }
    }
}
