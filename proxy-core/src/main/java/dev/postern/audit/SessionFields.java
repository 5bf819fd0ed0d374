package dev.postern.audit;

import dev.postern.identity.Principal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The encoded fields that all events of one session share.
 *
 * @param session {@code ,"session":…}
 * @param who the session and {@code agent, human, human_source}
 * @param connection {@code client, tls, database, upstream}
 * @param all everything from {@code session} to {@code upstream}
 * @param policy {@code ,"policy":…}
 */
@SuppressWarnings("ArrayRecordComponent")
record SessionFields(byte[] session, byte[] who, byte[] connection, byte[] all, byte[] policy) {

    static SessionFields of(SessionContext context) {
        JsonBytes session = new JsonBytes(128);
        field(session, "session", context.session());

        JsonBytes who = new JsonBytes(256).raw(session.copy());
        JsonBytes purpose = new JsonBytes(256);
        Principal principal = context.principal();
        if (principal != null) {
            field(who, "agent", principal.agent());
            field(who, "human", principal.human());
            Principal.HumanSource source = principal.humanSource();
            field(who, "human_source", source == null ? null : source.field());
            field(purpose, "task", principal.task());
            field(purpose, "prompt", principal.prompt());
        }

        JsonBytes connection = new JsonBytes(256);
        field(connection, "client", context.client());
        field(connection, "tls", context.tls());
        field(connection, "database", context.database());
        field(connection, "upstream", context.upstream());

        JsonBytes policy = new JsonBytes(64);
        field(policy, "policy", context.policy());

        byte[] all =
                new JsonBytes(512)
                        .raw(who.copy())
                        .raw(purpose.copy())
                        .raw(connection.copy())
                        .copy();
        return new SessionFields(session.copy(), who.copy(), connection.copy(), all, policy.copy());
    }

    private static void field(JsonBytes to, String name, @Nullable String value) {
        if (value != null) {
            to.field((",\"" + name + "\":").getBytes(StandardCharsets.US_ASCII), value);
        }
    }
}
