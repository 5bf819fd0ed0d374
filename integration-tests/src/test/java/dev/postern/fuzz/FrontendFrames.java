package dev.postern.fuzz;

import dev.postern.protocol.FrameLimits;
import dev.postern.protocol.FrontendFrame;
import dev.postern.protocol.FrontendFrameReader;
import dev.postern.protocol.FrontendMessage;
import dev.postern.protocol.FrontendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * What an agent sends, read as a whole and cut wherever a network may cut it: a cut never changes
 * what a message says, and a message covers its bytes exactly.
 */
public final class FrontendFrames {

    private static final int LIMIT = 1000;
    private static final int SHORT_LIMIT = 300;
    private static final int MOST_CUTS = 40;
    private static final FrontendFrameReader READER =
            new FrontendFrameReader(new FrameLimits(LIMIT, LIMIT, SHORT_LIMIT));
    private static final FrontendFrameReader PATIENT_READER =
            new FrontendFrameReader(new FrameLimits(1 << 20, 1 << 20, SHORT_LIMIT));

    private FrontendFrames() {}

    /** Reads a stream of messages. */
    public static void fuzzerTestOneInput(byte[] input) {
        ByteBuf stream = Unpooled.wrappedBuffer(input);
        int at = 0;
        while (at < input.length) {
            FrontendFrame frame = READER.read(stream, at);
            Finding.unless(
                    stream.readerIndex() == 0 && stream.writerIndex() == input.length,
                    "reading moved the buffer's indices");
            cutsChangeNothing(input, at, frame);
            switch (frame) {
                case FrontendFrame.Whole(FrontendMessage message, int length) -> {
                    Finding.unless(
                            length >= FrontendFrameReader.HEADER_LENGTH
                                    && length <= input.length - at
                                    && covers(message, length),
                            message + " of " + length + " bytes");
                    at += length;
                }
                case FrontendFrame.TooLong(byte type, int length, int limit) -> {
                    Finding.unless(length > limit, "too long, and yet within the limit");
                    at = Math.min(input.length, at + length);
                }
                case FrontendFrame.Incomplete incomplete -> at = input.length;
                case FrontendFrame.Malformed malformed -> at = input.length;
            }
        }
        writtenIsReadBack(input);
    }

    private static void cutsChangeNothing(byte[] input, int at, FrontendFrame frame) {
        int length =
                frame instanceof FrontendFrame.Whole whole ? whole.length() : input.length - at;
        int step = Math.max(1, length / MOST_CUTS);
        for (int cut = 0; cut < length; cut += step) {
            FrontendFrame early = READER.read(Unpooled.wrappedBuffer(input, 0, at + cut), at);
            Finding.unless(
                    early instanceof FrontendFrame.Incomplete
                            || (!(frame instanceof FrontendFrame.Whole) && early.equals(frame)),
                    early + " after " + cut + " bytes of " + frame);
        }
        if (frame instanceof FrontendFrame.Whole) {
            FrontendFrame exact = READER.read(Unpooled.wrappedBuffer(input, 0, at + length), at);
            Finding.unless(exact.equals(frame), exact + " instead of " + frame);
        }
    }

    private static boolean covers(FrontendMessage message, int length) {
        int body = length - FrontendFrameReader.HEADER_LENGTH;
        return switch (message) {
            case FrontendMessage.Query query -> body == query.text().length() + 1;
            case FrontendMessage.Parse parse -> {
                int types = body - parse.statement().length() - parse.text().length() - 4;
                yield types >= 0 && types % 4 == 0;
            }
            case FrontendMessage.Bind bind ->
                    body >= bind.portal().length() + bind.statement().length() + 8;
            case FrontendMessage.Describe describe -> body == describe.name().length() + 2;
            case FrontendMessage.Execute execute -> body == execute.portal().length() + 5;
            case FrontendMessage.Close close -> body == close.name().length() + 2;
            case FrontendMessage.Sync sync -> body == 0;
            case FrontendMessage.Flush flush -> body == 0;
            case FrontendMessage.Terminate terminate -> body <= SHORT_LIMIT;
            case FrontendMessage.FunctionCall call -> body <= SHORT_LIMIT;
            case FrontendMessage.CopyIn copy -> body <= SHORT_LIMIT;
        };
    }

    /** What Postern itself writes, it reads as the same text. */
    private static void writtenIsReadBack(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        if (text.indexOf('\0') >= 0) {
            return;
        }
        ByteBuf out = Unpooled.buffer();
        FrontendMessages.query(out, text);
        int second = out.writerIndex();
        FrontendMessages.parse(out, "s", text);
        Finding.unless(
                PATIENT_READER.read(out, 0)
                                instanceof
                                FrontendFrame.Whole(FrontendMessage.Query query, int length)
                        && length == second
                        && text.equals(new String(query.text().bytes(), StandardCharsets.UTF_8)),
                "Query is not what was written");
        Finding.unless(
                PATIENT_READER.read(out, second)
                                instanceof
                                FrontendFrame.Whole(FrontendMessage.Parse parse, int length)
                        && length == out.writerIndex() - second
                        && parse.statement().equals("s")
                        && text.equals(new String(parse.text().bytes(), StandardCharsets.UTF_8)),
                "Parse is not what was written");
    }
}
