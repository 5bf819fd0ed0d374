package dev.postern.server.secrets;

/** A secret cannot be had. The message says which and why, and holds nothing of it. */
public final class SecretUnavailableException extends Exception {

    private final String reason;

    /**
     * @param reason why, in words
     */
    public SecretUnavailableException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** Returns why, in words. */
    public String reason() {
        return reason;
    }
}
