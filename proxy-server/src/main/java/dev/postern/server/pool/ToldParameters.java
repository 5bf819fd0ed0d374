package dev.postern.server.pool;

import dev.postern.protocol.BackendMessages;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a session has been told of the server's settings, so that it hears of it when the connection
 * that serves it next has others.
 */
final class ToldParameters {

    private final Map<String, String> told = new HashMap<>();

    /** What {@link #told} was last found to be the same as. */
    private @Nullable Reported same;

    /** The session knows all of these. */
    void begin(Reported reported) {
        told.putAll(reported.values());
    }

    /** The session has been told of one by the server itself. */
    void put(String name, String value) {
        told.put(name, value);
        same = null;
    }

    Map<String, String> all() {
        return new LinkedHashMap<>(told);
    }

    /** Tells whether the session is known to know these. */
    boolean isSameAs(Reported reported) {
        return reported.equals(same);
    }

    /** Writes a ParameterStatus for each that is not as the session knows it. */
    void tell(Reported reported, ByteBuf out) {
        if (isSameAs(reported)) {
            return;
        }
        same = reported;
        reported.values()
                .forEach((name, value) -> {
                    if (!value.equals(told.put(name, value))) {
                        BackendMessages.parameterStatus(out, name, value);
                    }
                });
    }
}
