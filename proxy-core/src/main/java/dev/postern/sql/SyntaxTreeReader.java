package dev.postern.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.postern.sql.SqlFacts.Reason;
import dev.postern.sql.SyntaxNode.NodeList;
import dev.postern.sql.SyntaxSchema.Field;
import dev.postern.sql.SyntaxSchema.NodeType;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a parse tree as libpg_query prints it, in one pass and without recursion. Every node and
 * field must be in the {@link SyntaxSchema}; the first that is not ends the reading.
 */
final class SyntaxTreeReader {

    /** How many nodes are read between two looks at the thread's interrupt flag. */
    private static final int INTERRUPT_INTERVAL = 1024;

    /** A node costs at most this many levels of JSON: its wrapper, itself, a list. */
    private static final int LEVELS_PER_NODE = 3;

    private static final String CONSTANT = "A_Const";

    private final GateLimits limits;
    private final JsonFactory factory;

    SyntaxTreeReader(GateLimits limits) {
        this.limits = limits;
        this.factory =
                JsonFactory.builder()
                        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        .maxNestingDepth(
                                                Math.multiplyExact(limits.depth(), LEVELS_PER_NODE)
                                                        + 16)
                                        .maxStringLength(limits.textBytes())
                                        .maxDocumentLength(limits.treeBytes())
                                        .build())
                        .build();
    }

    /** Reads a tree. Interrupting the thread makes it give up with {@link Reason#TOO_COMPLEX}. */
    SyntaxTree read(byte[] json) {
        if (json.length > limits.treeBytes()) {
            return new SyntaxTree.Refused(
                    Reason.TOO_COMPLEX, "parse tree longer than " + limits.treeBytes() + " bytes");
        }
        try (JsonParser parser = factory.createParser(json)) {
            return new Reading(parser).run();
        } catch (RefusedException e) {
            return e.refused;
        } catch (StreamConstraintsException e) {
            return new SyntaxTree.Refused(
                    Reason.TOO_COMPLEX, "nested deeper than " + limits.depth() + " levels");
        } catch (IOException e) {
            return new SyntaxTree.Refused(Reason.FAULT, "parse tree is not as expected");
        }
    }

    /** Ends a reading. Carries no stack trace: it is control flow. */
    private static final class RefusedException extends IOException {

        private final transient SyntaxTree.Refused refused;

        RefusedException(Reason reason, String what) {
            this.refused = new SyntaxTree.Refused(reason, what);
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** Where the reader is: inside a node's fields, or inside a list of nodes. */
    private record Frame(
            @Nullable SyntaxNode node,
            @Nullable List<@Nullable SyntaxNode> list,
            boolean wrapped) {}

    private final class Reading {

        private final JsonParser parser;
        private final Fingerprint fingerprint = new Fingerprint();
        private final ArrayDeque<Frame> stack = new ArrayDeque<>();
        private int nodes;
        private int constantDepth;

        Reading(JsonParser parser) {
            this.parser = parser;
        }

        SyntaxTree run() throws IOException {
            List<SyntaxNode> statements = new ArrayList<>();
            expect(parser.nextToken(), JsonToken.START_OBJECT);
            for (JsonToken token = parser.nextToken();
                    token != JsonToken.END_OBJECT;
                    token = parser.nextToken()) {
                expect(token, JsonToken.FIELD_NAME);
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("stmts")) {
                    expect(value, JsonToken.START_ARRAY);
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        statements.add(readTree(SyntaxSchema.INSTANCE.get("RawStmt")));
                        if (statements.size() > limits.statements()) {
                            throw new RefusedException(
                                    Reason.TOO_COMPLEX,
                                    "more than " + limits.statements() + " statements in one text");
                        }
                    }
                } else if (!name.equals("version")) {
                    throw new RefusedException(Reason.NODE_UNKNOWN, name);
                }
            }
            return new SyntaxTree.Known(statements, fingerprint.value());
        }

        /** Reads the object that has just begun and everything in it. */
        private SyntaxNode readTree(NodeType rootType) throws IOException {
            SyntaxNode root = begin(rootType, false);
            while (!stack.isEmpty()) {
                Frame frame = Objects.requireNonNull(stack.peek());
                JsonToken token = parser.nextToken();
                if (frame.node() != null) {
                    if (token == JsonToken.END_OBJECT) {
                        end(frame);
                    } else {
                        expect(token, JsonToken.FIELD_NAME);
                        readField(frame.node());
                    }
                } else if (token == JsonToken.END_ARRAY) {
                    fingerprint.add(']');
                    stack.pop();
                } else {
                    expect(token, JsonToken.START_OBJECT);
                    Objects.requireNonNull(frame.list()).add(readWrapped());
                }
            }
            return root;
        }

        private void readField(SyntaxNode node) throws IOException {
            String name = parser.currentName();
            Field field = node.type().find(name);
            JsonToken token = parser.nextToken();
            if (field == null) {
                if (!node.type().open()) {
                    throw new RefusedException(
                            Reason.NODE_UNKNOWN, node.type().name() + "." + name);
                }
                skip(name, token);
                return;
            }
            switch (field.shape()) {
                case SCALAR -> node.set(field.index(), readScalar(name, token));
                case NODE -> {
                    expect(token, JsonToken.START_OBJECT);
                    mark(name);
                    SyntaxNode child = readWrapped();
                    if (child != null) {
                        node.set(field.index(), child);
                    }
                }
                case TYPED -> {
                    expect(token, JsonToken.START_OBJECT);
                    mark(name);
                    node.set(field.index(), begin(Objects.requireNonNull(field.type()), false));
                }
                case LIST -> {
                    expect(token, JsonToken.START_ARRAY);
                    mark(name);
                    fingerprint.add('[');
                    List<@Nullable SyntaxNode> list = new ArrayList<>();
                    node.set(field.index(), new NodeList(list));
                    stack.push(new Frame(null, list, false));
                }
            }
        }

        /**
         * Reads the object around a node, which holds its name, up to the inner brace; an empty
         * object is an empty place.
         */
        private @Nullable SyntaxNode readWrapped() throws IOException {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.END_OBJECT) {
                return null;
            }
            expect(token, JsonToken.FIELD_NAME);
            String name = parser.currentName();
            NodeType type = SyntaxSchema.INSTANCE.find(name);
            if (type == null) {
                throw new RefusedException(Reason.NODE_UNKNOWN, name);
            }
            expect(parser.nextToken(), JsonToken.START_OBJECT);
            mark(name);
            return begin(type, true);
        }

        private SyntaxNode begin(NodeType type, boolean wrapped) throws IOException {
            if (++nodes > limits.nodes()) {
                throw new RefusedException(
                        Reason.TOO_COMPLEX, "more than " + limits.nodes() + " parse-tree nodes");
            }
            if (stack.size() >= limits.depth()) {
                throw new RefusedException(
                        Reason.TOO_COMPLEX, "nested deeper than " + limits.depth() + " levels");
            }
            if (nodes % INTERRUPT_INTERVAL == 0 && Thread.currentThread().isInterrupted()) {
                throw new RefusedException(Reason.TOO_COMPLEX, "time");
            }
            if (constantDepth > 0 || type.name().equals(CONSTANT)) {
                constantDepth++;
            } else {
                fingerprint.add('{');
            }
            SyntaxNode node = new SyntaxNode(type);
            stack.push(new Frame(node, null, wrapped));
            return node;
        }

        private void end(Frame frame) throws IOException {
            if (constantDepth > 0) {
                constantDepth--;
            } else {
                fingerprint.add('}');
            }
            stack.pop();
            if (frame.wrapped()) {
                expect(parser.nextToken(), JsonToken.END_OBJECT);
            }
        }

        private Object readScalar(String name, JsonToken token) throws IOException {
            Object value =
                    switch (token) {
                        case VALUE_STRING -> parser.getText();
                        case VALUE_NUMBER_INT -> parser.getLongValue();
                        case VALUE_TRUE -> true;
                        case VALUE_FALSE -> false;
                        default -> throw new RefusedException(Reason.NODE_UNKNOWN, name);
                    };
            if (constantDepth == 0 && Fingerprint.counts(name)) {
                fingerprint.add(name);
                fingerprint.add(value.toString());
            }
            return value;
        }

        private void skip(String name, JsonToken first) throws IOException {
            mark(name);
            int depth = 0;
            JsonToken token = first;
            while (true) {
                if (token.isStructStart()) {
                    depth++;
                    fingerprint.add('(');
                } else if (token.isStructEnd()) {
                    depth--;
                    fingerprint.add(')');
                } else if (token == JsonToken.FIELD_NAME) {
                    String field = parser.currentName();
                    mark(field);
                    if (!Fingerprint.counts(field) || field.equals(CONSTANT)) {
                        parser.nextToken();
                        parser.skipChildren();
                    }
                } else {
                    mark(parser.getText());
                }
                if (depth == 0) {
                    return;
                }
                token = parser.nextToken();
            }
        }

        private void mark(String name) {
            if (constantDepth == 0 && Fingerprint.counts(name)) {
                fingerprint.add(name);
            }
        }
    }

    private static void expect(@Nullable JsonToken token, JsonToken expected)
            throws RefusedException {
        if (token != expected) {
            throw new RefusedException(Reason.FAULT, "parse tree is not as expected");
        }
    }
}
