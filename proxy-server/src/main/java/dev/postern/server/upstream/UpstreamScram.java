package dev.postern.server.upstream;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The client's side of one SCRAM-SHA-256 exchange with PostgreSQL, without channel binding. The
 * methods are called in their order.
 */
final class UpstreamScram {

    /** The mechanism that is spoken. */
    static final String MECHANISM = "SCRAM-SHA-256";

    /** More than any server asks for; a hostile one could ask for hours. */
    static final int MAX_ITERATIONS = 1_000_000;

    private static final Pattern ITERATIONS = Pattern.compile("(?:^|,)i=(\\d{1,9})(?:,|$)");

    /** The key derivation takes milliseconds of a core, which are not the event loop's. */
    private static final Executor OFF_LOOP =
            task -> {
                Thread.ofVirtual().name("scram").start(task);
            };

    private final ScramClient client;

    private UpstreamScram(ScramClient client) {
        this.client = client;
    }

    /** Begins an exchange; wipes the password. */
    static UpstreamScram begin(char[] password) {
        try {
            // The user name is PostgreSQL's from the startup packet; here it ignores it.
            return new UpstreamScram(
                    ScramClient.builder()
                            .advertisedMechanisms(List.of(MECHANISM))
                            .username("*")
                            .password(password)
                            .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION)
                            .build());
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    String clientFirst() {
        return client.clientFirstMessage().toString();
    }

    /**
     * Computes the client-final-message on another thread.
     *
     * @return completes on that thread; fails by {@link IllegalArgumentException} if the message is
     *     no server-first-message, has another nonce or asks for too many iterations
     */
    CompletableFuture<String> clientFinal(String serverFirst) {
        Matcher iterations = ITERATIONS.matcher(serverFirst);
        if (!iterations.find() || Integer.parseInt(iterations.group(1)) > MAX_ITERATIONS) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("SCRAM iteration count"));
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        client.serverFirstMessage(serverFirst);
                        return client.clientFinalMessage().toString();
                    } catch (ScramException e) {
                        throw new CompletionException(
                                new IllegalArgumentException("SCRAM server-first-message"));
                    }
                },
                OFF_LOOP);
    }

    /** Tells whether the server knows the password's verifier. */
    boolean verifies(String serverFinal) {
        try {
            client.serverFinalMessage(serverFinal);
            return true;
        } catch (ScramException e) {
            return false;
        }
    }
}
