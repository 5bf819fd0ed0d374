package dev.postern.session;

import dev.postern.protocol.ErrorResponse;

/** A statement on its way to being run, which may fail before it is. */
@FunctionalInterface
public interface Attempt {

    /** Its Parse or Bind failed, or was skipped after an error before it. */
    void failed(ErrorResponse error);
}
