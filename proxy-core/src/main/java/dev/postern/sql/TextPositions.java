package dev.postern.sql;

/**
 * Turns byte offsets, which the grammar counts in, into characters counted from 1, which
 * PostgreSQL's clients count in.
 */
final class TextPositions {

    private static final int STEP = 64;

    private final byte[] text;
    private int[] before = {};

    TextPositions(byte[] text) {
        this.text = text;
    }

    /** Returns the character at an offset counted from 0; 0 for an offset outside the text. */
    int character(int offset) {
        if (offset < 0 || offset > text.length) {
            return 0;
        }
        if (before.length == 0) {
            before = count();
        }
        int characters = before[offset / STEP];
        for (int i = offset / STEP * STEP; i < offset; i++) {
            characters += starts(text[i]);
        }
        return characters + 1;
    }

    private int[] count() {
        int[] counts = new int[text.length / STEP + 1];
        int characters = 0;
        for (int i = 0; i <= text.length; i++) {
            if (i % STEP == 0) {
                counts[i / STEP] = characters;
            }
            if (i < text.length) {
                characters += starts(text[i]);
            }
        }
        return counts;
    }

    private static int starts(byte b) {
        return (b & 0xC0) == 0x80 ? 0 : 1;
    }
}
