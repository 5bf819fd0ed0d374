package dev.postern.server.audit;

import dev.postern.audit.HashChain;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How far the files have come.
 *
 * @param generation rises with each checkpoint
 * @param tail the position in the journal of the first record that may not be in a file
 * @param seq the seq of that record
 * @param hash the hash of the line before it; not changed by anyone
 */
@SuppressWarnings("ArrayRecordComponent")
record Checkpoint(long generation, long tail, long seq, byte[] hash) {

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int HASH_AT = 24;
    private static final int CHECKSUM_AT = HASH_AT + HashChain.HASH_BYTES;

    /** Where a trail begins whose next line has this seq. */
    static Checkpoint start(long seq, byte[] hash) {
        return new Checkpoint(0, 0, seq, hash);
    }

    /** Writes itself into a slot of 64 bytes. */
    void write(MemorySegment slot) {
        slot.set(LONG, 0, generation);
        slot.set(LONG, 8, tail);
        slot.set(LONG, 16, seq);
        MemorySegment.copy(hash, 0, slot, ValueLayout.JAVA_BYTE, HASH_AT, hash.length);
        slot.set(LONG, CHECKSUM_AT, checksum(slot));
    }

    /** Reads a slot; {@code null} if what is there is not whole. */
    static @Nullable Checkpoint read(MemorySegment slot) {
        if (slot.get(LONG, CHECKSUM_AT) != checksum(slot)) {
            return null;
        }
        byte[] hash = slot.asSlice(HASH_AT, HashChain.HASH_BYTES).toArray(ValueLayout.JAVA_BYTE);
        return new Checkpoint(slot.get(LONG, 0), slot.get(LONG, 8), slot.get(LONG, 16), hash);
    }

    /** Never zero, so that an empty slot is not taken for a checkpoint. */
    private static long checksum(MemorySegment slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot.asSlice(0, CHECKSUM_AT).toArray(ValueLayout.JAVA_BYTE));
        return crc.getValue() | 1L << 32;
    }
}
