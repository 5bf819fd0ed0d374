package dev.postern.fuzz;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.postern.protocol.BackendKey;
import dev.postern.protocol.FrontendMessages;
import dev.postern.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Inputs that fuzzing begins with. */
final class Seeds {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Pattern WORD =
            Pattern.compile("[A-Za-z_]{2,30}|[^\\sA-Za-z_0-9'\"\\\\]{2,3}");
    private static final int MOST_WORDS = 1500;

    private Seeds() {}

    /** The statements of the policy's corpora, those that pass and those that do not. */
    static List<byte[]> statements(Path corpus) throws IOException {
        List<byte[]> statements = new ArrayList<>();
        for (String file : List.of("allow.jsonl", "deny.jsonl")) {
            for (String line : Files.readAllLines(corpus.resolve(file))) {
                if (!line.isBlank()) {
                    String sql = MAPPER.readTree(line).path("sql").asText();
                    statements.add(sql.getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return statements;
    }

    /** The words of these statements, as a dictionary in libFuzzer's format. */
    static List<String> dictionary(Path corpus) throws IOException {
        return statements(corpus).stream()
                .flatMap(sql ->
                        WORD.matcher(new String(sql, StandardCharsets.UTF_8))
                                .results()
                                .map(MatchResult::group))
                .filter(word -> word.chars().allMatch(c -> c < 0x7F))
                .distinct()
                .limit(MOST_WORDS)
                .map(word -> '"' + word + '"')
                .toList();
    }

    static List<byte[]> startupPackets() {
        Map<String, String> plain = new LinkedHashMap<>();
        plain.put("user", "report-bot");
        plain.put("database", "shop");
        Map<String, String> rich = new LinkedHashMap<>(plain);
        rich.put("options", "-c statement_timeout=1s --search_path=a\\ b");
        rich.put("application_name", "psql");
        rich.put("client_encoding", "UTF8");
        rich.put("replication", "off");
        rich.put("_pq_.wanted", "1");
        rich.put("role", "postgres");
        return Stream.<Consumer<ByteBuf>>of(
                        FrontendMessages::sslRequest,
                        out ->
                                FrontendMessages.cancelRequest(
                                        out, new BackendKey(7, new byte[] {1, 2, 3, 4})),
                        out -> FrontendMessages.startupMessage(out, ProtocolVersion.V3_0, plain),
                        out -> FrontendMessages.startupMessage(out, ProtocolVersion.V3_0, rich),
                        out ->
                                FrontendMessages.startupMessage(
                                        out, ProtocolVersion.of((3 << 16) | 2), rich))
                .map(Seeds::written)
                .toList();
    }

    /** Streams of the messages that a backend sends most, their bodies as they come. */
    static List<byte[]> backendStreams() {
        String[] bodies = {
            "SELECT 1\0", "C42601\0Mno\0\0", "server_version\00018\0", "I", "\0\0", ""
        };
        String types = "CESZD12nTtAN";
        return IntStream.range(0, 40)
                .mapToObj(seed -> {
                    Random random = new Random(seed);
                    return written(out -> {
                        for (int i = 0; i < 12; i++) {
                            byte[] body =
                                    bodies[random.nextInt(bodies.length)].getBytes(
                                            StandardCharsets.US_ASCII);
                            out.writeByte(types.charAt(random.nextInt(types.length())));
                            out.writeInt(body.length + 4).writeBytes(body);
                        }
                    });
                })
                .toList();
    }

    /** Bytes that stand for choices, and nothing else. */
    static List<byte[]> choices() {
        return IntStream.range(0, 200)
                .mapToObj(seed -> {
                    byte[] bytes = new byte[40 + 2 * seed];
                    new Random(seed).nextBytes(bytes);
                    return bytes;
                })
                .toList();
    }

    private static byte[] written(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer();
        writer.accept(out);
        return ByteBufUtil.getBytes(out);
    }
}
