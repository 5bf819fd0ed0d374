package dev.postern.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A range of addresses in CIDR notation, {@code 10.0.0.0/8} or {@code 2001:db8::/32}. An address
 * without a length is a single one.
 */
public final class Network {

    private final byte[] address;
    private final int prefixLength;

    private Network(byte[] address, int prefixLength) {
        this.address = address;
        this.prefixLength = prefixLength;
    }

    /**
     * Reads CIDR notation.
     *
     * @throws IllegalArgumentException if the text is no literal address with an optional length,
     *     or has bits set beyond the length
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        if (host.isEmpty()
                || !host.chars()
                        .allMatch(c -> Character.digit(c, 16) >= 0 || c == '.' || c == ':')) {
            throw new IllegalArgumentException("not an address range: \"" + text + "\"");
        }
        if (host.indexOf(':') < 0 && !host.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            throw new IllegalArgumentException("not an address range: \"" + text + "\"");
        }
        byte[] address;
        int length;
        try {
            address = InetAddress.getByName(host).getAddress();
            length = slash < 0 ? address.length * 8 : Integer.parseInt(text.substring(slash + 1));
        } catch (UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException("not an address range: \"" + text + "\"", e);
        }
        if (length < 0 || length > address.length * 8) {
            throw new IllegalArgumentException(
                    "prefix length must be between 0 and "
                            + address.length * 8
                            + ": \""
                            + text
                            + "\"");
        }
        for (int bit = length; bit < address.length * 8; bit++) {
            if ((address[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
                throw new IllegalArgumentException(
                        "bits set beyond the prefix length: \"" + text + "\"");
            }
        }
        return new Network(address, length);
    }

    /**
     * Tells whether an address lies in this range. IPv4 addresses mapped into IPv6 count as IPv4.
     */
    public boolean contains(InetAddress candidate) {
        byte[] other = candidate.getAddress();
        if (other.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < prefixLength; bit++) {
            int mask = 0x80 >> (bit & 7);
            if ((address[bit >> 3] & mask) != (other[bit >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network that
                && that.prefixLength == prefixLength
                && Arrays.equals(that.address, address);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(address) * 31 + prefixLength;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(address).getHostAddress() + "/" + prefixLength;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
