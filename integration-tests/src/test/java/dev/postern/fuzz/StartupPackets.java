package dev.postern.fuzz;

import dev.postern.policy.StartupParameters;
import dev.postern.protocol.StartupOptions;
import dev.postern.protocol.StartupPacket;
import dev.postern.protocol.StartupPacketDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What comes before authentication, whole and cut: nothing is taken of a packet that is not whole,
 * and no parameter that would make the session another's passes.
 */
public final class StartupPackets {

    private static final int MOST_CUTS = 40;
    private static final Set<String> NEVER =
            Set.of(
                    "role",
                    "session_authorization",
                    "session_preload_libraries",
                    "local_preload_libraries",
                    "dynamic_library_path");
    private static final Set<String> PROTOCOLS_OWN =
            Set.of("user", "database", "options", "replication");

    private StartupPackets() {}

    /** Reads one packet. */
    public static void fuzzerTestOneInput(byte[] input) {
        ByteBuf in = Unpooled.wrappedBuffer(input);
        StartupPacket packet = StartupPacketDecoder.decode(in);
        int taken = in.readerIndex();
        Finding.unless(
                taken <= Integer.BYTES + StartupPacketDecoder.MAX_STARTUP_PACKET_LENGTH,
                taken + " bytes taken");
        Finding.unless(packet != null || taken == 0, "bytes of an incomplete packet taken");
        cutsChangeNothing(input, packet, taken);
        if (packet instanceof StartupPacket.StartupMessage startup) {
            check(startup);
        }
    }

    private static void cutsChangeNothing(byte[] input, @Nullable StartupPacket packet, int taken) {
        int length = packet == null ? input.length : taken;
        int step = Math.max(1, length / MOST_CUTS);
        for (int cut = 0; cut < length; cut += step) {
            ByteBuf part = Unpooled.wrappedBuffer(input, 0, cut);
            StartupPacket early = StartupPacketDecoder.decode(part);
            Finding.unless(
                    early == null && part.readerIndex() == 0,
                    early + " after " + cut + " bytes of " + packet);
        }
    }

    private static void check(StartupPacket.StartupMessage startup) {
        int user = startup.user().getBytes(StandardCharsets.UTF_8).length;
        Finding.unless(
                user > 0 && user <= StartupPacketDecoder.MAX_NAME_LENGTH,
                "a user's name of " + user + " bytes");
        Finding.unless(!startup.database().isEmpty(), "a database without a name");
        startup.parameters()
                .forEach((name, value) -> {
                    Finding.unless(
                            !PROTOCOLS_OWN.contains(name) && !name.startsWith("_pq_."),
                            name + " is left among the parameters");
                    allowed(name, value);
                });
        String options = startup.options();
        Map<String, String> settings = options == null ? null : StartupOptions.parse(options);
        if (settings != null) {
            settings.forEach(StartupPackets::allowed);
        }
    }

    private static void allowed(String name, String value) {
        boolean allowed = StartupParameters.isAllowed(name, value);
        Finding.unless(
                !(allowed && NEVER.contains(name.toLowerCase(Locale.ROOT))), name + " may be set");
    }
}
