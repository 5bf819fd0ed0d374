package dev.postern.catalog;

import java.util.Arrays;

/** A short list of object ids, as PostgreSQL's {@code oidvector} is one. Immutable. */
public final class Oids {

    /** None. */
    public static final Oids NONE = new Oids(new int[0]);

    private final int[] values;

    private Oids(int[] values) {
        this.values = values;
    }

    /** Makes a list; the array is copied. */
    public static Oids of(int... values) {
        return values.length == 0 ? NONE : new Oids(values.clone());
    }

    /** Returns how many there are. */
    public int size() {
        return values.length;
    }

    /** Returns the one at an index from 0. */
    public int get(int index) {
        return values[index];
    }

    /** Tells whether there is none. */
    public boolean isEmpty() {
        return values.length == 0;
    }

    /** Tells whether an id is among them. */
    public boolean contains(int oid) {
        for (int value : values) {
            if (value == oid) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Oids that && Arrays.equals(that.values, values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
