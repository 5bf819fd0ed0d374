package dev.postern.sql.grammar;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A module's memory as one array, so that an access is one checked array access: an address outside
 * ends in {@link IndexOutOfBoundsException}, which is this memory's trap. It begins with a copy of
 * the module's static data. What only threads and bulk segments need is not there.
 */
@SuppressWarnings("removal")
final class LinearMemory implements Memory {

    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final MemoryLimits limits;
    private final byte[] staticData;
    private byte[] bytes;

    /**
     * Makes a memory.
     *
     * @param staticData what it begins with; neither kept changed nor changed
     */
    LinearMemory(MemoryLimits limits, byte[] staticData) {
        this.limits = limits;
        this.staticData = staticData;
        this.bytes = new byte[Memory.bytes(limits.initialPages())];
    }

    @Override
    public int pages() {
        return bytes.length / PAGE_SIZE;
    }

    @Override
    public int initialPages() {
        return limits.initialPages();
    }

    @Override
    public int maximumPages() {
        return limits.maximumPages();
    }

    @Override
    public int grow(int more) {
        int before = pages();
        if (more < 0 || more > maximumPages() - before) {
            return -1;
        }
        bytes = Arrays.copyOf(bytes, Memory.bytes(before + more));
        return before;
    }

    @Override
    public void initialize(Instance instance, DataSegment[] segments) {
        System.arraycopy(staticData, 0, bytes, 0, staticData.length);
    }

    @Override
    public void initialize(Instance instance, DataSegment[] segments, int memoryIndex) {
        initialize(instance, segments);
    }

    @Override
    public void zero() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public byte read(int address) {
        return bytes[address];
    }

    @Override
    public short readShort(int address) {
        return (short) SHORT.get(bytes, address);
    }

    @Override
    public int readInt(int address) {
        return (int) INT.get(bytes, address);
    }

    @Override
    public long readLong(int address) {
        return (long) LONG.get(bytes, address);
    }

    @Override
    public float readFloat(int address) {
        return Float.intBitsToFloat(readInt(address));
    }

    @Override
    public double readDouble(int address) {
        return Double.longBitsToDouble(readLong(address));
    }

    @Override
    public long readU16(int address) {
        return Short.toUnsignedLong(readShort(address));
    }

    @Override
    public long readF32(int address) {
        return readInt(address);
    }

    @Override
    public long readF64(int address) {
        return readLong(address);
    }

    @Override
    public byte[] readBytes(int address, int length) {
        return Arrays.copyOfRange(bytes, address, Math.addExact(address, length));
    }

    /** Returns the bytes from an address to the next NUL, without it. */
    byte[] readString(int address) {
        int end = address;
        while (bytes[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(bytes, address, end);
    }

    @Override
    public void writeByte(int address, byte value) {
        bytes[address] = value;
    }

    @Override
    public void writeShort(int address, short value) {
        SHORT.set(bytes, address, value);
    }

    @Override
    public void writeI32(int address, int value) {
        INT.set(bytes, address, value);
    }

    @Override
    public void writeLong(int address, long value) {
        LONG.set(bytes, address, value);
    }

    @Override
    public void writeF32(int address, float value) {
        writeI32(address, Float.floatToRawIntBits(value));
    }

    @Override
    public void writeF64(int address, double value) {
        writeLong(address, Double.doubleToRawLongBits(value));
    }

    @Override
    public void write(int address, byte[] data, int offset, int size) {
        System.arraycopy(data, offset, bytes, address, size);
    }

    @Override
    public void fill(byte value, int from, int to) {
        Arrays.fill(bytes, from, to, value);
    }

    @Override
    public void copy(int to, int from, int size) {
        System.arraycopy(bytes, from, bytes, to, size);
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public Object lock(int address) {
        throw notThere();
    }

    @Override
    public int waitOn(int address, int expected, long timeout) {
        throw notThere();
    }

    @Override
    public int waitOn(int address, long expected, long timeout) {
        throw notThere();
    }

    @Override
    public int notify(int address, int waiters) {
        throw notThere();
    }

    @Override
    public void initPassiveSegment(int segment, int address, int offset, int size) {
        throw notThere();
    }

    @Override
    public void drop(int segment) {
        throw notThere();
    }

    private static UnsupportedOperationException notThere() {
        return new UnsupportedOperationException(
                "PostgreSQL's parser uses neither threads nor passive segments");
    }
}
