package dev.postern.server.config;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The syntax of CIDR notation: an address with an optional number of leading bits, and no bit set
 * beyond them.
 */
final class AddressRange {

    private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f:.]{2,45})(?:/([0-9]{1,3}))?");

    private static final Pattern FOUR_PARTS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private AddressRange() {}

    /**
     * @throws IllegalArgumentException saying what is wrong if the text is no address range
     */
    static void check(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("host names have no place here");
        }
        String host = matcher.group(1);
        if (host.indexOf(':') < 0 && !FOUR_PARTS.matcher(host).matches()) {
            throw new IllegalArgumentException("an IPv4 address has four parts");
        }
        byte[] address = InetAddress.ofLiteral(host).getAddress();
        String written = matcher.group(2);
        int bits = address.length * Byte.SIZE;
        int length = written == null ? bits : Integer.parseInt(written);
        if (length > bits) {
            throw new IllegalArgumentException("the length is at most " + bits);
        }
        for (int bit = length; bit < bits; bit++) {
            if ((address[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
                throw new IllegalArgumentException(
                        "the address has bits beyond the length of " + length);
            }
        }
    }
}
