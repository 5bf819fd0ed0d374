package dev.postern.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the packets that come before authentication. Holds nothing and keeps no buffer.
 *
 * <pre>
 * Int32 length   of the packet, itself included: 8 to 10,004
 * Int32 code     80877103 SSLRequest, 80877104 GSSENCRequest: nothing follows
 *                80877102 CancelRequest: Int32 process id, Byte(4 to 256) secret
 *                3 &lt;&lt; 16 | minor StartupMessage: (String name, String value)*, Byte(1) 0
 * </pre>
 *
 * The rules are those of {@code ProcessStartupPacket} in PostgreSQL, where it is silent the
 * stricter ones: a request without a body has none, text is UTF-8.
 */
public final class StartupPacketDecoder {

    /** PostgreSQL's MAX_STARTUP_PACKET_LENGTH: bytes after the length word. */
    public static final int MAX_STARTUP_PACKET_LENGTH = 10_000;

    /** PostgreSQL's NAMEDATALEN less its NUL. */
    public static final int MAX_NAME_LENGTH = 63;

    private static final int LENGTH_WORD = Integer.BYTES;
    private static final int MIN_LENGTH = LENGTH_WORD + Integer.BYTES;
    private static final int CANCEL_REQUEST_HEADER = MIN_LENGTH + Integer.BYTES;
    private static final String PROTOCOL_OPTION_PREFIX = "_pq_.";

    private StartupPacketDecoder() {}

    /**
     * Takes one packet off the buffer.
     *
     * @return the packet; {@code null}, with nothing taken, if it is not there as a whole. After
     *     {@link StartupPacket.Unreadable} nothing of what is left in the buffer has a meaning. A
     *     length is refused as soon as it is there, so that no more than 10,004 bytes need ever be
     *     kept.
     */
    public static @Nullable StartupPacket decode(ByteBuf in) {
        if (in.readableBytes() < LENGTH_WORD) {
            return null;
        }
        long length = in.getUnsignedInt(in.readerIndex());
        if (length < MIN_LENGTH || length > LENGTH_WORD + MAX_STARTUP_PACKET_LENGTH) {
            return new StartupPacket.Unreadable(
                    StartupFault.LENGTH, "invalid length of startup packet");
        }
        if (in.readableBytes() < length) {
            return null;
        }
        ByteBuf packet = in.readSlice((int) length).skipBytes(LENGTH_WORD);
        int code = packet.readInt();
        return switch (code) {
            case StartupPacket.SSL_REQUEST_CODE ->
                    withoutBody(packet, new StartupPacket.SslRequest());
            case StartupPacket.GSSENC_REQUEST_CODE ->
                    withoutBody(packet, new StartupPacket.GssEncRequest());
            case StartupPacket.CANCEL_REQUEST_CODE -> cancelRequest(packet, (int) length);
            default -> startupMessage(packet, ProtocolVersion.of(code));
        };
    }

    private static StartupPacket withoutBody(ByteBuf packet, StartupPacket request) {
        return packet.isReadable()
                ? new StartupPacket.Unreadable(
                        StartupFault.LENGTH, "invalid length of encryption request packet")
                : request;
    }

    private static StartupPacket cancelRequest(ByteBuf packet, int length) {
        int secretLength = length - CANCEL_REQUEST_HEADER;
        if (secretLength < BackendKey.MIN_SECRET_LENGTH
                || secretLength > BackendKey.MAX_SECRET_LENGTH) {
            return new StartupPacket.Unreadable(
                    StartupFault.LENGTH, "invalid length of cancel request packet");
        }
        int processId = packet.readInt();
        byte[] secret = new byte[secretLength];
        packet.readBytes(secret);
        return new StartupPacket.CancelRequest(new BackendKey(processId, secret));
    }

    private static StartupPacket startupMessage(ByteBuf packet, ProtocolVersion version) {
        if (version.major() != ProtocolVersion.V3_0.major()) {
            return new StartupPacket.Unreadable(
                    StartupFault.VERSION,
                    "unsupported frontend protocol " + version + ": server supports 3.0 to 3.2");
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        try {
            String name = cString(packet);
            while (name != null && !name.isEmpty()) {
                String value = cString(packet);
                if (value == null) {
                    return misplacedTerminator();
                }
                pairs.put(name, value);
                name = cString(packet);
            }
            if (name == null || packet.isReadable()) {
                return misplacedTerminator();
            }
        } catch (CharacterCodingException e) {
            return new StartupPacket.Unreadable(
                    StartupFault.ENCODING,
                    "invalid byte sequence for encoding \"UTF8\" in startup packet");
        }
        return startupMessage(version, pairs);
    }

    private static StartupPacket misplacedTerminator() {
        return new StartupPacket.Unreadable(
                StartupFault.LAYOUT,
                "invalid startup packet layout: expected terminator as last byte");
    }

    private static StartupPacket startupMessage(
            ProtocolVersion version, Map<String, String> pairs) {
        String user = pairs.remove("user");
        String database = pairs.remove("database");
        String options = pairs.remove("options");
        String replication = pairs.remove("replication");
        List<String> protocolOptions =
                pairs.keySet().stream()
                        .filter(name -> name.startsWith(PROTOCOL_OPTION_PREFIX))
                        .toList();
        protocolOptions.forEach(pairs::remove);
        if (replication != null) {
            StartupPacket.Unreadable refusal = judgeReplication(replication);
            if (refusal != null) {
                return refusal;
            }
        }
        if (user == null || user.isEmpty()) {
            return new StartupPacket.Unreadable(
                    StartupFault.USER, "no PostgreSQL user name specified in startup packet");
        }
        if (user.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_LENGTH) {
            return new StartupPacket.Unreadable(
                    StartupFault.USER, "user name is longer than 63 bytes");
        }
        return new StartupPacket.StartupMessage(
                version,
                user,
                database == null || database.isEmpty() ? user : database,
                options,
                new LinkedHashMap<>(pairs),
                new ArrayList<>(protocolOptions));
    }

    /** Returns {@code null} if the value says that the connection is an ordinary one. */
    private static StartupPacket.@Nullable Unreadable judgeReplication(String value) {
        if (isBoolean(value, false)) {
            return null;
        }
        if (isBoolean(value, true) || value.equals("database")) {
            return new StartupPacket.Unreadable(
                    StartupFault.REPLICATION,
                    "replication connections are not available: this server only runs reading queries");
        }
        return new StartupPacket.Unreadable(
                StartupFault.REPLICATION_VALUE, "invalid value for parameter \"replication\"");
    }

    /**
     * Reads a boolean as PostgreSQL's {@code parse_bool} does: any unambiguous beginning, in any
     * case.
     */
    private static boolean isBoolean(String value, boolean meaning) {
        String folded = value.toLowerCase(Locale.ROOT);
        if (folded.isEmpty()) {
            return false;
        }
        return meaning
                ? "true".startsWith(folded)
                        || "yes".startsWith(folded)
                        || folded.equals("on")
                        || folded.equals("1")
                : "false".startsWith(folded)
                        || "no".startsWith(folded)
                        || folded.equals("of")
                        || folded.equals("off")
                        || folded.equals("0");
    }

    /** Returns the text before the next NUL, {@code null} if there is none. */
    private static @Nullable String cString(ByteBuf in) throws CharacterCodingException {
        int length = in.bytesBefore((byte) 0);
        if (length < 0) {
            return null;
        }
        ByteBuffer bytes = in.nioBuffer(in.readerIndex(), length);
        in.skipBytes(length + 1);
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    }
}
