package dev.postern.protocol;

/** Why a startup packet is refused. */
public enum StartupFault {
    /** The length is impossible for any packet, or for this kind of packet. */
    LENGTH(SqlState.PROTOCOL_VIOLATION),
    /** The parameters are not NUL-terminated pairs up to one final NUL. */
    LAYOUT(SqlState.PROTOCOL_VIOLATION),
    /** A name or value is not UTF-8. */
    ENCODING(SqlState.CHARACTER_NOT_IN_REPERTOIRE),
    /** A major version other than 3, or an unknown request code. */
    VERSION(SqlState.FEATURE_NOT_SUPPORTED),
    /** No user name, an empty one, or one longer than PostgreSQL's names can be. */
    USER(SqlState.INVALID_AUTHORIZATION_SPECIFICATION),
    /** A replication connection was asked for. */
    REPLICATION(SqlState.FEATURE_NOT_SUPPORTED),
    /** The parameter replication has a value that is neither a boolean nor {@code database}. */
    REPLICATION_VALUE(SqlState.INVALID_PARAMETER_VALUE);

    private final SqlState sqlState;

    StartupFault(SqlState sqlState) {
        this.sqlState = sqlState;
    }

    /** Returns what the error carries. */
    public SqlState sqlState() {
        return sqlState;
    }
}
