package dev.postern.server.ssh;

import java.io.IOException;

/** There is no way through the tunnel. The message says why, in words, and holds no secret. */
public final class TunnelException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says why. */
    public TunnelException(String message) {
        super(message);
    }
}
