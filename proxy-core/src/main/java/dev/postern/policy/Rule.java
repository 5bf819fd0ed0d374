package dev.postern.policy;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Why a text or message is refused: one constant for each reason. {@link #code} is the contract: it
 * stands in the error's DETAIL, in the audit event and in the metrics, and has its own section in
 * {@code docs/policy.md}.
 */
public enum Rule {
    /** The statement's kind is not among those that may pass. */
    STATEMENT_NOT_ALLOWED,
    /** A writing statement: data, schema, roles or server state. */
    WRITE,
    /** A data-modifying statement inside WITH. */
    DATA_MODIFYING_CTE,
    /** {@code SELECT … INTO}, {@code CREATE TABLE AS} and their like. */
    SELECT_INTO,
    /** {@code FOR UPDATE} and its like. */
    ROW_LOCK,
    /** A read-write or otherwise refused transaction mode. */
    TRANSACTION_MODE,
    /** A setting that is not on the list, or a value that is not. */
    SETTING,
    /** {@code COPY} in a form that is not a read to the client. */
    COPY,
    /** A function known to be unsafe. */
    FUNCTION_UNSAFE,
    /** A function that nothing says is safe. */
    FUNCTION_UNKNOWN,
    /** {@code EXECUTE} of a name that this session has not prepared. */
    PREPARED_STATEMENT_UNKNOWN,
    /** A system relation that holds secrets. */
    RELATION,
    /** A relation that the policy does not open. */
    RELATION_DENIED,
    /** A relation that the catalog does not have. */
    RELATION_UNKNOWN,
    /** A foreign table that the policy does not name: it reaches another system. */
    FOREIGN_TABLE,
    /** A column that the policy closes. */
    COLUMN_DENIED,
    /** A question to Postern itself that it cannot answer as it was asked. */
    QUESTION,
    /** A parse-tree node that the gate does not know. */
    NODE_UNKNOWN,
    /** The text does not parse. */
    SYNTAX,
    /** The second reader sees a write where the grammar saw reads. */
    READERS_DISAGREE,
    /** The text is longer than the limit. */
    TEXT_TOO_LONG,
    /** The text is nested too deep, has too many nodes or takes too long to judge. */
    TEXT_TOO_COMPLEX,
    /** The text is not valid UTF-8 or holds NUL. */
    ENCODING,
    /** The gate itself is overloaded or failed; nothing unjudged passes. */
    GATE_UNAVAILABLE,
    /** The audit trail cannot take the record. */
    AUDIT_UNAVAILABLE,
    /** The standby is further behind than the policy allows. */
    STALE_HOST,
    /** The FunctionCall message. */
    FUNCTION_CALL_MESSAGE,
    /** A quota of the policy is used up. */
    QUOTA,
    /** A limit of the policy was hit while the statement ran. */
    RESULT_LIMIT;

    private static final Set<Rule> OBSERVABLE =
            EnumSet.of(RELATION_DENIED, COLUMN_DENIED, FUNCTION_UNKNOWN);

    private final String code = name().toLowerCase(Locale.ROOT);

    /** Returns the stable code, such as {@code data_modifying_cte}. */
    public String code() {
        return code;
    }

    /** Tells whether a policy in mode {@code observe} lets pass what this rule is against. */
    public boolean isObservable() {
        return OBSERVABLE.contains(this);
    }
}
