package dev.postern.server.enforce;

import dev.postern.catalog.CatalogView;
import dev.postern.catalog.Oids;
import dev.postern.catalog.SearchPath;
import dev.postern.policy.Policy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A key of the verdict cache. Changeable, so that looking up needs no new one; a key that is kept
 * is set once and never again. Comparable, so that texts chosen to collide cost little.
 */
final class CacheKey implements Comparable<CacheKey> {

    private static final byte[] NO_BYTES = {};
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** The golden ratio's, as in Knuth's multiplicative hashing. */
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private static final int ROTATION = 29;

    private @Nullable Policy policy;
    private long catalogVersion;
    private List<SearchPath> paths = List.of();
    private SearchPath initial = SearchPath.SYSTEM;
    private Oids parameterTypes = Oids.NONE;
    private boolean shape;
    private byte[] bytes = NO_BYTES;
    private int length;
    private int hash;

    /**
     * Sets the key; the bytes are kept, not copied. Of the catalog it keeps the version only.
     *
     * @param isShape whether they are a shape, and not a text
     */
    void set(Policy newPolicy, CatalogView view, boolean isShape, byte[] newBytes, int newLength) {
        policy = newPolicy;
        catalogVersion = view.catalog().version();
        paths = view.paths();
        initial = view.initial();
        parameterTypes = view.parameterTypes();
        shape = isShape;
        bytes = newBytes;
        length = newLength;
        hash = hash(newPolicy.hashCode() + catalogVersion + (isShape ? 1 : 0), newBytes, newLength);
    }

    /** Eight bytes at a time: texts are long, and this is most of what a look-up costs. */
    private static int hash(long seed, byte[] bytes, int length) {
        long h = seed;
        int at = 0;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            h = mixed(h, (long) LONGS.get(bytes, at));
        }
        for (; at < length; at++) {
            h = mixed(h, bytes[at]);
        }
        return (int) (h >>> Integer.SIZE);
    }

    /** Multiplying spreads a bit upwards only, hence the rest. */
    private static long mixed(long hash, long more) {
        long product = more * MULTIPLIER;
        return Long.rotateLeft(hash ^ product ^ (product >>> Integer.SIZE), ROTATION) * MULTIPLIER;
    }

    /** Lets go of what it refers to. */
    void clear() {
        policy = null;
        paths = List.of();
        parameterTypes = Oids.NONE;
        bytes = NO_BYTES;
        length = 0;
        hash = 0;
    }

    int length() {
        return length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CacheKey that
                && that.hash == hash
                && that.shape == shape
                && that.catalogVersion == catalogVersion
                && that.paths.equals(paths)
                && that.initial.equals(initial)
                && that.parameterTypes.equals(parameterTypes)
                && Objects.equals(that.policy, policy)
                && Arrays.equals(that.bytes, 0, that.length, bytes, 0, length);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public int compareTo(CacheKey that) {
        int order = Boolean.compare(shape, that.shape);
        if (order == 0) {
            order = Long.compare(catalogVersion, that.catalogVersion);
        }
        if (order == 0) {
            order = Integer.compare(Objects.hashCode(policy), Objects.hashCode(that.policy));
        }
        return order != 0 ? order : Arrays.compare(bytes, 0, length, that.bytes, 0, that.length);
    }
}
