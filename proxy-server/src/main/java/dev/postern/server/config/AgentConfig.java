package dev.postern.server.config;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the section {@code agents}.
 *
 * @param name what it logs in as
 * @param policy the name of its policy
 * @param owner the human answerable for it; {@code null} if none is named
 * @param verifier what its password is checked against
 * @param networks address ranges it may come from; empty: from anywhere
 * @param expires when its credential stops working; {@code null}: never
 * @param created when its credential was made; {@code null} if that is not known
 */
public record AgentConfig(
        String name,
        String policy,
        @Nullable String owner,
        VerifierText verifier,
        List<String> networks,
        @Nullable Instant expires,
        @Nullable Instant created) {

    public AgentConfig {
        networks = List.copyOf(networks);
    }
}
