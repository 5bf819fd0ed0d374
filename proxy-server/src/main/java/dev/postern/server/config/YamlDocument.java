package dev.postern.server.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads the part of YAML that a configuration file needs: mappings, lists and scalars. Anchors,
 * aliases, tags and several documents in one file are refused: what a reader sees is what Postern
 * uses.
 */
final class YamlDocument {

    /** Characters in a configuration file: more than 10,000 agents. */
    static final int MAX_LENGTH = 4 << 20;

    private static final int MAX_DEPTH = 32;

    private YamlDocument() {}

    /**
     * Why a document cannot be read. The message repeats nothing of it, since it may hold
     * verifiers.
     */
    static final class Unreadable extends Exception {

        private final int line;
        private final String problem;

        Unreadable(int line, String problem) {
            super(problem);
            this.line = line;
            this.problem = problem;
        }

        String problem() {
            return problem;
        }

        /** Counted from 1; 0 if it has no place. */
        int line() {
            return line;
        }
    }

    /** Reads a document; an empty one is an empty mapping. */
    static YamlNode read(String text) throws Unreadable {
        Node root = compose(text);
        return root == null ? new YamlNode.Mapping(List.of(), 1) : convert(root);
    }

    /**
     * Reads a document into SnakeYAML's own nodes, whose marks tell the place of each in the text.
     */
    static @Nullable Node compose(String text) throws Unreadable {
        if (text.length() > MAX_LENGTH) {
            throw new Unreadable(0, "longer than " + MAX_LENGTH + " characters");
        }
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_LENGTH);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(0);
        options.setAllowRecursiveKeys(false);
        try {
            return new Yaml(options).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            String problem = e.getProblem();
            throw new Unreadable(
                    mark == null ? 0 : mark.getLine() + 1,
                    "not valid YAML: "
                            + (problem == null ? "it cannot be read" : withoutContent(problem)));
        } catch (YAMLException e) {
            throw new Unreadable(
                    0,
                    "not valid YAML: a character that YAML does not have, or deeper than "
                            + MAX_DEPTH
                            + " levels");
        }
    }

    /**
     * SnakeYAML's problems are fixed words, but for the names of characters, anchors and tags it
     * found.
     */
    private static String withoutContent(String problem) {
        return problem.length() > 120 ? problem.substring(0, 120) : problem.replaceAll("\\s+", " ");
    }

    private static YamlNode convert(Node node) throws Unreadable {
        int line = node.getStartMark().getLine() + 1;
        if (node.getAnchor() != null) {
            throw new Unreadable(
                    line, "anchors and aliases (& and *) are not supported: write the value out");
        }
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar, line);
            case SequenceNode sequence -> {
                List<YamlNode> elements = new ArrayList<>();
                for (Node element : sequence.getValue()) {
                    elements.add(convert(element));
                }
                yield new YamlNode.Sequence(List.copyOf(elements), line);
            }
            case MappingNode mapping -> {
                List<YamlNode.Entry> entries = new ArrayList<>();
                for (NodeTuple tuple : mapping.getValue()) {
                    entries.add(entry(tuple));
                }
                yield new YamlNode.Mapping(List.copyOf(entries), line);
            }
            default -> throw new Unreadable(line, "neither a mapping, a list nor a value");
        };
    }

    private static YamlNode.Entry entry(NodeTuple tuple) throws Unreadable {
        YamlNode key = convert(tuple.getKeyNode());
        if (!(key instanceof YamlNode.Scalar name)) {
            throw new Unreadable(key.line(), "a key must be a word, not a list or a mapping");
        }
        return new YamlNode.Entry(name, convert(tuple.getValueNode()));
    }

    private static YamlNode.Scalar scalar(ScalarNode node, int line) {
        return new YamlNode.Scalar(
                node.getValue(), node.getScalarStyle() == ScalarStyle.PLAIN, line);
    }
}
