package dev.postern.identity;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One agent as configured: one credential, one policy.
 *
 * @param name what it logs in as
 * @param policy the name of its policy
 * @param owner the human answerable for it; {@code null} if none is named
 * @param verifier what its password is checked against
 * @param networks where it may come from; empty: from anywhere
 * @param expires when its credential ends; {@code null}: never
 */
public record Agent(
        String name,
        String policy,
        @Nullable String owner,
        ScramVerifier verifier,
        List<Network> networks,
        @Nullable Instant expires) {

    public Agent {
        networks = List.copyOf(networks);
    }
}
