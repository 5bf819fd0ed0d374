package dev.postern.server.upstream;

/**
 * Carries an {@link UpstreamFailure} through a future. The message is for the log; it holds no
 * secret.
 */
public final class UpstreamException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient UpstreamFailure failure;

    public UpstreamException(UpstreamFailure failure) {
        super(failure.toString(), null, false, false);
        this.failure = failure;
    }

    public UpstreamFailure failure() {
        return failure;
    }
}
