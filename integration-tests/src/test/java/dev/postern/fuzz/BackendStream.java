package dev.postern.fuzz;

import dev.postern.protocol.BackendMessage;
import dev.postern.protocol.BackendScanner;
import dev.postern.protocol.FrameLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream sends, as it comes and cut at random: what is forwarded are exactly the bytes of
 * the messages that are not dropped, and what is understood does not depend on the cuts.
 */
public final class BackendStream {

    private static final int HEADER_LENGTH = 5;

    private BackendStream() {}

    /** Scans a stream of messages; of each other input those of one type are dropped. */
    public static void fuzzerTestOneInput(byte[] input) {
        Random random = new Random(Arrays.hashCode(input));
        byte dropped = input.length > 0 && random.nextBoolean() ? input[0] : 0;
        Seen whole = scan(input, dropped, null);
        Seen cut = scan(input, dropped, random);
        Finding.unless(
                whole.events.equals(cut.events),
                whole.events + " became " + cut.events + " by cuts");
        Finding.unless(
                Arrays.equals(whole.forwarded.toByteArray(), cut.forwarded.toByteArray()),
                "the bytes that are forwarded depend on the cuts");
        Finding.unless(
                Arrays.equals(expected(input, dropped), whole.forwarded.toByteArray()),
                "what is forwarded is not what was sent");
    }

    private static Seen scan(byte[] input, byte dropped, @Nullable Random cuts) {
        Seen seen = new Seen(dropped);
        BackendScanner scanner = new BackendScanner(seen);
        ByteBuf in = Unpooled.buffer();
        for (int at = 0; at < input.length; ) {
            int step =
                    cuts == null ? input.length : Math.min(input.length - at, 1 + cuts.nextInt(40));
            in.writeBytes(input, at, step);
            at += step;
            scanner.scan(in);
            Finding.unless(
                    !in.isReadable() || BackendScanner.missing(in) > 0,
                    "bytes are left and none are missing");
        }
        return seen;
    }

    /** The bytes that should come out, found in another way. */
    private static byte[] expected(byte[] input, byte dropped) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        while (input.length - at >= HEADER_LENGTH) {
            int lengthField = ByteBuffer.wrap(input).getInt(at + 1);
            if (lengthField < HEADER_LENGTH - 1 || lengthField > FrameLimits.PROTOCOL_MAXIMUM) {
                break;
            }
            int left = input.length - at;
            if (lengthField + 1 > left && lengthField + 1 <= BackendScanner.HOLD_LIMIT) {
                break;
            }
            int length = Math.min(left, lengthField + 1);
            if (input[at] != dropped) {
                out.write(input, at, length);
            }
            at += length;
        }
        return out.toByteArray();
    }

    private static final class Seen implements BackendScanner.Listener {

        private final byte dropped;
        private final List<String> events = new ArrayList<>();
        private final ByteArrayOutputStream forwarded = new ByteArrayOutputStream();

        Seen(byte dropped) {
            this.dropped = dropped;
        }

        @Override
        public boolean onStart(byte type, int length) {
            events.add("start " + type + " " + length);
            return type != dropped;
        }

        @Override
        public void onEnd(byte type, @Nullable BackendMessage message) {
            events.add("end " + type + " " + message);
        }

        @Override
        public void onForward(ByteBuf in, int from, int to) {
            byte[] bytes = new byte[to - from];
            in.getBytes(from, bytes);
            forwarded.writeBytes(bytes);
        }

        @Override
        public void onMalformed(String reason) {
            events.add("malformed " + reason);
        }
    }
}
