package dev.postern.sql;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parse-tree nodes the gate knows: {@code syntax-nodes.txt} and {@code refused-statements.tsv}.
 */
final class SyntaxSchema {

    /** The one schema there is. */
    static final SyntaxSchema INSTANCE = new SyntaxSchema();

    private final Map<String, NodeType> types = new HashMap<>();

    private SyntaxSchema() {
        for (String line : lines("refused-statements.tsv")) {
            String[] columns = line.split("\t", -1);
            types.put(
                    columns[0],
                    new NodeType(
                            columns[0], new RefusedTag(columns[1], columns[2].equals("write"))));
        }
        Map<NodeType, String[]> definitions = new HashMap<>();
        for (String line : lines("syntax-nodes.txt")) {
            String[] words = line.split(" ", -1);
            NodeType type = types.computeIfAbsent(words[0], name -> new NodeType(name, null));
            definitions.put(type, words);
        }
        definitions.forEach((type, words) -> {
            for (int i = 1; i < words.length; i++) {
                type.define(words[i], this);
            }
        });
        types.values().forEach(NodeType::check);
    }

    /** Returns a node's definition, {@code null} if the gate does not know it. */
    @Nullable NodeType find(String name) {
        return types.get(name);
    }

    /** Returns the definition of a node that the schema is known to hold. */
    NodeType get(String name) {
        return Objects.requireNonNull(types.get(name), name);
    }

    private static List<String> lines(String resource) {
        try (InputStream in = SyntaxSchema.class.getResourceAsStream(resource)) {
            List<String> lines = new ArrayList<>();
            BufferedReader reader =
                    new BufferedReader(
                            new InputStreamReader(
                                    Objects.requireNonNull(in, resource), StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    lines.add(line.strip());
                }
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    /** The command of a statement that never passes. */
    record RefusedTag(String command, boolean writes) {}

    /** How a field's value is printed. */
    enum Shape {
        SCALAR,
        NODE,
        LIST,
        TYPED
    }

    /**
     * A field of a node.
     *
     * @param index where a {@link SyntaxNode} keeps it
     * @param type the kind of node it holds; {@code null} unless it is {@link Shape#TYPED}
     */
    record Field(int index, Shape shape, @Nullable NodeType type) {}

    /** A kind of node. */
    static final class NodeType {

        private final String name;
        private final @Nullable RefusedTag refused;
        private final Map<String, Field> fields = new HashMap<>();
        private boolean open;

        private NodeType(String name, @Nullable RefusedTag refused) {
            this.name = name;
            this.refused = refused;
            this.open = refused != null;
        }

        private void define(String word, SyntaxSchema schema) {
            if (word.equals("*")) {
                open = true;
                return;
            }
            int index = fields.size();
            int typed = word.indexOf('=');
            if (typed > 0) {
                fields.put(
                        word.substring(0, typed),
                        new Field(index, Shape.TYPED, schema.get(word.substring(typed + 1))));
            } else if (word.endsWith("{}")) {
                fields.put(
                        word.substring(0, word.length() - 2), new Field(index, Shape.NODE, null));
            } else if (word.endsWith("[]")) {
                fields.put(
                        word.substring(0, word.length() - 2), new Field(index, Shape.LIST, null));
            } else {
                fields.put(word, new Field(index, Shape.SCALAR, null));
            }
        }

        private void check() {
            if (open && refused == null) {
                throw new IllegalStateException(
                        "only statements that never pass may have unknown fields: " + name);
            }
        }

        String name() {
            return name;
        }

        /** Returns the command if this is a statement that never passes. */
        @Nullable RefusedTag refused() {
            return refused;
        }

        /** Tells whether fields beyond the known ones are skipped. */
        boolean open() {
            return open;
        }

        int size() {
            return fields.size();
        }

        @Nullable Field find(String field) {
            return fields.get(field);
        }

        /** Returns the names of the known fields. */
        Set<String> fields() {
            return fields.keySet();
        }

        int indexOf(String field) {
            return Objects.requireNonNull(fields.get(field), field).index();
        }
    }
}
