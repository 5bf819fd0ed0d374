package dev.postern.server.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A whole configuration, valid in itself: every name it mentions exists. {@link ConfigurationLoader} makes it of a file.
 * It holds references to secrets, not secrets.
 *
 * @param directory what relative paths were resolved against, and references to secrets in files are
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
        for (CrossReferences.Dangling dangling : CrossReferences.dangling(upstreams, policies, agents)) {
            throw new InvalidValueException(dangling.keyPath(), dangling.message());
        }
    }
}
