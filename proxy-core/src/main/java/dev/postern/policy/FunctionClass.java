package dev.postern.policy;

/** What a reviewed function is. */
enum FunctionClass {
    /** May be called. */
    SAFE,
    /** Changes something, or runs what it is given as text. */
    UNSAFE,
    /** Tells more than a reading agent should know. */
    SENSITIVE,
    /** Judged by the setting it reads or changes. */
    SETTING,
    /** Part of the reset text of connection pools. */
    RESET
}
