package dev.postern.it;

/** Postern before one server. */
final class Gateway implements AutoCloseable {

    private final PostgresUnderTest upstream;

    private Gateway(PostgresUnderTest upstream) {
        this.upstream = upstream;
    }

    static Gateway before(PostgresUnderTest upstream) {
        return new Gateway(upstream);
    }

    PostgresUnderTest upstream() {
        return upstream;
    }

    /** An agent with its credential. */
    Endpoint agent() {
        return upstream.serving();
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return upstream.label();
    }
}
