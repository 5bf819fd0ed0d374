package dev.postern.server.config;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Changes the section {@code agents} in the text of a configuration file and leaves every other
 * character as it is: comments, order and layout are the operator's. The text must have passed
 * {@link SchemaCheck}.
 */
final class AgentsText {

    private static final String AGENTS = "agents";
    private static final int INDENT = 2;

    private final String text;
    private final String newline;
    private final @Nullable NodeTuple agents;

    /** Other content for a part of the text. */
    private record Edit(int from, int to, String content) {}

    AgentsText(String text) throws YamlDocument.Unreadable {
        this.text = text;
        this.newline = text.contains("\r\n") ? "\r\n" : "\n";
        this.agents =
                YamlDocument.compose(text) instanceof MappingNode root ? find(root, AGENTS) : null;
    }

    /** Returns the text with an agent added behind the others. */
    String add(String name, AgentEntry entry) {
        if (agents == null) {
            String separator = text.isEmpty() || text.endsWith("\n") ? "" : newline;
            return text + separator + AGENTS + ":" + newline + block(name, entry, INDENT);
        }
        if (!(agents.getValueNode() instanceof MappingNode mapping)
                || mapping.getValue().isEmpty()) {
            return addFirst(agents, name, entry);
        }
        NodeTuple last = mapping.getValue().getLast();
        int end = contentEnd(last.getValueNode(), last.getKeyNode());
        if (mapping.getFlowStyle() == FlowStyle.FLOW) {
            return insert(end, ", " + flow(name, entry));
        }
        int column = mapping.getStartMark().getColumn();
        return insertLines(endOfLine(end), block(name, entry, column));
    }

    /**
     * Returns the text with another verifier for an agent that it has.
     *
     * @param created when that was made
     */
    String replaceVerifier(String name, VerifierText verifier, Instant created) {
        MappingNode agent = mapping(agent(name).getValueNode());
        NodeTuple tuple = find(agent, Keys.AGENT_VERIFIER.name());
        if (tuple == null) {
            throw new IllegalStateException("an agent without a verifier");
        }
        Edit newVerifier = replacement(tuple, AgentEntry.quoted(verifier.text()));
        String time = AgentEntry.quoted(created.toString());
        NodeTuple before = find(agent, Keys.AGENT_CREATED.name());
        if (before != null) {
            return apply(newVerifier, replacement(before, time));
        }
        Node key = tuple.getKeyNode();
        String separator =
                agent.getFlowStyle() == FlowStyle.FLOW
                        ? ", "
                        : newline + " ".repeat(key.getStartMark().getColumn());
        int at = start(key);
        return apply(
                newVerifier, new Edit(at, at, Keys.AGENT_CREATED.name() + ": " + time + separator));
    }

    private Edit replacement(NodeTuple tuple, String value) {
        Node node = tuple.getValueNode();
        return new Edit(start(node), contentEnd(node, node), value);
    }

    private String apply(Edit one, Edit other) {
        boolean inOrder = one.from() <= other.from();
        Edit first = inOrder ? one : other;
        Edit last = inOrder ? other : one;
        return text.substring(0, first.from())
                + first.content()
                + text.substring(first.to(), last.from())
                + last.content()
                + text.substring(last.to());
    }

    /** Returns the text without an agent that it has. */
    String remove(String name) {
        NodeTuple tuple = agent(name);
        MappingNode mapping = mapping(agents == null ? null : agents.getValueNode());
        int end = contentEnd(tuple.getValueNode(), tuple.getKeyNode());
        if (mapping.getFlowStyle() != FlowStyle.FLOW) {
            int next = endOfLine(end);
            return text.substring(0, startOfLine(start(tuple.getKeyNode())))
                    + text.substring(next == text.length() ? next : next + 1);
        }
        List<NodeTuple> all = mapping.getValue();
        int index = all.indexOf(tuple);
        if (index + 1 < all.size()) {
            return text.substring(0, start(tuple.getKeyNode()))
                    + text.substring(start(all.get(index + 1).getKeyNode()));
        }
        NodeTuple before = index == 0 ? null : all.get(index - 1);
        int from =
                before == null
                        ? start(tuple.getKeyNode())
                        : contentEnd(before.getValueNode(), before.getKeyNode());
        return text.substring(0, from) + text.substring(before == null ? behindComma(end) : end);
    }

