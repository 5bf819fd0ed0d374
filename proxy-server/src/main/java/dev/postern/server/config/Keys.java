package dev.postern.server.config;

import static dev.postern.server.config.ValueTypes.bool;
import static dev.postern.server.config.ValueTypes.column;
import static dev.postern.server.config.ValueTypes.count;
import static dev.postern.server.config.ValueTypes.duration;
import static dev.postern.server.config.ValueTypes.fingerprint;
import static dev.postern.server.config.ValueTypes.function;
import static dev.postern.server.config.ValueTypes.host;
import static dev.postern.server.config.ValueTypes.hostPort;
import static dev.postern.server.config.ValueTypes.instant;
import static dev.postern.server.config.ValueTypes.integer;
import static dev.postern.server.config.ValueTypes.length;
import static dev.postern.server.config.ValueTypes.listOf;
import static dev.postern.server.config.ValueTypes.name;
import static dev.postern.server.config.ValueTypes.network;
import static dev.postern.server.config.ValueTypes.path;
import static dev.postern.server.config.ValueTypes.region;
import static dev.postern.server.config.ValueTypes.relation;
import static dev.postern.server.config.ValueTypes.secret;
import static dev.postern.server.config.ValueTypes.size;
import static dev.postern.server.config.ValueTypes.sshHost;
import static dev.postern.server.config.ValueTypes.text;
import static dev.postern.server.config.ValueTypes.verifier;
import static dev.postern.server.config.ValueTypes.word;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Every key there is, with its type, bounds, default and meaning, in the order of the reference
 * document.
 */
final class Keys {

