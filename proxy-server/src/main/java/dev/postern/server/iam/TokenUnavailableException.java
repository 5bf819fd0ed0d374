package dev.postern.server.iam;

/** A cloud gives no password. The message says why, in the words of its SDK. */
public final class TokenUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int MAX_WORDS = 500;

    /**
     * @param cloud who gives none
     * @param e why
     */
    public TokenUnavailableException(String cloud, Exception e) {
        super(cloud + " gives no token: " + words(e), e);
    }

    private static String words(Exception e) {
        String message =
                (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
                        .replaceAll("\\s+", " ");
        return message.length() > MAX_WORDS ? message.substring(0, MAX_WORDS) + "…" : message;
    }
}
