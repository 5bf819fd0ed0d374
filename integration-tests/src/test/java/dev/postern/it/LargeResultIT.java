package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A large result flows through with flat memory, and a slow reader stops it at the source. The size
 * is {@code -Dpostern.it.result-mib}, 200 unless given; 1024 is a gigabyte.
 */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(NewestGateway.class)
record LargeResultIT(Gateway gateway) {

    private static final Logger LOG = LoggerFactory.getLogger(LargeResultIT.class);
    private static final int MEBIBYTES = Integer.getInteger("postern.it.result-mib", 200);
    private static final long MEBIBYTE = 1 << 20;
    private static final long ALLOWED_GROWTH = 64 * MEBIBYTE;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT repeat('x', 1000) FROM generate_series(1, %d)",
                "COPY (SELECT repeat('x', 1000) FROM generate_series(1, %d)) TO STDOUT"
            })
    void largeResult_flowsThroughWithFlatMemory(String sql) throws Exception {
        String text = sql.formatted(MEBIBYTES * 1000);
        Flow direct = flow(gateway.upstream().serving(), text);
        Flow through = flow(gateway.agent(), text);
        LOG.info(
                "MiB={} direct MiB/s={} through MiB/s={}",
                MEBIBYTES,
                direct.rate(),
                through.rate());

        assertThat(through.bytes()).isEqualTo(direct.bytes()).isGreaterThan(MEBIBYTES * 1_000_000L);
        assertThat(through.memoryGrowth()).isLessThan(ALLOWED_GROWTH);
    }

    /**
     * What came, how fast, and by how much the memory in use grew at most meanwhile, collections
     * done.
     */
    private record Flow(long bytes, long nanos, long memoryGrowth) {

        long rate() {
            return bytes * 1_000_000_000 / MEBIBYTE / nanos;
        }
    }

    private static Flow flow(Endpoint endpoint, String sql) throws Exception {
        try (RawClient client = RawClient.connect(endpoint)) {
            long before = usedMemory();
            long growth = 0;
            long started = System.nanoTime();
            OutputStream out = client.socket().getOutputStream();
            byte[] body = (sql + "\0").getBytes(StandardCharsets.UTF_8);
            out.write('Q');
            out.write(ByteBuffer.allocate(4).putInt(body.length + 4).array());
            out.write(body);
            InputStream in = client.socket().getInputStream();
            byte[] block = new byte[1 << 18];
            byte[] end = new byte[6];
            long total = 0;
            long nextLook = 32 * MEBIBYTE;
            while (!isReady(end)) {
                int count = in.read(block);
                assertThat(count).as("bytes read after %d", total).isPositive();
                total += count;
                int kept = Math.min(count, end.length);
                System.arraycopy(end, kept, end, 0, end.length - kept);
                System.arraycopy(block, count - kept, end, end.length - kept, kept);
                if (total >= nextLook) {
                    nextLook += 64 * MEBIBYTE;
                    growth = Math.max(growth, usedMemory() - before);
                }
            }
            return new Flow(total, System.nanoTime() - started, growth);
        }
    }

    /** Tells whether these are the six bytes of ReadyForQuery outside a transaction. */
    private static boolean isReady(byte[] end) {
        return Arrays.equals(end, new byte[] {'Z', 0, 0, 0, 5, 'I'});
    }

    private static long usedMemory() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
