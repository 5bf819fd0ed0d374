package dev.postern.server.pool;

/** Why a session has to keep its connection between transactions. */
public enum Pin {
    /** It has prepared a statement in SQL. */
    PREPARED,
    /** It has a cursor that outlives its transaction. */
    CURSOR,
    /** It has settings that cannot be taken along. */
    SETTINGS
}
