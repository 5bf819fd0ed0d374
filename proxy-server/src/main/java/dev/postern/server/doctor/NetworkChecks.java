package dev.postern.server.doctor;

import dev.postern.server.config.AgentConfig;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.HostAddress;
import dev.postern.server.config.ListenConfig;
import dev.postern.server.config.ListenTlsConfig;
import dev.postern.server.config.ListenTlsMode;
import dev.postern.server.tls.InvalidTlsFileException;
import dev.postern.server.tls.ListenTls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether the ways to Postern itself are no wider than they need to be. */
public final class NetworkChecks implements Check {

    private static final String CERTIFICATE =
            "Set listen.tls: {mode: require, certificate: FILE, key: FILE}.";

    private final Configuration configuration;
    private final ListenConfig listen;

    public NetworkChecks(Patient patient) {
        configuration = patient.configuration();
        listen = configuration.listen();
    }

    @Override
    public List<Finding> run() {
        return List.of(tls(), address(), admin());
    }

    private Finding tls() {
        String subject = listen.host() + ":" + listen.port();
        String unusable = unusable(listen.tls());
        if (unusable != null) {
            return CheckCode.LISTEN_TLS.fail(subject, unusable, "Give files that fit together.");
        }
        return switch (listen.tls().mode()) {
            case REQUIRE ->
                    CheckCode.LISTEN_TLS.ok(
                            subject,
                            listen.tls().clientCa() == null
                                    ? "agents must use TLS"
                                    : "agents must use TLS and show a certificate");
            case ALLOW ->
                    isLocal()
                            ? CheckCode.LISTEN_TLS.ok(subject, "allow, on this machine only")
                            : CheckCode.LISTEN_TLS.fail(
                                    subject,
                                    "allow: rows may cross the network in the clear",
                                    "Set listen.tls.mode: require.");
            case DISABLE ->
                    isLocal()
                            ? CheckCode.LISTEN_TLS.ok(subject, "no TLS, on this machine only")
                            : CheckCode.LISTEN_TLS.fail(
                                    subject,
                                    "no TLS: rows cross the network in the clear",
                                    CERTIFICATE);
        };
    }

    private static @Nullable String unusable(ListenTlsConfig tls) {
        Path certificate = tls.certificate();
        Path key = tls.key();
        if (certificate == null || key == null) {
            return null;
        }
        try {
            ListenTls.load(ListenTls.Mode.REQUIRE, certificate, key, tls.clientCa());
            return null;
        } catch (InvalidTlsFileException e) {
            return "listen.tls: " + e.getMessage();
        }
    }

    private Finding address() {
        if (isLocal()) {
            return CheckCode.LISTEN_ADDRESS.ok(listen.host(), "this machine only");
        }
        if (!HostAddress.isWildcard(listen.host())) {
            return CheckCode.LISTEN_ADDRESS.ok(listen.host(), "one address");
        }
        List<String> lacking = new ArrayList<>();
        if (listen.tls().mode() != ListenTlsMode.REQUIRE) {
            lacking.add("agents need not use TLS");
        }
        List<String> unbound =
                configuration.agents().values().stream()
                        .filter(agent -> !AgentChecks.isBound(agent))
                        .map(AgentConfig::name)
                        .toList();
        if (!unbound.isEmpty()) {
            lacking.add(
                    unbound.size() == 1
                            ? "agent " + unbound.getFirst() + " may come from anywhere"
                            : unbound.size() + " agents may come from anywhere");
        }
        return lacking.isEmpty()
                ? CheckCode.LISTEN_ADDRESS.ok(
                        listen.host(),
                        "every address of this machine, over TLS and from the agents' networks only")
                : CheckCode.LISTEN_ADDRESS.fail(
                        listen.host(),
                        "every address of this machine, and " + String.join(" and ", lacking),
                        "Set listen.host to the address that agents use, or listen.tls.mode: require and networks for every agent.");
    }

    private Finding admin() {
        String subject = configuration.admin().host() + ":" + configuration.admin().port();
        return HostAddress.isLoopback(configuration.admin().host())
                ? CheckCode.ADMIN_ADDRESS.ok(subject, "this machine only")
                : CheckCode.ADMIN_ADDRESS.note(
                        subject,
                        "metrics and health can be read from other machines, without a password",
                        "Let only what scrapes them reach this port, or set admin.host: 127.0.0.1.");
    }

    private boolean isLocal() {
        return HostAddress.isLoopback(listen.host());
    }
}
