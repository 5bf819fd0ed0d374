package dev.postern.audit;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Times as RFC 3339 with milliseconds in UTC. Keeps the text of the last second. For one thread.
 */
final class TimeField {

    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

    private long second = Long.MIN_VALUE;
    private byte[] text = new byte[0];

    void append(JsonBytes json, long epochMillis) {
        long wanted = Math.floorDiv(epochMillis, 1000L);
        if (wanted != second) {
            text =
                    ('"'
                                    + LocalDateTime.ofEpochSecond(wanted, 0, ZoneOffset.UTC)
                                            .format(SECOND)
                                    + ".000Z\"")
                            .getBytes(StandardCharsets.US_ASCII);
            second = wanted;
        }
        int millis = Math.floorMod(epochMillis, 1000);
        int at = text.length - "000Z\"".length();
        text[at] = (byte) ('0' + millis / 100);
        text[at + 1] = (byte) ('0' + millis / 10 % 10);
        text[at + 2] = (byte) ('0' + millis % 10);
        json.raw(text);
    }
}
