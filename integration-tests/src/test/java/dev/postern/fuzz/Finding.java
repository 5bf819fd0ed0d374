package dev.postern.fuzz;

/** Something that has to hold for any input does not hold for this one. */
final class Finding extends RuntimeException {

    private static final long serialVersionUID = 1;

    private Finding(String what) {
        super(what);
    }

    static void unless(boolean holds, String what) {
        if (!holds) {
            throw new Finding(what);
        }
    }
}