    private static final int MAX_PORT = 65_535;
    private static final int MAX_CONNECTIONS = 1_000_000;
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final long GIB = 1024L * MIB;
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);

    static final Key<String> LISTEN_HOST =
            Key.of("listen.host", host(), "127.0.0.1", "The address that agents connect to.");
    static final Key<Integer> LISTEN_PORT =
            Key.of(
                    "listen.port",
                    integer(0, MAX_PORT),
                    "6432",
                    "The port that agents connect to; 0 takes any free one.");
    static final Key<ListenTlsMode> LISTEN_TLS_MODE =
            Key.optional(
                    "listen.tls.mode",
                    word(ListenTlsMode.class),
                    "require with a certificate; disable without one on a loopback address; otherwise refused",
                    "Whether agents must use TLS.");
    static final Key<Path> LISTEN_TLS_CERTIFICATE =
            Key.optional(
                    "listen.tls.certificate",
                    path(),
                    "no certificate",
                    "The certificate shown to agents, PEM, followed by its chain.");
    static final Key<Path> LISTEN_TLS_KEY =
            Key.optional(
                    "listen.tls.key",
                    path(),
                    "no key",
                    "The certificate's private key, PEM, not encrypted.");
    static final Key<Path> LISTEN_TLS_CLIENT_CA =
            Key.optional(
                    "listen.tls.client_ca",
                    path(),
                    "agents need no certificate",
                    "Authorities, PEM, one of which must have signed the certificate that each agent then has to show.");
    static final Key<Duration> LISTEN_AUTHENTICATION_TIMEOUT =
            Key.of(
                    "listen.authentication_timeout",
                    duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
                    "15s",
                    "How long a connection may take from accept to the end of authentication, TLS included.");
    static final Key<Integer> LISTEN_MAX_UNAUTHENTICATED =
            Key.of(
                    "listen.max_unauthenticated",
                    integer(1, MAX_CONNECTIONS),
                    "200",
                    "How many connections may be under way to authentication at a time.");
    static final Key<Integer> LISTEN_MAX_SESSIONS =
            Key.of(
                    "listen.max_sessions",
                    integer(1, MAX_CONNECTIONS),
                    "2000",
                    "How many authenticated sessions there may be at a time, over all agents.");

    static final Key<String> ADMIN_HOST =
            Key.of(
                    "admin.host",
                    host(),
                    "127.0.0.1",
                    "The address of the admin port (/metrics, /healthz, /readyz).");
    static final Key<Integer> ADMIN_PORT =
            Key.of(
                    "admin.port",
                    integer(0, MAX_PORT),
                    "8432",
                    "The admin port; 0 takes any free one.");
    static final Key<Integer> ADMIN_MAX_CONNECTIONS =
            Key.of(
                    "admin.max_connections",
                    integer(1, 10_000),
                    "64",
                    "How many connections the admin port serves at a time.");
    static final Key<Duration> ADMIN_REQUEST_TIMEOUT =
            Key.of(
                    "admin.request_timeout",
                    duration(SECOND, Duration.ofMinutes(10)),
                    "10s",
                    "How long a request to the admin port may take to arrive.");

    static final Key<List<HostPort>> UPSTREAM_HOSTS =
            Key.required(
                    "upstreams.<name>.hosts",
                    listOf(hostPort(), 1, 32),
                    "The standbys to read from, all of one cluster.");
    static final Key<String> UPSTREAM_USER =
            Key.required(
                    "upstreams.<name>.user",
                    name(),
                    "The role Postern logs in as; it must not be able to write.");
    static final Key<SecretReference> UPSTREAM_PASSWORD =
            Key.optional(
                    "upstreams.<name>.password",
                    secret(),
                    "the server must not ask for one",
                    "Where that role's password is kept.");
    static final Key<IamProvider> UPSTREAM_IAM_PROVIDER =
            Key.optional(
                    "upstreams.<name>.iam.provider",
                    word(IamProvider.class),
                    "the role has a password, or needs none",
                    "Whose cloud makes the passwords of that role, from the identity that Postern runs with there.");
    static final Key<String> UPSTREAM_IAM_REGION =
            Key.optional(
                    "upstreams.<name>.iam.region",
                    region(),
                    "required with provider aws, refused with the others",
                    "The region of the database, which the passwords are signed for.");
    static final Key<UpstreamTlsMode> UPSTREAM_TLS_MODE =
            Key.of(
                    "upstreams.<name>.tls.mode",
                    word(UpstreamTlsMode.class),
                    "verify-full",
                    "How connections to the upstream are protected.");
    static final Key<Path> UPSTREAM_TLS_CA =
            Key.optional(
                    "upstreams.<name>.tls.ca",
                    path(),
                    "the authorities that the Java runtime trusts",
                    "The authorities, PEM, that the upstream's certificate must come from.");
    static final Key<Path> UPSTREAM_TLS_CERTIFICATE =
            Key.optional(
                    "upstreams.<name>.tls.certificate",
                    path(),
                    "no certificate",
                    "The certificate shown to the upstream, PEM, followed by its chain.");
    static final Key<Path> UPSTREAM_TLS_KEY =
            Key.optional(
                    "upstreams.<name>.tls.key",
                    path(),
                    "no key",
                    "That certificate's private key, PEM, not encrypted.");
    static final Key<UpstreamChannelBinding> UPSTREAM_TLS_CHANNEL_BINDING =
            Key.of(
                    "upstreams.<name>.tls.channel_binding",
                    word(UpstreamChannelBinding.class),
                    "prefer",
                    "Whether the login by SCRAM is tied to the TLS connection it comes by (SCRAM-SHA-256-PLUS).");
    static final Key<HostPort> UPSTREAM_SSH_HOST =
            Key.optional(
                    "upstreams.<name>.ssh.host",
                    sshHost(),
                    "connections go to the hosts directly",
                    "The SSH server that connections to the upstream go through.");
    static final Key<String> UPSTREAM_SSH_USER =
            Key.optional(
                    "upstreams.<name>.ssh.user",
                    text(),
                    "required with the section ssh",
                    "Whom to log in as on the SSH server.");
    static final Key<SecretReference> UPSTREAM_SSH_PASSWORD =
            Key.optional(
                    "upstreams.<name>.ssh.password",
                    secret(),
                    "the login is by key",
                    "Where that user's password is kept.");
    static final Key<Path> UPSTREAM_SSH_KEY =
            Key.optional(
                    "upstreams.<name>.ssh.key",
                    path(),
                    "the login is by password",
                    "That user's private key, as ssh-keygen writes it.");
    static final Key<SecretReference> UPSTREAM_SSH_PASSPHRASE =
            Key.optional(
                    "upstreams.<name>.ssh.passphrase",
                    secret(),
                    "the key is not encrypted",
                    "Where the private key's passphrase is kept.");
    static final Key<Path> UPSTREAM_SSH_KNOWN_HOSTS =
            Key.optional(
                    "upstreams.<name>.ssh.known_hosts",
                    path(),
                    "the server is known by host_key",
                    "The keys that the SSH server may prove itself by, in OpenSSH's format.");
    static final Key<String> UPSTREAM_SSH_HOST_KEY =
            Key.optional(
                    "upstreams.<name>.ssh.host_key",
                    fingerprint(),
                    "the server is known by known_hosts",
                    "The fingerprint of the one key that the SSH server may prove itself by.");
    static final Key<Duration> UPSTREAM_SSH_CONNECT_TIMEOUT =
            Key.of(
                    "upstreams.<name>.ssh.connect_timeout",
                    duration(Duration.ofMillis(100), Duration.ofMinutes(5)),
                    "10s",
                    "How long connecting to the SSH server may take, logging in to it, and opening a connection through it.");
    static final Key<Duration> UPSTREAM_SSH_KEEP_ALIVE =
            Key.of(
                    "upstreams.<name>.ssh.keep_alive",
                    duration(Duration.ofMillis(100), Duration.ofHours(1)),
                    "15s",
                    "How often the SSH server is asked whether it is still there.");
    static final Key<Boolean> UPSTREAM_ALLOW_PRIMARY =
            Key.of(
                    "upstreams.<name>.allow_primary",
                    bool(),
                    "false",
                    "Whether a host that is not a hot standby may be used.");
    static final Key<Boolean> UPSTREAM_ALLOW_WRITABLE_ROLE =
            Key.of(
                    "upstreams.<name>.allow_writable_role",
                    bool(),
                    "false",
                    "Whether a role that could write may be used.");
    static final Key<Duration> UPSTREAM_MAX_LAG =
            Key.optional(
                    "upstreams.<name>.max_lag",
                    duration(SECOND, DAY),
                    "any lag is accepted",
                    "How far a standby may be behind its primary before it gets no new sessions.");
    static final Key<Duration> UPSTREAM_CONNECT_TIMEOUT =
            Key.of(
                    "upstreams.<name>.connect_timeout",
                    duration(Duration.ofMillis(100), Duration.ofMinutes(5)),
                    "5s",
                    "How long opening a connection to a host may take, TLS and authentication included.");
    static final Key<Duration> UPSTREAM_CHECK_INTERVAL =
            Key.of(
                    "upstreams.<name>.check_interval",
                    duration(Duration.ofMillis(100), Duration.ofHours(1)),
                    "5s",
                    "How often each host is asked whether it is a standby and how far it lags.");
    static final Key<Duration> UPSTREAM_CHECK_TIMEOUT =
            Key.of(
                    "upstreams.<name>.check_timeout",
                    duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
                    "3s",
                    "How long a check may take before the host counts as not reachable.");
    static final Key<Duration> UPSTREAM_EJECTION_INITIAL =
            Key.of(
                    "upstreams.<name>.ejection.initial",
                    duration(Duration.ofMillis(10), Duration.ofHours(1)),
                    "1s",
                    "How long a host that failed is passed over for the first time, if another serves.");
    static final Key<Duration> UPSTREAM_EJECTION_MAX =
            Key.of(
                    "upstreams.<name>.ejection.max",
                    duration(Duration.ofMillis(10), DAY),
                    "1m",
                    "The longest time that a host which fails again and again is passed over.");
    static final Key<Duration> UPSTREAM_SLOW_START =
            Key.of(
                    "upstreams.<name>.slow_start",
                    duration(Duration.ZERO, DAY),
                    "30s",
                    "Over which time a host that is back gets its full share of new sessions again.");
    static final Key<Integer> UPSTREAM_POOL_MAX =
            Key.of(
                    "upstreams.<name>.pool.max",
                    integer(1, 100_000),
                    "100",
                    "How many connections Postern opens to the upstream, over all its hosts.");
    static final Key<PoolModeName> UPSTREAM_POOL_MODE =
            Key.of(
                    "upstreams.<name>.pool.mode",
                    word(PoolModeName.class),
                    "session",
                    "Whether a session has a connection for all its time or for each of its transactions.");
    static final Key<Integer> UPSTREAM_POOL_MIN_IDLE =
            Key.of(
                    "upstreams.<name>.pool.min_idle",
                    integer(0, 100_000),
                    "0",
                    "How many connections to each database are kept open though nobody uses them.");
    static final Key<Duration> UPSTREAM_POOL_IDLE =
            Key.of(
                    "upstreams.<name>.pool.idle",
                    duration(SECOND, DAY),
                    "5m",
                    "How long a connection that nobody uses stays open.");
    static final Key<Duration> UPSTREAM_POOL_QUEUE_TIMEOUT =
            Key.of(
                    "upstreams.<name>.pool.queue_timeout",
                    duration(Duration.ZERO, Duration.ofHours(1)),
                    "10s",
                    "How long a session waits for a connection when all are in use.");
    static final Key<Duration> UPSTREAM_POOL_SHORT_TRANSACTION =
            Key.of(
                    "upstreams.<name>.pool.short_transaction",
                    duration(Duration.ZERO, Duration.ofMinutes(1)),
                    "5ms",
                    "In transaction mode, how long a transaction keeps others waiting while serving fewer at a time serves more.");
    static final Key<Integer> UPSTREAM_POOL_MAX_WAITING =
            Key.of(
                    "upstreams.<name>.pool.max_waiting",
                    integer(0, 1_000_000),
                    "10000",
                    "How many sessions of an event loop may wait for a connection to a database.");
    static final Key<Duration> UPSTREAM_POOL_RESET_TIMEOUT =
            Key.of(
                    "upstreams.<name>.pool.reset_timeout",
                    duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
                    "5s",
                    "How long it may take to make a used connection as good as new before it is closed.");
    static final Key<Integer> UPSTREAM_POOL_MAX_PREPARED_STATEMENTS =
            Key.of(
                    "upstreams.<name>.pool.max_prepared_statements",
                    integer(1, 100_000),
                    "500",
                    "How many prepared statements a connection keeps that is shared by transactions.");

    static final Key<String> POLICY_UPSTREAM =
            Key.required("policies.<name>.upstream", name(), "The upstream its agents read from.");
    static final Key<List<String>> POLICY_DATABASES =
            Key.required(
                    "policies.<name>.databases",
                    listOf(name(), 1, 1000),
                    "The databases its agents may connect to, by exact name.");
    static final Key<Duration> POLICY_MAX_LAG =
            Key.optional(
                    "policies.<name>.max_lag",
                    duration(SECOND, DAY),
                    "as far as the upstream's max_lag lets it",
                    "How far the standby that a statement runs on may be behind.");
    static final Key<PolicyMode> POLICY_MODE =
            Key.of(
                    "policies.<name>.mode",
                    word(PolicyMode.class),
                    "enforce",
                    "Whether the policy's rules for relations, columns and functions refuse, or only take note.");
    static final Key<List<String>> POLICY_RELATIONS_ALLOW =
            Key.optional(
                    "policies.<name>.relations.allow",
                    listOf(relation(), 0, 10_000),
                    "all that the upstream role may read, but for system relations that hold secrets and foreign tables",
                    "The relations that may be read.");
    static final Key<List<String>> POLICY_RELATIONS_DENY =
            Key.optional(
                    "policies.<name>.relations.deny",
                    listOf(relation(), 0, 10_000),
                    "none but system relations that hold secrets",
                    "Relations that may not be read, even if relations.allow has them.");
    static final Key<List<String>> POLICY_COLUMNS_DENY =
            Key.optional(
                    "policies.<name>.columns.deny",
                    listOf(column(), 0, 10_000),
                    "none",
                    "Columns that may not be read in any way.");
    static final Key<List<String>> POLICY_FUNCTIONS_ALLOW =
            Key.optional(
                    "policies.<name>.functions.allow",
                    listOf(function(), 0, 10_000),
                    "none but those that are known to be harmless",
                    "Functions that may be called beyond those that are known to be harmless.");
    static final Key<Duration> LIMIT_STATEMENT_TIMEOUT =
            Key.of(
                    "policies.<name>.limits.statement_timeout",
                    duration(MILLISECOND, DAY),
                    "30s",
                    "How long a statement may run.");
    static final Key<Long> LIMIT_MAX_ROWS =
            Key.optional(
                    "policies.<name>.limits.max_rows",
                    count(1, 1_000_000_000_000L),
                    "any number of rows",
                    "How many rows a statement may return.");
    static final Key<Long> LIMIT_MAX_RESULT =
            Key.optional(
                    "policies.<name>.limits.max_result",
                    size(KIB, 1024 * GIB),
                    "a result of any size",
                    "How many bytes a statement may return.");
    static final Key<Integer> LIMIT_MAX_SESSIONS =
            Key.of(
                    "policies.<name>.limits.max_sessions",
                    integer(1, MAX_CONNECTIONS),
                    "100",
                    "How many sessions one agent may have at a time.");
    static final Key<Integer> LIMIT_MAX_CONNECTIONS =
            Key.optional(
                    "policies.<name>.limits.max_connections",
                    integer(1, 100_000),
                    "as many as the upstream's pool has",
                    "How many connections to the upstream all sessions of the policy may use at a time.");
    static final Key<Integer> LIMIT_MAX_AGENT_CONNECTIONS =
            Key.optional(
                    "policies.<name>.limits.max_agent_connections",
                    integer(1, 100_000),
                    "as many as the policy may use",
                    "How many connections to the upstream one agent's sessions may use at a time.");
    static final Key<Integer> LIMIT_QUERIES_PER_MINUTE =
            Key.optional(
                    "policies.<name>.limits.queries_per_minute",
                    integer(1, 10_000_000),
                    "any number of statements",
                    "How many statements one agent may run in a minute, over all its sessions.");

    static final Key<String> AGENT_POLICY =
            Key.required("agents.<name>.policy", name(), "The policy that applies to the agent.");
    static final Key<String> AGENT_OWNER =
            Key.optional(
                    "agents.<name>.owner",
                    text(),
                    "nobody; audit events name no human",
                    "The human answerable for the agent.");
    static final Key<VerifierText> AGENT_VERIFIER =
            Key.required(
                    "agents.<name>.verifier",
                    verifier(),
                    "What the agent's password is checked against; written by postern agent add.");
    static final Key<List<String>> AGENT_NETWORKS =
            Key.optional(
                    "agents.<name>.networks",
                    listOf(network(), 1, 1000),
                    "the agent may come from anywhere",
                    "Where the agent may connect from.");
    static final Key<Instant> AGENT_EXPIRES =
            Key.optional(
                    "agents.<name>.expires",
                    instant(),
                    "never",
                    "When the agent's credential stops working.");
    static final Key<Instant> AGENT_CREATED =
            Key.optional(
                    "agents.<name>.created",
                    instant(),
                    "its age is not known",
                    "When the agent's credential was made; written by postern agent add and rotate.");

    static final Key<Path> AUDIT_FILE_DIRECTORY =
            Key.of("audit.file.directory", path(), "audit", "Where the audit files are written.");
    static final Key<Long> AUDIT_FILE_ROTATE =
            Key.of(
                    "audit.file.rotate",
                    size(64 * KIB, 1024 * GIB),
                    "256MiB",
                    "The size at which a new audit file is begun.");

    static final Key<Integer> AUDIT_FILE_JOURNAL =
            Key.of(
                    "audit.file.journal",
                    length(4 * MIB, 1024 * MIB),
                    "16MiB",
                    "How many bytes of events may be accepted and not yet be in an audit file.");
    static final Key<Integer> AUDIT_FILE_MAX_STATEMENT =
            Key.of(
                    "audit.file.max_statement",
                    length(0, 256 * KIB),
                    "256KiB",
                    "How many bytes of a statement's text an event keeps.");
    static final Key<AuditSync> AUDIT_FILE_SYNC =
            Key.of(
                    "audit.file.sync",
                    word(AuditSync.class),
                    "none",
                    "When audit files are forced to the disk.");

    static final Key<Integer> GATE_THREADS =
            Key.of(
                    "gate.threads",
                    integer(1, 256),
                    "2",
                    "How many threads read statements that were not seen before.");
    static final Key<Integer> GATE_MAX_TEXT =
            Key.of(
                    "gate.max_text",
                    length(KIB, 16 * MIB),
                    "256KiB",
                    "The longest SQL text that is read.");
    static final Key<Integer> GATE_MAX_TREE =
            Key.of(
                    "gate.max_tree",
                    length(64 * KIB, 1024 * MIB),
                    "32MiB",
                    "The largest parse tree that is read, as PostgreSQL's grammar prints it.");
    static final Key<Integer> GATE_MAX_NESTING =
            Key.of(
                    "gate.max_nesting",
                    integer(16, 10_000),
                    "4000",
                    "How deep a text's parse tree may be.");
    static final Key<Integer> GATE_MAX_NODES =
            Key.of(
                    "gate.max_nodes",
                    integer(100, 10_000_000),
                    "250000",
                    "How many nodes a text's parse tree may have.");
    static final Key<Integer> GATE_MAX_STATEMENTS =
            Key.of(
                    "gate.max_statements",
                    integer(1, 100_000),
                    "200",
                    "How many statements one text may hold.");
    static final Key<Duration> GATE_TIME_LIMIT =
            Key.of(
                    "gate.time_limit",
                    duration(MILLISECOND, Duration.ofSeconds(10)),
                    "150ms",
                    "How much processor time the verdict on one text may take.");
    static final Key<Duration> GATE_WALL_TIME_LIMIT =
            Key.of(
                    "gate.wall_time_limit",
                    duration(Duration.ofMillis(10), Duration.ofMinutes(1)),
                    "2s",
                    "How long the verdict on one text may take on a machine too busy to give it processor time.");
    static final Key<Integer> GATE_MAX_WAITING =
            Key.of(
                    "gate.max_waiting",
                    integer(1, 1_000_000),
                    "1024",
                    "How many texts may wait to be read; more are refused.");
    static final Key<Long> GATE_MAX_WAITING_SIZE =
            Key.of(
                    "gate.max_waiting_size",
                    size(64 * KIB, 16 * GIB),
                    "16MiB",
                    "How many bytes of texts may wait to be read; more are refused.");
    static final Key<Duration> GATE_SECOND_READER_TIME_LIMIT =
            Key.of(
                    "gate.second_reader.time_limit",
                    duration(MILLISECOND, Duration.ofSeconds(10)),
                    "100ms",
                    "How long the second reader may take before its veto is given up.");
    static final Key<Long> GATE_CACHE_SIZE =
            Key.of(
                    "gate.cache.size",
                    size(64 * KIB, 16 * GIB),
                    "64MiB",
                    "How much memory remembered verdicts may take.");
    static final Key<Duration> GATE_CATALOG_REFRESH_INTERVAL =
            Key.of(
                    "gate.catalog.refresh_interval",
                    duration(SECOND, DAY),
                    "60s",
                    "How often each database is looked at for changes of its functions, types and relations.");
    static final Key<Duration> GATE_CATALOG_MIN_INTERVAL =
            Key.of(
                    "gate.catalog.min_interval",
                    duration(Duration.ofMillis(100), Duration.ofHours(1)),
                    "250ms",
                    "How soon after the last look a statement that names something unknown may cause another.");
    static final Key<Duration> GATE_CATALOG_MAX_WAIT =
            Key.of(
                    "gate.catalog.max_wait",
                    duration(Duration.ZERO, Duration.ofMinutes(1)),
                    "5s",
                    "How long a statement that names something unknown may wait for the next look to begin.");
    static final Key<Duration> GATE_CATALOG_TIME_LIMIT =
            Key.of(
                    "gate.catalog.time_limit",
                    duration(SECOND, Duration.ofMinutes(10)),
                    "30s",
                    "How long PostgreSQL may take for each of the queries that read a catalog.");
    static final Key<Integer> GATE_CATALOG_MAX_OBJECTS =
            Key.of(
                    "gate.catalog.max_objects",
                    integer(10_000, 100_000_000),
                    "1000000",
                    "How many functions, operators, types, casts, relations and columns a database may have.");
    static final Key<Integer> GATE_CATALOG_MAX_DEFINITION =
            Key.of(
                    "gate.catalog.max_definition",
                    length(KIB, 16 * MIB),
                    "256KiB",
                    "The longest function body, view definition or expression that is read.");
    static final Key<Long> GATE_CATALOG_MAX_TEXT =
            Key.of(
                    "gate.catalog.max_text",
                    size(64 * KIB, 16 * GIB),
                    "64MiB",
                    "How long all bodies, definitions and expressions of a database may be together.");

    static final Key<Integer> SESSION_MAX_MESSAGE =
            Key.of(
                    "session.max_message",
                    length(16 * KIB, 1024 * MIB),
                    "4MiB",
                    "The longest message with parameters (Bind) that is read from an agent.");
    static final Key<Integer> SESSION_MAX_PREPARED_STATEMENTS =
            Key.of(
                    "session.max_prepared_statements",
                    integer(1, 1_000_000),
                    "1000",
                    "How many prepared statements a session may have.");
    static final Key<Integer> SESSION_MAX_PORTALS =
            Key.of(
                    "session.max_portals",
                    integer(1, 1_000_000),
                    "1000",
                    "How many portals a session may have.");
    static final Key<Integer> SESSION_MAX_PIPELINE =
            Key.of(
                    "session.max_pipeline",
                    integer(1, 1_000_000),
                    "10000",
                    "How many messages of a session may await their answers.");
    static final Key<Integer> SESSION_WRITE_BUFFER =
            Key.of(
                    "session.write_buffer",
                    length(4 * KIB, 64 * MIB),
                    "128KiB",
                    "How many bytes may wait to be written to one side before the other side is no longer read.");
    static final Key<Duration> SESSION_IDLE_TIMEOUT =
            Key.optional(
                    "session.idle_timeout",
                    duration(SECOND, Duration.ofDays(30)),
                    "idle sessions stay open",
                    "How long a session may be idle before it is closed.");

    static final Key<Integer> SERVER_EVENT_LOOPS =
            Key.optional(
                    "server.event_loops",
                    integer(1, 1024),
                    "half as many as there are processors, at least one",
                    "How many threads carry the sessions' traffic.");
    static final Key<Integer> SERVER_INSTANCE =
            Key.optional(
                    "server.instance",
                    integer(1, 255),
                    "this is the only instance",
                    "Which of server.peers this process is, counted from 1.");
    static final Key<List<HostPort>> SERVER_PEERS =
            Key.optional(
                    "server.peers",
                    listOf(hostPort(), 1, 255),
                    "this is the only instance",
                    "All instances behind one address, in the same order for each, with the ports that agents connect to.");
    static final Key<UpstreamTlsMode> SERVER_PEER_TLS_MODE =
            Key.of(
                    "server.peer_tls.mode",
                    word(UpstreamTlsMode.class),
                    "verify-full",
                    "How connections to peers are protected.");
    static final Key<Path> SERVER_PEER_TLS_CA =
            Key.optional(
                    "server.peer_tls.ca",
                    path(),
                    "the authorities that the Java runtime trusts",
                    "The authorities of the peers' certificates, as a PEM file.");
    static final Key<Path> SERVER_PEER_TLS_CERTIFICATE =
            Key.optional(
                    "server.peer_tls.certificate",
                    path(),
                    "peers are shown none",
                    "The certificate that is shown to peers, as a PEM file: needed if their listen.tls.client_ca is set.");
    static final Key<Path> SERVER_PEER_TLS_KEY =
            Key.optional(
                    "server.peer_tls.key",
                    path(),
                    "peers are shown no certificate",
                    "The private key of that certificate, as a PEM file.");
    static final Key<Duration> SERVER_PEER_TIMEOUT =
            Key.of(
                    "server.peer_timeout",
                    duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
                    "5s",
                    "How long it may take to pass a cancel request on to a peer.");
    static final Key<Duration> SERVER_DRAIN_TIMEOUT =
            Key.of(
                    "server.drain_timeout",
                    duration(Duration.ZERO, Duration.ofHours(1)),
                    "30s",
                    "How long sessions may finish their statements after SIGTERM.");
    static final Key<Duration> SERVER_RELOAD_INTERVAL =
            Key.of(
                    "server.reload_interval",
                    duration(Duration.ofMillis(100), DAY),
                    "5s",
                    "How often the configuration file is looked at for changes.");

    /** All keys, in the order of the reference document. */
    static final List<Key<?>> ALL =
            List.of(
                    LISTEN_HOST,
                    LISTEN_PORT,
                    LISTEN_TLS_MODE,
                    LISTEN_TLS_CERTIFICATE,
                    LISTEN_TLS_KEY,
                    LISTEN_TLS_CLIENT_CA,
                    LISTEN_AUTHENTICATION_TIMEOUT,
                    LISTEN_MAX_UNAUTHENTICATED,
                    LISTEN_MAX_SESSIONS,
                    ADMIN_HOST,
                    ADMIN_PORT,
                    ADMIN_MAX_CONNECTIONS,
                    ADMIN_REQUEST_TIMEOUT,
                    UPSTREAM_HOSTS,
                    UPSTREAM_USER,
                    UPSTREAM_PASSWORD,
                    UPSTREAM_IAM_PROVIDER,
                    UPSTREAM_IAM_REGION,
                    UPSTREAM_TLS_MODE,
                    UPSTREAM_TLS_CA,
                    UPSTREAM_TLS_CERTIFICATE,
                    UPSTREAM_TLS_KEY,
                    UPSTREAM_TLS_CHANNEL_BINDING,
                    UPSTREAM_SSH_HOST,
                    UPSTREAM_SSH_USER,
                    UPSTREAM_SSH_PASSWORD,
                    UPSTREAM_SSH_KEY,
                    UPSTREAM_SSH_PASSPHRASE,
                    UPSTREAM_SSH_KNOWN_HOSTS,
                    UPSTREAM_SSH_HOST_KEY,
                    UPSTREAM_SSH_CONNECT_TIMEOUT,
                    UPSTREAM_SSH_KEEP_ALIVE,
                    UPSTREAM_ALLOW_PRIMARY,
                    UPSTREAM_ALLOW_WRITABLE_ROLE,
                    UPSTREAM_MAX_LAG,
                    UPSTREAM_CONNECT_TIMEOUT,
                    UPSTREAM_CHECK_INTERVAL,
                    UPSTREAM_CHECK_TIMEOUT,
                    UPSTREAM_EJECTION_INITIAL,
                    UPSTREAM_EJECTION_MAX,
                    UPSTREAM_SLOW_START,
                    UPSTREAM_POOL_MAX,
                    UPSTREAM_POOL_MODE,
                    UPSTREAM_POOL_MIN_IDLE,
                    UPSTREAM_POOL_IDLE,
                    UPSTREAM_POOL_QUEUE_TIMEOUT,
                    UPSTREAM_POOL_SHORT_TRANSACTION,
                    UPSTREAM_POOL_MAX_WAITING,
                    UPSTREAM_POOL_RESET_TIMEOUT,
                    UPSTREAM_POOL_MAX_PREPARED_STATEMENTS,
                    POLICY_UPSTREAM,
                    POLICY_DATABASES,
                    POLICY_MAX_LAG,
                    POLICY_MODE,
                    POLICY_RELATIONS_ALLOW,
                    POLICY_RELATIONS_DENY,
                    POLICY_COLUMNS_DENY,
                    POLICY_FUNCTIONS_ALLOW,
                    LIMIT_STATEMENT_TIMEOUT,
                    LIMIT_MAX_ROWS,
                    LIMIT_MAX_RESULT,
                    LIMIT_MAX_SESSIONS,
                    LIMIT_MAX_CONNECTIONS,
                    LIMIT_MAX_AGENT_CONNECTIONS,
                    LIMIT_QUERIES_PER_MINUTE,
                    AGENT_POLICY,
                    AGENT_OWNER,
                    AGENT_VERIFIER,
                    AGENT_NETWORKS,
                    AGENT_EXPIRES,
                    AGENT_CREATED,
                    AUDIT_FILE_DIRECTORY,
                    AUDIT_FILE_ROTATE,
                    AUDIT_FILE_JOURNAL,
                    AUDIT_FILE_MAX_STATEMENT,
                    AUDIT_FILE_SYNC,
                    GATE_THREADS,
                    GATE_MAX_TEXT,
                    GATE_MAX_TREE,
                    GATE_MAX_NESTING,
                    GATE_MAX_NODES,
                    GATE_MAX_STATEMENTS,
                    GATE_TIME_LIMIT,
                    GATE_WALL_TIME_LIMIT,
                    GATE_MAX_WAITING,
                    GATE_MAX_WAITING_SIZE,
                    GATE_SECOND_READER_TIME_LIMIT,
                    GATE_CACHE_SIZE,
                    GATE_CATALOG_REFRESH_INTERVAL,
                    GATE_CATALOG_MIN_INTERVAL,
                    GATE_CATALOG_MAX_WAIT,
                    GATE_CATALOG_TIME_LIMIT,
                    GATE_CATALOG_MAX_OBJECTS,
                    GATE_CATALOG_MAX_DEFINITION,
                    GATE_CATALOG_MAX_TEXT,
                    SESSION_MAX_MESSAGE,
                    SESSION_MAX_PREPARED_STATEMENTS,
                    SESSION_MAX_PORTALS,
                    SESSION_MAX_PIPELINE,
                    SESSION_WRITE_BUFFER,
                    SESSION_IDLE_TIMEOUT,
                    SERVER_EVENT_LOOPS,
                    SERVER_INSTANCE,
                    SERVER_PEERS,
                    SERVER_PEER_TLS_MODE,
                    SERVER_PEER_TLS_CA,
                    SERVER_PEER_TLS_CERTIFICATE,
                    SERVER_PEER_TLS_KEY,
                    SERVER_PEER_TIMEOUT,
                    SERVER_DRAIN_TIMEOUT,
                    SERVER_RELOAD_INTERVAL);

    private Keys() {}
}
