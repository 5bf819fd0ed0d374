package dev.postern.server.enforce;

import dev.postern.policy.SessionEffects;
import dev.postern.protocol.BindParts;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendFrame;
import dev.postern.protocol.FrontendFrameReader;
import dev.postern.protocol.FrontendMessage;
import dev.postern.protocol.ParseParts;
import dev.postern.protocol.SqlState;
import dev.postern.session.ResponseTracker;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What an agent sends, as bytes: cuts them into messages, shows each to {@link MessageGuard}, and
 * forwards the bytes of those that may pass, in pieces as large as they come.
 *
 * <p>All methods are called on the session's event loop.
 */
final class AgentIntake {

    private final FrontendFrameReader frames;
    private final int maxPipeline;
    private final ResponseTracker tracker;
    private final MessageGuard guard;
    private final Output output;

    private boolean closed;
    private boolean held;
    private int skipBytes;

    /** The input while it is taken, and how far it has been forwarded. */
    private @Nullable ByteBuf taking;

    private int forwardFrom;

    /** Where to. */
    interface Output {

        /** Forwards {@code [from, to)} of the input to the upstream. */
        void forward(ByteBuf in, int from, int to);

        /** Tells what the Query or Execute that is forwarded next does to the session. */
        void announce(SessionEffects effects);

        /** Asks the upstream for the answers it holds back. */
        void sendFlush();

        /** Ends the session: the agent's bytes are no messages. */
        void fatal(ErrorResponse error);
    }

    /**
     * Makes an intake.
     *
     * @param maxPipeline messages the upstream may owe an answer for before the next waits
     */
    AgentIntake(
            FrontendFrameReader frames,
            int maxPipeline,
            ResponseTracker tracker,
            MessageGuard guard,
            Output output) {
        this.frames = frames;
        this.maxPipeline = maxPipeline;
        this.tracker = tracker;
        this.guard = guard;
        this.output = output;
    }

    /** Tells whether the input has to wait, so that nothing more should be read from the agent. */
    boolean waiting() {
        return closed || held || guard.waiting() || tracker.owed() >= maxPipeline;
    }

    /**
     * Answers have come, or a pause has ended: tells whether the input should be presented again.
     */
    boolean readyAgain() {
        guard.onAnswers();
        return !waiting();
    }

    /** Holds the input back, or lets it go on. */
    void hold(boolean hold) {
        held = hold;
    }

    /** Takes nothing more. */
    void close() {
        closed = true;
    }

    /**
     * Takes the messages that are whole.
     *
     * @param in its reader index is moved behind what was taken; neither kept nor released
     */
    void take(ByteBuf in) {
        int before = in.readerIndex();
        forwardFrom = before;
        while (in.isReadable() && !waiting()) {
            int at = in.readerIndex();
            if (skipBytes > 0) {
                int step = Math.min(skipBytes, in.readableBytes());
                skipBytes -= step;
                in.skipBytes(step);
                forwardFrom = in.readerIndex();
                continue;
            }
            FrontendFrame frame = frames.read(in, at);
            if (frame instanceof FrontendFrame.Incomplete) {
                break;
            }
            taking = in;
            if (!taken(in, at, frame)) {
                break;
            }
        }
        forwardTaken(in);
        taking = null;
        if (in.readerIndex() > before && tracker.openPipeline() && tracker.owed() >= maxPipeline) {
            // The upstream keeps its answers back for a Sync that may stand behind the messages
            // which now wait for them.
            output.sendFlush();
        }
    }

    /** Deals with what stands at the head; false if it has to wait, or is the last. */
    private boolean taken(ByteBuf in, int at, FrontendFrame frame) {
        MessageGuard.Step step;
        int length;
        switch (frame) {
            case FrontendFrame.Whole(FrontendMessage message, int wholeLength) -> {
                step = guard.on(message);
                length = wholeLength;
            }
            case FrontendFrame.TooLong tooLong -> {
                step = guard.onTooLong(tooLong);
                length = 0;
                if (step == MessageGuard.Step.CONSUME) {
                    skipBytes = tooLong.length();
                }
            }
            case FrontendFrame.Malformed(String reason) -> {
                forwardTaken(in);
                in.readerIndex(in.writerIndex());
                forwardFrom = in.readerIndex();
                output.fatal(ErrorResponse.fatal(SqlState.PROTOCOL_VIOLATION, reason));
                return false;
            }
            case FrontendFrame.Incomplete incomplete -> {
                return false;
            }
        }
        switch (step) {
            case FORWARD -> {
                SessionEffects effects = guard.takeEffects();
                if (effects != null) {
                    forwardTaken(in);
                    output.announce(effects);
                }
                in.readerIndex(at + length);
            }
            case CONSUME, REPLACE -> {
                forwardTaken(in);
                in.readerIndex(at + length);
                forwardFrom = in.readerIndex();
                guard.onConsumed();
            }
            case WAIT -> forwardTaken(in);
        }
        return true;
    }

    /** Forwards what was allowed so far, so that something else may follow it. */
    private void forwardTaken(ByteBuf in) {
        int from = forwardFrom;
        int to = in.readerIndex();
        forwardFrom = to;
        if (to > from) {
            output.forward(in, from, to);
        }
    }

    /** Returns the Parse that is decided about; to be called from within the decision. */
    ParseParts parseInHand() {
        ByteBuf in = inHand();
        return ParseParts.of(in, in.readerIndex());
    }

    /** Returns the Bind that is decided about; to be called from within the decision. */
    BindParts bindInHand() {
        ByteBuf in = inHand();
        return BindParts.of(in, in.readerIndex());
    }

    private ByteBuf inHand() {
        ByteBuf in = taking;
        if (in == null) {
            throw new IllegalStateException("no message is decided about");
        }
        return in;
    }

    /** Forwards what was allowed so far; to be called from within a decision. */
    void forwardTaken() {
        ByteBuf in = taking;
        if (in != null) {
            forwardTaken(in);
        }
    }
}
