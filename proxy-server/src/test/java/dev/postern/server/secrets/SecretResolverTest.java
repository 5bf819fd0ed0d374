package dev.postern.server.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.server.config.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretResolverTest {

    private static final String KEY = "upstreams.shop.password";

    @TempDir private Path directory;
    private SecretResolver resolver = new SecretResolver(Map.of());

    @BeforeEach
    void resolver() {
        resolver = SecretResolver.standard(Map.of("PASSWORD", "hunter2", "EMPTY", ""), directory);
    }

    private String resolve(String reference) throws SecretUnavailableException {
        return new String(resolver.resolve(KEY, SecretReference.parse(reference)).chars());
    }

    @Test
    void variable_resolved_isItsValue() throws SecretUnavailableException {
        assertThat(resolve("${env:PASSWORD}")).isEqualTo("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "'hunter2',hunter2",
        "'hunter2\n',hunter2",
        "'hunter2\r\n',hunter2",
        "'hunter2\n\n','hunter2\n'",
        "' hunter2 ',' hunter2 '",
        "'pässwörd 😀\n','pässwörd 😀'"
    })
    void file_resolved_isItsContentWithoutOneNewline(String content, String secret)
            throws IOException, SecretUnavailableException {
        Files.writeString(directory.resolve("secret"), content);

        assertThat(resolve("${file:secret}")).isEqualTo(secret);
        assertThat(resolve("${file:" + directory.resolve("secret") + "}")).isEqualTo(secret);
    }

    @Test
    void changedFile_resolvedAgain_isTheNewContent()
            throws IOException, SecretUnavailableException {
        Files.writeString(directory.resolve("secret"), "old");
        assertThat(resolve("${file:secret}")).isEqualTo("old");

        Files.writeString(directory.resolve("secret"), "new");

        assertThat(resolve("${file:secret}")).isEqualTo("new");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${env:NONE}|the environment variable is not set",
                "${env:EMPTY}|the environment variable is empty",
                "${file:none}|there is no such file",
                "${file:empty}|the file is empty",
                "${file:latin1}|the file is not UTF-8",
                "${file:long}|the file is longer than 65536 bytes",
                "${file:.}|the file cannot be read",
                "${vault:x}|unknown scheme \"vault\"; known: env, file",
                "${flie:x}|unknown scheme \"flie\" (did you mean file?); known: env, file"
            })
    void referenceThatLeadsNowhere_resolved_namesKeyReferenceAndReason(
            String reference, String reason) throws IOException {
        Files.writeString(directory.resolve("empty"), "\n");
        Files.write(directory.resolve("latin1"), new byte[] {'s', '3', (byte) 0xE9});
        Files.write(directory.resolve("long"), new byte[FileSecrets.MAX_LENGTH + 1]);

        assertThatThrownBy(() -> resolve(reference))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessage(KEY + ": " + reference + ": " + reason);
    }

    @Test
    void storeOfAnotherScheme_resolved_isAsked() throws SecretUnavailableException {
        resolver =
                new SecretResolver(
                        Map.of("vault", locator -> Secret.of(("of " + locator).toCharArray())));

        assertThat(resolve("${vault:db/shop}")).isEqualTo("of db/shop");
    }

    @Test
    void secret_printed_isRedacted() {
        Secret secret = Secret.of("hunter2".toCharArray());

        assertThat(secret).hasToString("Secret[redacted]");
        assertThat("" + new GeneratedCredential(secret, GeneratedCredential.create().verifier()))
                .doesNotContain("hunter2")
                .doesNotContain("SCRAM");
    }

    @Test
    void copies_overwritten_leaveTheSecretAsItIs() {
        Secret secret = Secret.of("hunter2".toCharArray());
        secret.chars()[0] = 'x';
        secret.utf8()[0] = 'x';

        assertThat(new String(secret.chars())).isEqualTo("hunter2");
        assertThat(secret.utf8()).asString().isEqualTo("hunter2");
    }
}
