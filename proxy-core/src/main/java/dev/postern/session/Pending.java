package dev.postern.session;

/** One thing the upstream owes an answer for. */
sealed interface Pending {

    /** A Query: any number of results, then ReadyForQuery. */
    record Query(Execution execution) implements Pending {}

    /** A Parse: ParseComplete. */
    record Parse(NamedObjects.Change<?> change, Attempt attempt) implements Pending {}

    /** A Bind: BindComplete. */
    record Bind(NamedObjects.Change<?> change, Attempt attempt) implements Pending {}

    /** A Describe of a statement: ParameterDescription, then RowDescription or NoData. */
    record DescribeStatement() implements Pending {
        static final DescribeStatement INSTANCE = new DescribeStatement();
    }

    /** A Describe of a portal: RowDescription or NoData. */
    record DescribePortal() implements Pending {
        static final DescribePortal INSTANCE = new DescribePortal();
    }

    /**
     * An Execute: rows or COPY data, then CommandComplete, EmptyQueryResponse or PortalSuspended.
     */
    record Execute(Execution execution) implements Pending {}

    /** A Close: CloseComplete. */
    record Close(NamedObjects.Change<?> change) implements Pending {}

    /** A Sync: ReadyForQuery. */
    record Sync() implements Pending {
        static final Sync INSTANCE = new Sync();
    }

    /**
     * A statement that cannot succeed, sent in place of a refused Query so that the upstream's
     * transaction fails as it would have: an error, which {@code response} replaces, then
     * ReadyForQuery.
     */
    record RefusedQuery(Refusal response) implements Pending {}

    /** Likewise in place of a refused message of the extended protocol: an error. */
    record RefusedExtended(Refusal response) implements Pending {}
}
