package dev.postern.sql.grammar;

/**
 * C's {@code longjmp} on its way to the {@code invoke_} call that guards the matching {@code
 * setjmp}.
 */
final class LongJump extends RuntimeException {

    LongJump() {
        super("longjmp", null, false, false);
    }
}
