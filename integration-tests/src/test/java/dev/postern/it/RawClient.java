package dev.postern.it;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.exception.ScramException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client that sends exactly the messages it is told to, in the order it is told, and shows
 * exactly what came back. Messages are collected until {@link #flush}, so that a pipeline leaves in
 * one piece.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">PostgreSQL,
 *     section 54.7</a>
 */
final class RawClient implements AutoCloseable {

    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int AUTHENTICATION_OK = 0;
    private static final int AUTHENTICATION_SASL = 10;
    private static final int AUTHENTICATION_SASL_CONTINUE = 11;
    private static final int AUTHENTICATION_SASL_FINAL = 12;

    private final Socket socket;
    private final DataInputStream in;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    private int processId;
    private byte[] secret = {};

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** A message from the server. */
    @SuppressWarnings("ArrayRecordComponent")
    record Message(char type, byte[] body) {

        /**
         * Returns a field of an ErrorResponse or NoticeResponse, {@code null} if it has none of
         * this type.
         */
        @Nullable String field(char code) {
            int at = 0;
            while (at < body.length && body[at] != 0) {
                char type = (char) body[at];
                int end = at + 1;
                while (body[end] != 0) {
                    end++;
                }
                if (type == code) {
                    return new String(body, at + 1, end - at - 1, StandardCharsets.UTF_8);
                }
                at = end + 1;
            }
            return null;
        }

        /** The type, with the transaction status for ReadyForQuery: {@code Z(I)}. */
        @Override
        public String toString() {
            return type == 'Z' ? "Z(" + (char) body[0] + ")" : String.valueOf(type);
        }
    }

    /** Opens a connection and sends nothing. */
    static RawClient open(Endpoint endpoint) throws IOException {
        return new RawClient(new Socket(endpoint.host(), endpoint.port()));
    }

    /** Opens a connection and logs in; the next message comes after the first ReadyForQuery. */
    static RawClient connect(Endpoint endpoint) throws IOException {
        return connect(endpoint, Map.of());
    }

    /** Logs in with more in its startup message. */
    static RawClient connect(Endpoint endpoint, Map<String, String> settings) throws IOException {
        RawClient client = open(endpoint);
        try {
            client.logIn(endpoint, settings);
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    /** Returns the process id of the session's cancel key. */
    int processId() {
        return processId;
    }

    /** Returns the secret of the session's cancel key. */
    byte[] secret() {
        return secret.clone();
    }

    private void logIn(Endpoint endpoint, Map<String, String> settings) throws IOException {
        Map<String, String> parameters = new LinkedHashMap<>(settings);
        parameters.put("user", endpoint.user());
        parameters.put("database", endpoint.database());
        startup(PROTOCOL_3_0, parameters);
        flush();
        ScramClient scram = null;
        while (true) {
            Message message = next();
            if (message.type() == 'Z') {
                return;
            }
            if (message.type() == 'E') {
                throw new IOException(message.field('C') + " " + message.field('M'));
            }
            if (message.type() == 'K') {
                ByteBuffer key = ByteBuffer.wrap(message.body());
                processId = key.getInt();
                secret = new byte[key.remaining()];
                key.get(secret);
            }
            if (message.type() != 'R') {
                continue;
            }
            String text =
                    new String(
                            message.body(), 4, message.body().length - 4, StandardCharsets.UTF_8);
            switch (message.body()[3]) {
                case AUTHENTICATION_OK -> {}
                case AUTHENTICATION_SASL -> {
                    scram =
                            ScramClient.builder()
                                    .advertisedMechanisms(List.of("SCRAM-SHA-256"))
                                    .username("*")
                                    .password(endpoint.password().toCharArray())
                                    .build();
                    byte[] first =
                            scram.clientFirstMessage().toString().getBytes(StandardCharsets.UTF_8);
                    message(
                            'p',
                            body -> {
                                string(body, "SCRAM-SHA-256");
                                body.writeInt(first.length);
                                body.write(first);
                            });
                    flush();
                }
                case AUTHENTICATION_SASL_CONTINUE -> {
                    exchange(scram, client -> client.serverFirstMessage(text));
                    byte[] last =
                            Objects.requireNonNull(scram)
                                    .clientFinalMessage()
                                    .toString()
                                    .getBytes(StandardCharsets.UTF_8);
                    message('p', body -> body.write(last));
                    flush();
                }
                case AUTHENTICATION_SASL_FINAL ->
                        exchange(scram, client -> client.serverFinalMessage(text));
                default ->
                        throw new IOException(
                                "unexpected authentication request " + message.body()[3]);
            }
        }
    }

    private static void exchange(@Nullable ScramClient scram, ScramStep step) throws IOException {
        if (scram == null) {
            throw new IOException("SCRAM out of order");
        }
        try {
            step.take(scram);
        } catch (ScramException e) {
            throw new IOException(e);
        }
    }

    RawClient startup(int version, Map<String, String> parameters) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeInt(version);
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            string(body, parameter.getKey());
            string(body, parameter.getValue());
        }
        body.writeByte(0);
        DataOutputStream whole = new DataOutputStream(pending);
        whole.writeInt(bytes.size() + 4);
        bytes.writeTo(whole);
        return this;
    }

    RawClient query(String sql) throws IOException {
        return message('Q', body -> string(body, sql));
    }

    RawClient parse(String name, String sql) throws IOException {
        return message(
                'P',
                body -> {
                    string(body, name);
                    string(body, sql);
                    body.writeShort(0);
                });
    }

    RawClient bind(String portal, String statement) throws IOException {
        return bind(portal, statement, List.of());
    }

    /** Binds parameters in text form and asks for results in text form. */
    RawClient bind(String portal, String statement, List<String> params) throws IOException {
        return message(
                'B',
                body -> {
                    string(body, portal);
                    string(body, statement);
                    body.writeShort(0);
                    body.writeShort(params.size());
                    for (String param : params) {
                        byte[] text = param.getBytes(StandardCharsets.UTF_8);
                        body.writeInt(text.length);
                        body.write(text);
                    }
                    body.writeShort(0);
                });
    }

    /** Describes a statement ('S') or portal ('P'). */
    RawClient describe(char kind, String name) throws IOException {
        return message(
                'D',
                body -> {
                    body.writeByte(kind);
                    string(body, name);
                });
    }

    RawClient execute(String portal, int maxRows) throws IOException {
        return message(
                'E',
                body -> {
                    string(body, portal);
                    body.writeInt(maxRows);
                });
    }

    RawClient sync() throws IOException {
        return message('S', body -> {});
    }

    RawClient flushRequest() throws IOException {
        return message('H', body -> {});
    }

    RawClient message(char type, Body content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        content.writeTo(new DataOutputStream(bytes));
        DataOutputStream whole = new DataOutputStream(pending);
        whole.writeByte(type);
        whole.writeInt(bytes.size() + 4);
        bytes.writeTo(whole);
        return this;
    }

    RawClient bytes(byte... raw) {
        pending.writeBytes(raw);
        return this;
    }

    /** Sends what has been collected. */
    RawClient flush() throws IOException {
        pending.writeTo(socket.getOutputStream());
        socket.getOutputStream().flush();
        pending.reset();
        return this;
    }

    /**
     * Reads a message.
     *
     * @throws EOFException if the server has closed the connection
     */
    Message next() throws IOException {
        char type = (char) in.readUnsignedByte();
        byte[] body = new byte[in.readInt() - 4];
        in.readFully(body);
        return new Message(type, body);
    }

    /** Sends what has been collected and reads to the given number of ReadyForQuery. */
    List<Message> answers(int ready) throws IOException {
        flush();
        List<Message> messages = new ArrayList<>();
        for (int seen = 0; seen < ready; ) {
            Message message = next();
            messages.add(message);
            if (message.type() == 'Z') {
                seen++;
            }
        }
        return messages;
    }

    /** Reads to the end of the connection; a reset counts as an end. */
    List<Message> toTheEnd() throws IOException {
        List<Message> messages = new ArrayList<>();
        try {
            while (true) {
                messages.add(next());
            }
        } catch (EOFException | SocketException e) {
            return messages;
        }
    }

    Socket socket() {
        return socket;
    }

    static void string(DataOutputStream body, String text) throws IOException {
        body.write(text.getBytes(StandardCharsets.UTF_8));
        body.writeByte(0);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Writes the body of a message. */
    @FunctionalInterface
    interface Body {
        void writeTo(DataOutputStream body) throws IOException;
    }

    @FunctionalInterface
    private interface ScramStep {
        void take(ScramClient client) throws ScramException;
    }
}
