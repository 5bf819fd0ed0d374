package dev.postern.server.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.CatalogView;
import dev.postern.policy.Access;
import dev.postern.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CacheKeyTest {

    private static final Policy POLICY = new Policy("test", Access.DEFAULT);

    @Test
    void equalBytes_inBuffersOfAnyLength_areEqualKeys() {
        byte[] text = "SELECT a FROM t WHERE id = 1".getBytes(StandardCharsets.US_ASCII);
        for (int length = 0; length <= text.length; length++) {
            byte[] longer = Arrays.copyOf(Arrays.copyOf(text, length), 100);
            Arrays.fill(longer, length, longer.length, (byte) 'x');
            CacheKey one = key(Arrays.copyOf(text, length), length);
            CacheKey other = key(longer, length);
            assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
            assertThat(one.compareTo(other)).isZero();
            assertThat(one).isNotEqualTo(key(longer, length + 1));
        }
    }

    @Test
    void textsThatDifferInOneByte_rarelyShareAHash() {
        Set<Integer> hashes = new HashSet<>();
        int texts = 0;
        for (int at = 0; at < 40; at++) {
            for (int value = 1; value < 256; value++) {
                byte[] text = new byte[40];
                text[at] = (byte) value;
                hashes.add(key(text, text.length).hashCode());
                texts++;
            }
        }
        assertThat(hashes).hasSizeGreaterThan(texts - 10);
    }

    private static CacheKey key(byte[] bytes, int length) {
        CacheKey key = new CacheKey();
        key.set(POLICY, CatalogView.UNKNOWN, false, bytes, length);
        return key;
    }
}
