package dev.postern.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole configuration, valid in itself: every name it mentions exists. {@link
 * ConfigurationLoader} makes it of a file. It holds references to secrets, not secrets.
 *
 * @param directory what relative paths were resolved against, and references to secrets in files
 *     are
 * @param listen where agents connect
 * @param admin the admin port
 * @param upstreams by name, in the order of the file; at least one
 * @param policies by name, in the order of the file; at least one
 * @param agents by name, in the order of the file; may be empty
 * @param audit the audit trail
 * @param gate the reading and judging of statements
 * @param session what one session may hold
 * @param server the process
 */
public record Configuration(
        Path directory,
        ListenConfig listen,
        AdminConfig admin,
        Map<String, UpstreamConfig> upstreams,
        Map<String, PolicyConfig> policies,
        Map<String, AgentConfig> agents,
        AuditConfig audit,
        GateConfig gate,
        SessionConfig session,
        ServerConfig server) {

    public Configuration {
        upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
        policies = Collections.unmodifiableMap(new LinkedHashMap<>(policies));
        agents = Collections.unmodifiableMap(new LinkedHashMap<>(agents));
        for (CrossReferences.Dangling dangling :
                CrossReferences.dangling(upstreams, policies, agents)) {
            throw new InvalidValueException(dangling.keyPath(), dangling.message());
        }
    }

    /**
     * Returns the same, with an upstream asked as another role than its own.
     *
     * @param upstream its name
     * @param password where that role's is kept; {@code null}: the server must not ask for one
     * @throws InvalidValueException if the role's name is none
     */
    public Configuration asking(String upstream, String user, @Nullable SecretReference password) {
        Map<String, UpstreamConfig> others = new LinkedHashMap<>(upstreams);
        others.computeIfPresent(upstream, (name, own) -> own.as(user, password));
        return new Configuration(
                directory, listen, admin, others, policies, agents, audit, gate, session, server);
    }

    /** Returns the same with other policies. */
    Configuration withPolicies(Map<String, PolicyConfig> others) {
        return new Configuration(
                directory, listen, admin, upstreams, others, agents, audit, gate, session, server);
    }

    /** Returns the same with other agents. */
    Configuration withAgents(Map<String, AgentConfig> others) {
        return new Configuration(
                directory, listen, admin, upstreams, policies, others, audit, gate, session,
                server);
    }

    /**
     * Returns the sections in which another configuration differs where a running server cannot
     * take it over.
     */
    public List<String> sectionsForRestart(Configuration next) {
        List<String> sections = new ArrayList<>();
        addIfDifferent(sections, "listen", listen.withTls(next.listen.tls()), next.listen);
        addIfDifferent(sections, "admin", admin, next.admin);
        addIfDifferent(sections, "upstreams", upstreams, next.upstreams);
        addIfDifferent(sections, "audit", audit, next.audit);
        addIfDifferent(sections, "gate", gate, next.gate);
        addIfDifferent(sections, "session", session, next.session);
        addIfDifferent(sections, "server", server, next.server);
        return sections;
    }

    private static void addIfDifferent(
            List<String> sections, String section, Object now, Object next) {
        if (!now.equals(next)) {
            sections.add(section);
        }
    }

    /**
     * Returns the files that this names and that take effect when they change: what {@code
     * listen.tls} and {@code upstreams.<name>.tls} consist of.
     */
    public List<Path> certificateFiles() {
        List<Path> files = new ArrayList<>();
        addIfPresent(files, listen.tls().certificate());
        addIfPresent(files, listen.tls().key());
        addIfPresent(files, listen.tls().clientCa());
        for (UpstreamConfig upstream : upstreams.values()) {
            addIfPresent(files, upstream.tls().ca());
            addIfPresent(files, upstream.tls().certificate());
            addIfPresent(files, upstream.tls().key());
        }
        return files;
    }

    private static void addIfPresent(List<Path> files, @Nullable Path file) {
        if (file != null) {
            files.add(file);
        }
    }
}
