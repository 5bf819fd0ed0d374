package dev.postern.server.metrics;

import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.policy.Verdict;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * {@code postern_statements_total} of one agent: found by command, and for denials by rule, without
 * an allocation.
 */
final class StatementCounters {

    /** Commands are a closed set; should a caller's not be, the rest shares one label. */
    private static final int MAX_COMMANDS = 200;

    private static final String OTHER_COMMAND = "OTHER";

    /** The value of {@code rule} where no rule refused. */
    private static final String NO_RULE = "";

    private final MeterRegistry registry;
    private final String agent;
    private final Map<String, LongAdder> allowed = new ConcurrentHashMap<>();
    private final Map<Rule, Map<String, LongAdder>> denied = new EnumMap<>(Rule.class);

    /** What would have been refused, were its policy not only observing. */
    private final Map<Rule, Map<String, LongAdder>> observed = new EnumMap<>(Rule.class);

    StatementCounters(MeterRegistry registry, String agent) {
        this.registry = registry;
        this.agent = agent;
        for (Rule rule : Rule.values()) {
            denied.put(rule, new ConcurrentHashMap<>());
            observed.put(rule, new ConcurrentHashMap<>());
        }
    }

    void count(Verdict verdict) {
        String command = verdict.summary().command();
        switch (verdict) {
            case Verdict.Allow allow -> {
                Denial seen = allow.observed();
                if (seen == null) {
                    counter(allowed, command, "allow", NO_RULE).increment();
                } else {
                    Rule rule = seen.rule();
                    counter(of(observed, rule), command, "allow", rule.code()).increment();
                }
            }
            case Verdict.Answer answer -> counter(allowed, command, "allow", NO_RULE).increment();
            case Verdict.Deny deny -> {
                Rule rule = deny.denial().rule();
                counter(of(denied, rule), command, "deny", rule.code()).increment();
            }
        }
    }

    private static Map<String, LongAdder> of(Map<Rule, Map<String, LongAdder>> byRule, Rule rule) {
        Map<String, LongAdder> byCommand = byRule.get(rule);
        if (byCommand == null) {
            throw new IllegalStateException("no counters for rule " + rule);
        }
        return byCommand;
    }

    private LongAdder counter(
            Map<String, LongAdder> byCommand, String command, String decision, String rule) {
        LongAdder known = byCommand.get(command);
        if (known != null) {
            return known;
        }
        String label = byCommand.size() < MAX_COMMANDS ? command : OTHER_COMMAND;
        return byCommand.computeIfAbsent(
                label,
                name -> {
                    LongAdder adder = new LongAdder();
                    FunctionCounter.builder("postern.statements", adder, LongAdder::sum)
                            .description("Statements judged")
                            .tags(
                                    Tags.of(
                                            "agent",
                                            agent,
                                            "decision",
                                            decision,
                                            "command",
                                            name,
                                            "rule",
                                            rule))
                            .register(registry);
                    return adder;
                });
    }
}
