package dev.postern.server.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records of a document that {@link SchemaCheck} has passed. What the records refuse
 * becomes a problem of its key.
 */
final class ConfigurationReader {

    private final Section root;
    private final Problems problems;

    ConfigurationReader(YamlNode document, Path directory, Problems problems) {
        this.root =
                new Section(
                        Schema.ROOT,
                        "",
                        document instanceof YamlNode.Mapping mapping ? mapping : null,
                        directory);
        this.problems = problems;
    }

    Configuration read() throws InvalidConfigurationException {
        Map<String, UpstreamConfig> upstreams = named("upstreams", this::upstream);
        Map<String, PolicyConfig> policies = named("policies", this::policy);
        Map<String, AgentConfig> agents = named("agents", ConfigurationReader::agent);
        ListenConfig listen = listen(root.section("listen"));
        AdminConfig admin = section(root.section("admin"), ConfigurationReader::admin);
        AuditConfig audit =
                section(root.section("audit").section("file"), ConfigurationReader::audit);
        GateConfig gate = section(root.section("gate"), this::gate);
        SessionConfig session = section(root.section("session"), ConfigurationReader::session);
        ServerConfig server = section(root.section("server"), ConfigurationReader::server);
        if (problems.isEmpty()) {
            CrossReferences.dangling(upstreams, policies, agents)
                    .forEach(dangling -> problems.add(dangling.keyPath(), dangling.message()));
        }
        problems.throwIfAny();
        return new Configuration(
                root.directory(),
                Objects.requireNonNull(listen),
                Objects.requireNonNull(admin),
                upstreams,
                policies,
                agents,
                Objects.requireNonNull(audit),
                Objects.requireNonNull(gate),
                Objects.requireNonNull(session),
                Objects.requireNonNull(server));
    }

    /** Makes the policies; all else is that of another configuration. */
    Configuration readPolicies(Configuration base) throws InvalidConfigurationException {
        Map<String, PolicyConfig> policies = new LinkedHashMap<>(base.policies());
        policies.putAll(named("policies", this::policy));
        CrossReferences.dangling(base.upstreams(), policies, base.agents())
                .forEach(dangling -> problems.add(dangling.keyPath(), dangling.message()));
        problems.throwIfAny();
        return base.withPolicies(policies);
    }

    /** Makes a record, or notes what it refuses. */
    private <T> @Nullable T section(Section section, Function<Section, T> maker) {
        return attempt(section.path(), () -> maker.apply(section));
    }

    private <T> @Nullable T attempt(String path, Supplier<T> maker) {
        try {
            return maker.get();
        } catch (InvalidValueException e) {
            problems.add(e.key().isEmpty() ? path : path + "." + e.key(), e.problem());
            return null;
        }
    }

    private <T> Map<String, T> named(String parent, Function<Section, @Nullable T> maker) {
        Map<String, T> records = new LinkedHashMap<>();
        for (Section section : root.named(parent)) {
            T made = attempt(section.path(), () -> maker.apply(section));
            if (made != null) {
                records.put(section.name(parent), made);
            }
        }
        return records;
    }

    private @Nullable ListenConfig listen(Section section) {
        String host = section.get(Keys.LISTEN_HOST);
        ListenTlsConfig tls = section(section.section("tls"), part -> listenTls(part, host));
        if (tls == null) {
            return null;
        }
        return section(
                section,
                part ->
                        new ListenConfig(
                                host,
                                part.get(Keys.LISTEN_PORT),
                                tls,
                                part.get(Keys.LISTEN_AUTHENTICATION_TIMEOUT),
                                part.get(Keys.LISTEN_MAX_UNAUTHENTICATED),
                                part.get(Keys.LISTEN_MAX_SESSIONS)));
    }

    /** Without a mode, connections are plain only where they cannot leave the machine. */
    private static ListenTlsConfig listenTls(Section section, String host) {
        ListenTlsMode mode = section.find(Keys.LISTEN_TLS_MODE);
        Path certificate = section.findPath(Keys.LISTEN_TLS_CERTIFICATE);
        Path key = section.findPath(Keys.LISTEN_TLS_KEY);
        Path clientCa = section.findPath(Keys.LISTEN_TLS_CLIENT_CA);
        if (mode == null) {
            boolean plain = certificate == null && key == null && clientCa == null;
            if (plain && !HostAddress.isLoopback(host)) {
                throw new InvalidValueException(
                        "mode",
                        "missing: "
                                + host
                                + " can be reached from other machines, so give certificate and key, or write mode: disable to serve without TLS");
            }
            mode = plain ? ListenTlsMode.DISABLE : ListenTlsMode.REQUIRE;
        }
        return new ListenTlsConfig(mode, certificate, key, clientCa);
    }

    private static AdminConfig admin(Section section) {
        return new AdminConfig(
                section.get(Keys.ADMIN_HOST),
                section.get(Keys.ADMIN_PORT),
                section.get(Keys.ADMIN_MAX_CONNECTIONS),
                section.get(Keys.ADMIN_REQUEST_TIMEOUT));
    }

