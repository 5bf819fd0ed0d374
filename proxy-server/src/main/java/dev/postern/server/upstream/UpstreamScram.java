package dev.postern.server.upstream;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import com.ongres.scram.common.util.TlsServerEndpoint;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The client's side of one SCRAM-SHA-256 exchange with PostgreSQL, with channel binding if there is
 * something to bind to. The methods are called in their order.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sasl-authentication.html">PostgreSQL, "SASL
 *     Authentication"</a>
 */
final class UpstreamScram {

    /** The mechanism without channel binding. */
    static final String MECHANISM = "SCRAM-SHA-256";

    /** The mechanism with channel binding. */
    static final String MECHANISM_PLUS = "SCRAM-SHA-256-PLUS";

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

    /**
     * Begins an exchange; wipes the password.
     *
     * @param offered the server's mechanisms, at least one of the two among them
     * @param bindingData what the exchange is tied to, as {@link ServerEndPoint} tells it; empty:
     *     nothing, and the server is told that this side could not. If there is something and the
     *     server offers no binding, it is told that this side could have: a server that did offer
     *     it, to somebody in between, then refuses.
     */
    static UpstreamScram begin(char[] password, List<String> offered, byte[] bindingData) {
        boolean bound = bindingData.length > 0 && offered.contains(MECHANISM_PLUS);
        try {
            // The user name is PostgreSQL's from the startup packet; here it ignores it.
            ScramClient.FinalBuildStage builder =
                    ScramClient.builder()
                            .advertisedMechanisms(List.of(bound ? MECHANISM_PLUS : MECHANISM))
                            .username("*")
                            .password(password)
                            .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION);
            if (bindingData.length > 0) {
                builder.channelBinding(TlsServerEndpoint.TLS_SERVER_END_POINT, bindingData);
            }
            return new UpstreamScram(builder.build());
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /** Returns which of the two mechanisms it is. */
    String mechanism() {
        return client.getScramMechanism().getName();
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
