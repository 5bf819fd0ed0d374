package dev.postern.server.config;

import static dev.postern.server.config.Configurations.MINIMAL;
import static dev.postern.server.config.Configurations.parse;
import static dev.postern.server.config.Configurations.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenTlsTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "localhost", "\"::1\""})
    void loopbackWithoutTls_read_isPlain(String host) {
        assertThat(parse("listen: {host: " + host + "}\n" + MINIMAL).listen().tls().mode())
                .isEqualTo(ListenTlsMode.DISABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0.0.0", "10.0.0.1", "\"::\"", "db.example.com", "localhost.example.com"})
    void reachableHostWithoutTls_read_isRefused(String host) {
        assertThat(problems("listen:\n  host: " + host + "\n" + MINIMAL))
                .containsExactly(
                        "postern.yaml:1: listen.tls.mode: missing: "
                                + host.replace("\"", "")
                                + " can be reached from other machines, so give certificate and key, or write mode: disable to serve without TLS");
    }

    @Test
    void reachableHostWithModeDisable_read_isAccepted() {
        assertThat(
                        parse("listen: {host: 0.0.0.0, tls: {mode: disable}}\n" + MINIMAL)
                                .listen()
                                .tls()
                                .mode())
                .isEqualTo(ListenTlsMode.DISABLE);
    }

    @Test
    void certificateWithoutMode_read_requiresTls() {
        assertThat(
                        parse("listen: {tls: {certificate: c, key: k}}\n" + MINIMAL)
                                .listen()
                                .tls()
                                .mode())
                .isEqualTo(ListenTlsMode.REQUIRE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode: require|certificate: missing: mode require needs certificate and key",
                "mode: allow|certificate: missing: mode allow needs certificate and key",
                "certificate: c|key: missing: certificate is given, so its private key must be",
                "key: k|certificate: missing: key is given, so its certificate must be",
                "client_ca: a|certificate: missing: mode require needs certificate and key",
                "mode: disable, client_ca: a|client_ca: has no effect with mode disable; client certificates need mode require",
                "mode: allow, certificate: c, key: k, client_ca: a|client_ca: has no effect with mode allow; client certificates need mode require",
                "mode: off|mode: must be one of disable, allow, require, not \"off\" (the word is disable; YAML takes off and no for booleans)",
                "mode: verify-full|mode: must be one of disable, allow, require, not \"verify-full\""
            })
    void partsThatDoNotFit_read_areRefused(String tls, String problem) {
        assertThat(problems("listen: {tls: {" + tls + "}}\n" + MINIMAL))
                .containsExactly("postern.yaml:1: listen.tls." + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "certificate: c|key: missing: certificate is given, so its private key must be",
                "key: k|certificate: missing: key is given, so its certificate must be",
                "mode: disable, certificate: c, key: k|certificate: has no effect with mode disable: it is shown by TLS",
                "mode: disable, channel_binding: require|channel_binding: cannot be require with mode disable: there is no TLS to bind to",
                "channel_binding: off|channel_binding: must be one of disable, prefer, require, not \"off\" (the word is disable; YAML takes off and no for booleans)"
            })
    void upstreamPartsThatDoNotFit_read_areRefused(String tls, String problem) {
        String yaml = MINIMAL.replace("user:", "tls: {" + tls + "}\n    user:");

        assertThat(problems(yaml)).containsExactly("postern.yaml:4: upstreams.shop.tls." + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user: u|host: missing; the key is required",
                "host: b|user: missing; the key is required",
                "host: b, user: u, host_key: H|key: missing: either password or key is needed to log in to the SSH server",
                "host: b, user: u, host_key: H, key: k, password: P|key: cannot be given together with password",
                "host: b, user: u, host_key: H, password: P, passphrase: P|passphrase: has no effect without key",
                "host: b, user: u, key: k|known_hosts: missing: either known_hosts or host_key is needed to know the SSH server by; ssh-keyscan shows its keys, ssh-keygen -lf - their fingerprints",
                "host: b, user: u, key: k, known_hosts: f, host_key: H|host_key: cannot be given together with known_hosts",
                "host: b, user: u, key: k, host_key: none|host_key: must be a fingerprint as ssh-keygen -l shows it: SHA256: and 43 characters, not \"none\"",
                "host: b, user: u, key: k, host_key: H, keep_alive: 0s|keep_alive: must be a duration from 100ms to 1h, such as 500ms, 30s, 5m or 1h, not \"0s\""
            })
    void sshPartsThatDoNotFit_read_areRefused(String ssh, String problem) {
        String yaml =
                MINIMAL.replace(
                        "user:",
                        "ssh: {"
                                + ssh.replace(": H", ": \"SHA256:" + "a".repeat(43) + "\"")
                                        .replace(": P", ": \"${env:P}\"")
                                + "}\n    user:");

        assertThat(problems(yaml)).containsExactly("postern.yaml:4: upstreams.shop.ssh." + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "iam: {region: eu-central-1}|iam.provider: missing; the key is required",
                "iam: {provider: aws}|iam.region: missing: provider aws signs for the database's region",
                "iam: {provider: gcp, region: eu-central-1}|iam.region: has no effect with provider gcp",
                "iam: {provider: azure}, tls: {mode: require}|tls.mode: must be verify-ca or verify-full with iam: the password is sent as it is",
                "iam: {provider: azure}, tls: {mode: disable}|tls.mode: must be verify-ca or verify-full with iam: the password is sent as it is",
                "iam: {provider: gcp}, tls: {channel_binding: require}|tls.channel_binding: cannot be require with iam: the login is not by SCRAM",
                "iam: {provider: gcp}, password: P|iam: cannot be given together with password",
                "iam: {provider: gpc}|iam.provider: must be one of aws, gcp, azure, not \"gpc\" (did you mean gcp?)"
            })
    void iamThatDoesNotFit_read_isRefused(String keys, String problem) {
        String yaml =
                """
                upstreams:
                  shop: {hosts: [replica-1.db], user: postern_reader, %s}
                policies:
                  reporting: {upstream: shop, databases: [shop]}
                """
                        .formatted(keys.replace(": P", ": \"${env:P}\""));

        assertThat(problems(yaml))
                .singleElement()
                .asString()
                .startsWith("postern.yaml:2: upstreams.shop." + problem);
    }

    @Test
    void upstreamAuthorityThatWouldNotBeUsed_read_isRefused() {
        String yaml = MINIMAL.replace("user:", "tls: {mode: require, ca: ca.crt}\n    user:");

        assertThat(problems(yaml))
                .containsExactly(
                        "postern.yaml:4: upstreams.shop.tls.ca: has no effect with mode require: the certificate is checked with verify-ca and verify-full");
    }
}