    private static @Nullable PeersConfig peers(Section section) {
        Integer instance = section.find(Keys.SERVER_INSTANCE);
        List<HostPort> hosts = section.find(Keys.SERVER_PEERS);
        Section tls = section.section("peer_tls");
        if (instance == null && hosts == null) {
            return null;
        }
        if (instance == null) {
            throw new InvalidValueException("instance", "missing: peers is given");
        }
        if (hosts == null) {
            throw new InvalidValueException("peers", "missing: instance is given");
        }
        return new PeersConfig(
                instance,
                hosts,
                new UpstreamTlsConfig(
                        tls.get(Keys.SERVER_PEER_TLS_MODE),
                        tls.findPath(Keys.SERVER_PEER_TLS_CA),
                        tls.findPath(Keys.SERVER_PEER_TLS_CERTIFICATE),
                        tls.findPath(Keys.SERVER_PEER_TLS_KEY),
                        UpstreamChannelBinding.PREFER),
                section.get(Keys.SERVER_PEER_TIMEOUT));
    }

    private @Nullable UpstreamConfig upstream(Section section) {
        UpstreamTlsConfig tls =
                section(
                        section.section("tls"),
                        part ->
                                new UpstreamTlsConfig(
                                        part.get(Keys.UPSTREAM_TLS_MODE),
                                        part.findPath(Keys.UPSTREAM_TLS_CA),
                                        part.findPath(Keys.UPSTREAM_TLS_CERTIFICATE),
                                        part.findPath(Keys.UPSTREAM_TLS_KEY),
                                        part.get(Keys.UPSTREAM_TLS_CHANNEL_BINDING)));
        PoolConfig pool = section(section.section("pool"), ConfigurationReader::pool);
        EjectionConfig ejection =
                section(
                        section.section("ejection"),
                        part ->
                                new EjectionConfig(
                                        part.get(Keys.UPSTREAM_EJECTION_INITIAL),
                                        part.get(Keys.UPSTREAM_EJECTION_MAX)));
        Section sshPart = section.section("ssh");
        SshConfig ssh = sshPart.isPresent() ? section(sshPart, ConfigurationReader::ssh) : null;
        Section iamPart = section.section("iam");
        IamConfig iam = iamPart.isPresent() ? section(iamPart, ConfigurationReader::iam) : null;
        if (tls == null
                || pool == null
                || ejection == null
                || (sshPart.isPresent() && ssh == null)
                || (iamPart.isPresent() && iam == null)) {
            return null;
        }
        return new UpstreamConfig(
                section.name("upstreams"),
                section.get(Keys.UPSTREAM_HOSTS),
                section.get(Keys.UPSTREAM_USER),
                section.find(Keys.UPSTREAM_PASSWORD),
                iam,
                tls,
                ssh,
                section.get(Keys.UPSTREAM_ALLOW_PRIMARY),
                section.get(Keys.UPSTREAM_ALLOW_WRITABLE_ROLE),
                section.find(Keys.UPSTREAM_MAX_LAG),
                section.get(Keys.UPSTREAM_CONNECT_TIMEOUT),
                section.get(Keys.UPSTREAM_CHECK_INTERVAL),
                section.get(Keys.UPSTREAM_CHECK_TIMEOUT),
                ejection,
                section.get(Keys.UPSTREAM_SLOW_START),
                pool);
    }

    private static PoolConfig pool(Section section) {
        return new PoolConfig(
                section.get(Keys.UPSTREAM_POOL_MAX),
                section.get(Keys.UPSTREAM_POOL_MODE),
                section.get(Keys.UPSTREAM_POOL_MIN_IDLE),
                section.get(Keys.UPSTREAM_POOL_IDLE),
                section.get(Keys.UPSTREAM_POOL_QUEUE_TIMEOUT),
                section.get(Keys.UPSTREAM_POOL_SHORT_TRANSACTION),
                section.get(Keys.UPSTREAM_POOL_MAX_WAITING),
                section.get(Keys.UPSTREAM_POOL_RESET_TIMEOUT),
                section.get(Keys.UPSTREAM_POOL_MAX_PREPARED_STATEMENTS));
    }

    private static IamConfig iam(Section section) {
        IamProvider provider = section.find(Keys.UPSTREAM_IAM_PROVIDER);
        if (provider == null) {
            throw new InvalidValueException("provider", "missing; the key is required");
        }
        return new IamConfig(provider, section.find(Keys.UPSTREAM_IAM_REGION));
    }

    private static SshConfig ssh(Section section) {
        HostPort host = section.find(Keys.UPSTREAM_SSH_HOST);
        if (host == null) {
            throw new InvalidValueException("host", "missing; the key is required");
        }
        String user = section.find(Keys.UPSTREAM_SSH_USER);
        if (user == null) {
            throw new InvalidValueException("user", "missing; the key is required");
        }
        return new SshConfig(
                host,
                user,
                section.find(Keys.UPSTREAM_SSH_PASSWORD),
                section.findPath(Keys.UPSTREAM_SSH_KEY),
                section.find(Keys.UPSTREAM_SSH_PASSPHRASE),
                section.findPath(Keys.UPSTREAM_SSH_KNOWN_HOSTS),
                section.find(Keys.UPSTREAM_SSH_HOST_KEY),
                section.get(Keys.UPSTREAM_SSH_CONNECT_TIMEOUT),
                section.get(Keys.UPSTREAM_SSH_KEEP_ALIVE));
    }

