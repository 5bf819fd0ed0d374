package dev.postern.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a frontend may send before it has authenticated: the packets without a type byte.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">PostgreSQL,
 *     "Message Formats"</a>
 */
public sealed interface StartupPacket {

    /** The request code of a CancelRequest. */
    int CANCEL_REQUEST_CODE = 1234 << 16 | 5678;

    /** The request code of an SSLRequest. */
    int SSL_REQUEST_CODE = 1234 << 16 | 5679;

    /** The request code of a GSSENCRequest. */
    int GSSENC_REQUEST_CODE = 1234 << 16 | 5680;

    /** Asks whether the server speaks TLS; answered by one byte. */
    record SslRequest() implements StartupPacket {}

    /** Asks whether the server encrypts by GSSAPI; answered by one byte. */
    record GssEncRequest() implements StartupPacket {}

    /** Asks to cancel what the session with this key is doing; never answered. */
    record CancelRequest(BackendKey key) implements StartupPacket {}

    /**
     * Opens a session.
     *
     * @param version what is asked for: major 3, any minor
     * @param user who logs in, never empty, at most 63 bytes
     * @param database what to connect to, never empty: the user's name if none was given
     * @param options the parameter {@code options}, unread; {@code null} if absent
     * @param parameters run-time parameters in the order of their first appearance, names as
     *     written, the last value of each: everything but user, database, options, replication and
     *     protocol options
     * @param protocolOptions names of the protocol options asked for ({@code _pq_.…}), none of
     *     which exist here
     */
    record StartupMessage(
            ProtocolVersion version,
            String user,
            String database,
            @Nullable String options,
            Map<String, String> parameters,
            List<String> protocolOptions)
            implements StartupPacket {

        public StartupMessage {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
            protocolOptions = List.copyOf(protocolOptions);
        }

        /** Tells whether a NegotiateProtocolVersion is due before anything else. */
        public boolean needsNegotiation() {
            return version.compareTo(ProtocolVersion.V3_2) > 0 || !protocolOptions.isEmpty();
        }
    }

    /**
     * None of these, or one that cannot be served. The stream cannot be read any further.
     *
     * @param fault why, as a stable reason
     * @param message why, in words for the peer
     */
    record Unreadable(StartupFault fault, String message) implements StartupPacket {}
}