    /** A comma may follow the last element; alone it would not be valid. */
    private int behindComma(int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length() && text.charAt(at) == ',' ? at + 1 : from;
    }

    /**
     * The section is there and has nothing in it: {@code agents:}, {@code agents: ~} or {@code
     * agents: {}}.
     */
    private String addFirst(NodeTuple empty, String name, AgentEntry entry) {
        Node value = empty.getValueNode();
        int keyEnd = offset(empty.getKeyNode().getEndMark());
        int colon = text.indexOf(':', keyEnd);
        int valueEnd = Math.max(colon + 1, contentEnd(value, empty.getKeyNode()));
        String without = text.substring(0, colon + 1) + text.substring(valueEnd);
        int column = empty.getKeyNode().getStartMark().getColumn() + INDENT;
        int lineEnd = without.indexOf('\n', colon);
        int at = lineEnd < 0 ? without.length() : lineEnd;
        return without.substring(0, at)
                + (lineEnd < 0 ? newline : "\n")
                + withoutLastNewline(block(name, entry, column))
                + (lineEnd < 0 ? newline : without.substring(at));
    }

    private NodeTuple agent(String name) {
        NodeTuple tuple = agents == null ? null : find(mapping(agents.getValueNode()), name);
        if (tuple == null) {
            throw new IllegalStateException("no such agent");
        }
        return tuple;
    }

    private String block(String name, AgentEntry entry, int column) {
        String margin = " ".repeat(column);
        return entry.yaml().entrySet().stream()
                .map(field ->
                        margin
                                + " ".repeat(INDENT)
                                + field.getKey()
                                + ": "
                                + field.getValue()
                                + newline)
                .collect(
                        Collectors.joining(
                                "", margin + AgentEntry.quoted(name) + ":" + newline, ""));
    }

    private static String flow(String name, AgentEntry entry) {
        return entry.yaml().entrySet().stream()
                .map(field -> field.getKey() + ": " + field.getValue())
                .collect(Collectors.joining(", ", AgentEntry.quoted(name) + ": {", "}"));
    }

    private String insert(int at, String inserted) {
        return text.substring(0, at) + inserted + text.substring(at);
    }

    /** Inserts whole lines behind the line that ends at an offset. */
    private String insertLines(int endOfLine, String lines) {
        return endOfLine == text.length() ? text + newline + lines : insert(endOfLine + 1, lines);
    }

    private String withoutLastNewline(String lines) {
        return lines.substring(0, lines.length() - newline.length());
    }

    /**
     * Where what was written ends: a block's own end mark lies behind the comments that follow it.
     */
    private int contentEnd(Node node, Node key) {
        return switch (node) {
            case MappingNode mapping
                    when mapping.getFlowStyle() != FlowStyle.FLOW
                            && !mapping.getValue().isEmpty() -> {
                NodeTuple last = mapping.getValue().getLast();
                yield contentEnd(last.getValueNode(), last.getKeyNode());
            }
            case SequenceNode sequence
                    when sequence.getFlowStyle() != FlowStyle.FLOW
                            && !sequence.getValue().isEmpty() ->
                    contentEnd(sequence.getValue().getLast(), key);
            case ScalarNode scalar
                    when scalar.getValue().isEmpty()
                            && start(scalar) == offset(scalar.getEndMark()) ->
                    text.indexOf(':', offset(key.getEndMark())) + 1;
            default -> offset(node.getEndMark());
        };
    }

    private int endOfLine(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private int startOfLine(int from) {
        return text.lastIndexOf('\n', from - 1) + 1;
    }

    private int start(Node node) {
        return offset(node.getStartMark());
    }

    /** SnakeYAML counts code points. */
    private int offset(Mark mark) {
        return text.offsetByCodePoints(0, mark.getIndex());
    }

    private static MappingNode mapping(@Nullable Node node) {
        if (node instanceof MappingNode mapping) {
            return mapping;
        }
        throw new IllegalStateException("not a mapping");
    }

    private static @Nullable NodeTuple find(MappingNode mapping, String key) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key)) {
                return tuple;
            }
        }
        return null;
    }
}