    private PolicyConfig policy(Section section) {
        Section limits = section.section("limits");
        List<String> functions = section.section("functions").find(Keys.POLICY_FUNCTIONS_ALLOW);
        Section relations = section.section("relations");
        List<String> denied = relations.find(Keys.POLICY_RELATIONS_DENY);
        List<String> columns = section.section("columns").find(Keys.POLICY_COLUMNS_DENY);
        return new PolicyConfig(
                section.name("policies"),
                section.get(Keys.POLICY_UPSTREAM),
                section.get(Keys.POLICY_DATABASES),
                section.find(Keys.POLICY_MAX_LAG),
                section.get(Keys.POLICY_MODE),
                new RelationsConfig(
                        relations.find(Keys.POLICY_RELATIONS_ALLOW),
                        denied == null ? List.of() : denied,
                        columns == null ? List.of() : columns),
                functions == null ? List.of() : functions,
                new LimitsConfig(
                        limits.get(Keys.LIMIT_STATEMENT_TIMEOUT),
                        limits.find(Keys.LIMIT_MAX_ROWS),
                        limits.find(Keys.LIMIT_MAX_RESULT),
                        limits.get(Keys.LIMIT_MAX_SESSIONS),
                        limits.find(Keys.LIMIT_MAX_CONNECTIONS),
                        limits.find(Keys.LIMIT_MAX_AGENT_CONNECTIONS),
                        limits.find(Keys.LIMIT_QUERIES_PER_MINUTE)));
    }

    private static AgentConfig agent(Section section) {
        List<String> networks = section.find(Keys.AGENT_NETWORKS);
        return new AgentConfig(
                section.name("agents"),
                section.get(Keys.AGENT_POLICY),
                section.find(Keys.AGENT_OWNER),
                section.get(Keys.AGENT_VERIFIER),
                networks == null ? List.of() : networks,
                section.find(Keys.AGENT_EXPIRES),
                section.find(Keys.AGENT_CREATED));
    }

    private static AuditConfig audit(Section section) {
        return new AuditConfig(
                new AuditConfig.File(
                        section.getPath(Keys.AUDIT_FILE_DIRECTORY),
                        section.get(Keys.AUDIT_FILE_ROTATE),
                        section.get(Keys.AUDIT_FILE_JOURNAL),
                        section.get(Keys.AUDIT_FILE_MAX_STATEMENT),
                        section.get(Keys.AUDIT_FILE_SYNC)));
    }

    private GateConfig gate(Section section) {
        Section secondReader = section.section("second_reader");
        return new GateConfig(
                section.get(Keys.GATE_THREADS),
                section.get(Keys.GATE_MAX_TEXT),
                section.get(Keys.GATE_MAX_TREE),
                section.get(Keys.GATE_MAX_NESTING),
                section.get(Keys.GATE_MAX_NODES),
                section.get(Keys.GATE_MAX_STATEMENTS),
                section.get(Keys.GATE_TIME_LIMIT),
                section.get(Keys.GATE_WALL_TIME_LIMIT),
                section.get(Keys.GATE_MAX_WAITING),
                section.get(Keys.GATE_MAX_WAITING_SIZE),
                new GateConfig.SecondReader(secondReader.get(Keys.GATE_SECOND_READER_TIME_LIMIT)),
                section.section("cache").get(Keys.GATE_CACHE_SIZE),
                catalog(section.section("catalog")));
    }

    private static GateConfig.Catalog catalog(Section section) {
        return new GateConfig.Catalog(
                section.get(Keys.GATE_CATALOG_REFRESH_INTERVAL),
                section.get(Keys.GATE_CATALOG_MIN_INTERVAL),
                section.get(Keys.GATE_CATALOG_MAX_WAIT),
                section.get(Keys.GATE_CATALOG_TIME_LIMIT),
                section.get(Keys.GATE_CATALOG_MAX_OBJECTS),
                section.get(Keys.GATE_CATALOG_MAX_DEFINITION),
                section.get(Keys.GATE_CATALOG_MAX_TEXT));
    }

    private static SessionConfig session(Section section) {
        return new SessionConfig(
                section.get(Keys.SESSION_MAX_MESSAGE),
                section.get(Keys.SESSION_MAX_PREPARED_STATEMENTS),
                section.get(Keys.SESSION_MAX_PORTALS),
                section.get(Keys.SESSION_MAX_PIPELINE),
                section.get(Keys.SESSION_WRITE_BUFFER),
                section.find(Keys.SESSION_IDLE_TIMEOUT));
    }

    private static ServerConfig server(Section section) {
        return new ServerConfig(
                section.find(Keys.SERVER_EVENT_LOOPS),
                peers(section),
                section.get(Keys.SERVER_DRAIN_TIMEOUT),
                section.get(Keys.SERVER_RELOAD_INTERVAL));
    }
}
