package dev.postern.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.protocol.BackendMessage;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponseTrackerTest {

    private static final ErrorResponse FAILED =
            ErrorResponse.error(SqlState.SYNTAX_ERROR, "it failed");

    private final List<String> heard = new ArrayList<>();
    private final NamedObjects<String> statements = new NamedObjects<>();
    private final NamedObjects<String> portals = new NamedObjects<>();
    private final ResponseTracker tracker = new ResponseTracker(new Hearing(), () -> 7);

    private static final class Named extends Execution {

        private final String name;

        Named(String name) {
            super(1);
            this.name = name;
        }
    }

    private final class Hearing implements ResponseTracker.Listener {

        @Override
        public void onExecutionEnded(Execution execution) {
            ErrorResponse error = execution.error();
            heard.add(
                    ((Named) execution).name
                            + " "
                            + execution.rows()
                            + (error == null ? "" : " " + error.sqlState()));
        }

        @Override
        public boolean mayPass(Execution execution, int length) {
            return execution.rows() < 2;
        }

        @Override
        public void onInterrupted(Execution execution) {
            heard.add("interrupted");
        }

        @Override
        public void onReadyForQuery() {
            heard.add("ready");
        }

        @Override
        public void onDesynchronized(String reason) {
            heard.add("desynchronized");
        }
    }

    @Test
    void simpleQuery_severalResults_endsAtReadyForQuery() {
        tracker.query(new Named("q"));

        assertThat(upstreamSends("TDCTDCIZ")).isEqualTo("TDCTDCIZ");
        assertThat(heard).containsExactly("q 2", "ready");
    }

    @Test
    void simpleQuery_error_endsWithItAtReadyForQuery() {
        tracker.query(new Named("q"));

        assertThat(upstreamSends("TDEZ")).isEqualTo("TDEZ");
        assertThat(heard).containsExactly("q 1 42601", "ready");
        assertThat(tracker.skippingToSync()).isFalse();
    }

    @Test
    void pipeline_answered_owesNothing() {
        pipeline("a");
        tracker.describeStatement();
        tracker.close(statements.remove("a"));
        tracker.sync();
        upstreamSends("12TDDCtn3Z");

        assertThat(heard).containsExactly("a 2", "ready");
        assertThat(tracker.owed()).isZero();
        assertThat(statements.get("a")).isNull();
    }

    @Test
    void pipeline_copyOutAndSuspension_countAsAnExecutionEach() {
        tracker.execute(new Named("copy"));
        tracker.execute(new Named("part"));
        tracker.sync();

        assertThat(upstreamSends("HdcCDsZ")).isEqualTo("HdcCDsZ");
        assertThat(heard).containsExactly("copy 1", "part 1", "ready");
    }

    @Test
    void pipeline_errorAtAnyPosition_skipsTheRestAndUndoesIt() {
        String answers = "12TDC";
        for (int failing : new int[] {0, 1, 2, 3, 4}) {
            ResponseTrackerTest each = new ResponseTrackerTest();
            each.pipeline("a");
            each.tracker.parse(each.statements.put("b", "b"), error -> each.heard.add("b failed"));
            each.upstreamSends(answers.substring(0, failing) + "E");

            assertThat(each.tracker.skippingToSync()).isTrue();
            assertThat(each.tracker.owed()).isZero();
            assertThat(each.statements.get("a")).isEqualTo(failing > 0 ? "a" : null);
            assertThat(each.portals.get("a")).isEqualTo(failing > 1 ? "a" : null);
            assertThat(each.statements.get("b")).isNull();
            assertThat(each.heard)
                    .contains("b failed")
                    .filteredOn(event -> event.startsWith("a ") && event.endsWith("42601"))
                    .hasSize(1);

            each.tracker.sync();
            each.upstreamSends("Z");
            assertThat(each.tracker.skippingToSync()).isFalse();
            assertThat(each.heard).endsWith("ready");
        }
    }

    @Test
    void pipeline_error_leavesTheChangesBehindItsSync() {
        statements.put("s", "old");
        tracker.parse(statements.put("s", "broken"), error -> {});
        tracker.sync();
        tracker.parse(statements.put("s", "new"), error -> {});
        tracker.sync();
        upstreamSends("EZ");
        assertThat(statements.get("s")).isEqualTo("new");

        upstreamSends("E");
        assertThat(statements.get("s")).isEqualTo("old");
    }

    @Test
    void endOfPortals_sparesWhatMessagesOnTheirWayMake() {
        tracker.bind(portals.put("ended", "ended"), error -> {});
        tracker.bind(portals.put("p", "first"), error -> {});
        tracker.sync();
        tracker.bind(portals.put("p", "second"), error -> {});
        upstreamSends("22Z");
        portals.endSettled();
        assertThat(portals.get("ended")).isNull();
        assertThat(portals.get("p")).isEqualTo("second");

        upstreamSends("E");
        assertThat(portals.get("p")).isNull();
    }

    @Test
    void queryInsideAPipelineThatFailed_isSkippedAndASyncIsDue() {
        tracker.parse(statements.put("s", "s"), error -> {});
        tracker.query(new Named("q"));
        upstreamSends("E");

        assertThat(heard).containsExactly("q 0 42601");
        assertThat(tracker.skippingToSync()).isTrue();
        assertThat(tracker.openPipeline()).isTrue();
    }

    @Test
    void refusedQuery_itsErrorIsReplaced() {
        tracker.refusedQuery(() -> heard.add("refusal"));

        assertThat(upstreamSends("EZ")).isEqualTo("Z");
        assertThat(heard).containsExactly("refusal", "ready");
    }

    @Test
    void refusedExtended_itsErrorIsReplacedAndTheRestSkipped() {
        tracker.refusedExtended(() -> heard.add("refusal"));

        assertThat(upstreamSends("E")).isEmpty();
        assertThat(heard).containsExactly("refusal");
        assertThat(tracker.skippingToSync()).isTrue();
    }

    @Test
    void query_overItsLimit_isMutedUpToItsReadyForQuery() {
        tracker.query(new Named("q"));
        tracker.query(new Named("r"));

        assertThat(upstreamSends("TDDDDNEZCZ")).isEqualTo("TDDNZCZ");
        assertThat(heard).containsExactly("interrupted", "q 2 42601", "ready", "r 0", "ready");
    }

    @Test
    void execute_overItsLimit_isMutedUpToTheReadyForQueryOfItsSync() {
        pipeline("a");
        assertThat(upstreamSends("12TDDDC")).isEqualTo("12TDD");
        assertThat(tracker.skippingToSync()).isTrue();

        tracker.sync();
        assertThat(upstreamSends("Z")).isEqualTo("Z");
        assertThat(heard).containsExactly("interrupted", "a 2", "ready");
    }

    @Test
    void execute_overItsLimitBeforeAQuery_staysMutedThroughTheQuery() {
        tracker.execute(new Named("a"));
        tracker.query(new Named("q"));

        assertThat(upstreamSends("DDDCDCZ")).isEqualTo("DD");
        assertThat(tracker.skippingToSync()).isTrue();
        assertThat(tracker.openPipeline()).isTrue();
        tracker.sync();
        assertThat(upstreamSends("Z")).isEqualTo("Z");
    }

    @Test
    void execute_interruptedBehindAnswersKeptBack_isFoundAndReplaced() {
        pipeline("a");
        tracker.sync();
        Execution running = tracker.current();
        assertThat(running).isNotNull();
        if (running != null) {
            running.interrupt();
        }

        assertThat(upstreamSends("12TEZ")).isEqualTo("12TZ");
        assertThat(heard).containsExactly("interrupted", "a 0 42601", "ready");
    }

    @Test
    void abandon_endsEverythingOwed() {
        pipeline("a");
        tracker.query(new Named("q"));
        tracker.abandon(FAILED);

        assertThat(heard).containsExactly("a failed", "a failed", "a 0 42601", "q 0 42601");
        assertThat(tracker.owed()).isZero();
    }

    @Test
    void asynchronousMessages_passAnyTime() {
        assertThat(upstreamSends("NSA")).isEqualTo("NSA");
        assertThat(heard).isEmpty();
    }

    @Test
    void unowedMessages_desynchronize() {
        for (char type : "123DCITtnsZdcHGWV?".toCharArray()) {
            ResponseTrackerTest each = new ResponseTrackerTest();
            each.upstreamSends(String.valueOf(type));
            assertThat(each.heard).as("type %s", type).contains("desynchronized");
        }
    }

    @Test
    void copyIn_desynchronizes() {
        tracker.query(new Named("q"));
        upstreamSends("G");

        assertThat(heard).containsExactly("desynchronized");
    }

    private void pipeline(String name) {
        tracker.parse(statements.put(name, name), error -> heard.add(name + " failed"));
        tracker.bind(portals.put(name, name), error -> heard.add(name + " failed"));
        tracker.describePortal();
        tracker.execute(new Named(name));
    }

    /** Sends a message of each type; returns the types that went on to the agent. */
    private String upstreamSends(String types) {
        StringBuilder passed = new StringBuilder();
        for (int i = 0; i < types.length(); i++) {
            char type = types.charAt(i);
            if (tracker.onStart((byte) type, 10)) {
                passed.append(type);
            }
            tracker.onEnd(
                    (byte) type,
                    switch (type) {
                        case 'E' -> new BackendMessage.Failure(FAILED);
                        case 'Z' -> new BackendMessage.ReadyForQuery((byte) 'I');
                        default -> null;
                    });
        }
        return passed.toString();
    }
}
