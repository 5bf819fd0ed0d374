package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The corpora, judged without a server: what must be refused is, what must pass does. */
class CorpusTest {

    private static final Logger LOG = Logger.getLogger(CorpusTest.class.getName());

    /**
     * Cases that syntax alone cannot decide: a cast of a literal to a type of one's own looks the
     * same whether the type is an honest enum or a domain whose check writes, and so does {@code
     * t.f} whether f is a column or a function. The upstream's catalog decides them.
     */
    private static final Set<String> NEEDS_CATALOG =
            Set.of(
                    "indirect-cast-004",
                    "indirect-cast-025",
                    "indirect-attribute-001",
                    "indirect-attribute-002",
                    "indirect-attribute-003",
                    "indirect-attribute-011");

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final TestGate GATE = new TestGate();

    @AfterAll
    static void close() {
        GATE.close();
    }

    @Test
    void everyTextThatMustBeRefused_isRefused() throws IOException {
        assertThat(missed(lines("deny.jsonl"))).isEmpty();
    }

    @Test
    void everyHonestRead_passes() throws IOException {
        assertThat(refused(lines("allow.jsonl"))).isEmpty();
    }

    @Test
    void sharedCorpora_whenPresent_holdToo() throws IOException {
        Path shared = sharedCorpus();
        if (shared == null) {
            LOG.info(
                    "no shared/corpus beside the project: its captured texts and readers.txt are not tried");
            return;
        }
        assertThat(missed(Files.readAllLines(shared.resolve("deny.jsonl")))).isEmpty();
        assertThat(refused(Files.readAllLines(shared.resolve("allow.jsonl")))).isEmpty();
    }

    @Test
    void textsThatOtherReadersMisread_passOnlyWithoutEffect() throws IOException {
        Path shared = sharedCorpus();
        if (shared == null) {
            LOG.info("no shared/corpus beside the project: readers.txt is not tried");
            return;
        }
        List<String> passedWithEffect = new ArrayList<>();
        for (String text : Files.readString(shared.resolve("readers.txt")).split("\n%%\n", -1)) {
            String sql = unescape(text.strip());
            if (GATE.judge(sql.getBytes(StandardCharsets.UTF_8)) instanceof Verdict.Allow allow
                    && allow.summary().functions().stream()
                            .anyMatch(name -> name.contains("evil"))) {
                passedWithEffect.add(text);
            }
        }
        assertThat(passedWithEffect).isEmpty();
    }

    private static List<String> missed(List<String> lines) throws IOException {
        List<String> missed = new ArrayList<>();
        for (String line : lines) {
            JsonNode entry = JSON.readTree(line);
            String id = entry.get("id").asText();
            if (NEEDS_CATALOG.contains(id.substring(id.indexOf('-') + 1))) {
                continue;
            }
            boolean refused =
                    entry.has("sql")
                            ? isRefused(entry.get("sql").asText())
                            : scriptIsRefused(entry);
            if (!refused) {
                missed.add(
                        id
                                + " "
                                + (entry.has("sql")
                                        ? entry.get("sql").asText()
                                        : entry.get("script").toString()));
            }
        }
        return missed;
    }

    private static boolean isRefused(String sql) {
        return GATE.judge(sql.getBytes(StandardCharsets.UTF_8)) instanceof Verdict.Allow allow
                ? new PreparedStatements().check(allow) != null
                : true;
    }

    /**
     * A script is refused if each step that must be is, or with {@code deny_any} one of them; steps
     * below SQL are not ours.
     */
    private static boolean scriptIsRefused(JsonNode entry) {
        PreparedStatements prepared = new PreparedStatements();
        boolean any = false;
        boolean all = true;
        boolean ours = false;
        for (JsonNode step : entry.get("script")) {
            Boolean refused = stepIsRefused(step, prepared);
            if (refused != null && step.path("deny").asBoolean()) {
                ours = true;
                any |= refused;
                all &= refused;
            }
        }
        return !ours || (entry.path("deny_any").asBoolean() ? any : all);
    }

    private static @Nullable Boolean stepIsRefused(JsonNode step, PreparedStatements prepared) {
        String op = step.get("op").asText();
        return switch (op) {
            case "Q", "P" -> {
                Verdict verdict =
                        GATE.judge(step.get("sql").asText().getBytes(StandardCharsets.UTF_8));
                if (op.equals("P")) {
                    prepared.onParse(step.get("name").asText());
                }
                yield !(verdict instanceof Verdict.Allow allow && prepared.check(allow) == null);
            }
            case "Qhex" ->
                    GATE.judge(HexFormat.of().parseHex(step.get("hex").asText()))
                            instanceof Verdict.Deny;
            case "startup" -> {
                boolean refused = false;
                for (var parameter : step.get("params").properties()) {
                    refused |=
                            !StartupParameters.isAllowed(
                                    parameter.getKey(), parameter.getValue().asText());
                }
                yield refused;
            }
            default -> null;
        };
    }

    private static List<String> refused(List<String> lines) throws IOException {
        List<String> refused = new ArrayList<>();
        for (String line : lines) {
            JsonNode entry = JSON.readTree(line);
            if (entry.get("id").asText().equals("a-functions-043")) {
                // Functions of extensions are known by the catalog.
                continue;
            }
            List<String> texts = new ArrayList<>();
            if (entry.has("sql")) {
                texts.add(entry.get("sql").asText());
            } else {
                entry.get("script")
                        .forEach(step -> {
                            if (step.has("sql")) {
                                texts.add(step.get("sql").asText());
                            }
                        });
            }
            PreparedStatements prepared = new PreparedStatements();
            for (String text : texts) {
                Verdict verdict = GATE.judge(text.getBytes(StandardCharsets.UTF_8));
                Denial denial =
                        switch (verdict) {
                            case Verdict.Allow allow -> prepared.check(allow);
                            case Verdict.Answer answer -> null;
                            case Verdict.Deny deny -> deny.denial();
                        };
                if (denial != null) {
                    refused.add(entry.get("id").asText() + " " + denial.message() + ": " + text);
                }
            }
        }
        return refused;
    }

    private static String unescape(String text) {
        return Pattern.compile("<(LF|CR|U\\+([0-9A-F]+))>")
                .matcher(text)
                .replaceAll(match ->
                        Matcher.quoteReplacement(
                                switch (match.group(1)) {
                                    case "LF" -> "\n";
                                    case "CR" -> "\r";
                                    default ->
                                            Character.toString(
                                                    Integer.parseInt(match.group(2), 16));
                                }));
    }

    private static List<String> lines(String resource) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(CorpusTest.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static @Nullable Path sharedCorpus() {
        for (Path folder = Path.of("").toAbsolutePath();
                folder != null;
                folder = folder.getParent()) {
            Path corpus = folder.resolve("shared/corpus");
            if (Files.isDirectory(corpus)) {
                return corpus;
            }
        }
        return null;
    }
}
