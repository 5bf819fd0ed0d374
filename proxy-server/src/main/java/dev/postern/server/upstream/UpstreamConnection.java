package dev.postern.server.upstream;

import dev.postern.protocol.BackendKey;
import io.netty.channel.Channel;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection to PostgreSQL that is authenticated and idle: ReadyForQuery {@code I} has come,
 * nothing is left in any buffer.
 *
 * @param channel owned by the receiver; has no handler but that of TLS, if any, and does not read
 *     ({@code autoRead} is off)
 * @param host which of the hosts it is
 * @param parameterStatus what the server has reported, in its order
 * @param key what cancels the connection's statements; {@code null} if the server gave none
 */
public record UpstreamConnection(
        Channel channel,
        UpstreamHost host,
        Map<String, String> parameterStatus,
        @Nullable BackendKey key) {

    /** The parameter that tells whether the server is a standby (PostgreSQL 14 and later). */
    public static final String IN_HOT_STANDBY = "in_hot_standby";

    public UpstreamConnection {
        parameterStatus = Collections.unmodifiableMap(new LinkedHashMap<>(parameterStatus));
    }

    /**
     * Tells whether the server said, while connecting, that it is a hot standby. A later
     * ParameterStatus may say otherwise.
     */
    public boolean inHotStandby() {
        return "on".equals(parameterStatus.get(IN_HOT_STANDBY));
    }
}
