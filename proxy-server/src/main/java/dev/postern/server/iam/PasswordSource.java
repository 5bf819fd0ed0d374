package dev.postern.server.iam;

import dev.postern.server.secrets.Secret;
import java.time.Instant;

/** Makes passwords that expire. */
@FunctionalInterface
public interface PasswordSource {

    /**
     * A password for a while.
     *
     * @param expires from when on the server refuses it
     */
    record Token(Secret password, Instant expires) {}

    /**
     * Makes a password. May block, for as long as the cloud's SDK is willing to wait.
     *
     * @param host the server's name as connections use it
     * @param user the role
     * @throws TokenUnavailableException saying why there is none; the message holds nothing of any
     *     secret
     */
    Token fetch(String host, int port, String user) throws TokenUnavailableException;
}
