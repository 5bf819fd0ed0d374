package dev.postern.server;

import dev.postern.server.cli.UnusableConfigurationException;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.HostPort;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.doctor.AgentChecks;
import dev.postern.server.doctor.AuditChecks;
import dev.postern.server.doctor.Check;
import dev.postern.server.doctor.CredentialChecks;
import dev.postern.server.doctor.Finding;
import dev.postern.server.doctor.HostChecks;
import dev.postern.server.doctor.NetworkChecks;
import dev.postern.server.doctor.Patient;
import dev.postern.server.doctor.RoleChecks;
import dev.postern.server.secrets.SecretResolver;
import dev.postern.server.upstream.HostLook;
import dev.postern.server.upstream.HostPosture;
import dev.postern.server.upstream.Objection;
import dev.postern.server.upstream.ProbeTarget;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Runs all checks of the pre-flight list, with what a server would connect with. */
final class Examination implements AutoCloseable {

    private final Configuration configuration;
    private final Passwords passwords;
    private final SecretResolver resolver;
    private final Ways ways;

    private Examination(Configuration configuration) {
        this.configuration = configuration;
        resolver = SecretResolver.standard(System.getenv(), configuration.directory());
        passwords = new Passwords(resolver, Clouds::source, InstantSource.system());
        ways = new Ways(resolver, System::nanoTime);
    }

    static List<Finding> run(Patient patient) {
        List<Finding> findings = new ArrayList<>();
        try (Examination examination = new Examination(patient.configuration());
                OpenWorkbench bench = new OpenWorkbench(patient.configuration(), false)) {
            examination.checks(patient, bench).forEach(check -> findings.addAll(check.run()));
        }
        return findings;
    }

    private List<Check> checks(Patient patient, OpenWorkbench bench) {
        List<Check> checks = new ArrayList<>();
        for (UpstreamConfig upstream : configuration.upstreams().values()) {
            checks.add(new HostChecks(patient, upstream, this::look));
            checks.add(new RoleChecks(patient, upstream, bench));
        }
        checks.add(new CredentialChecks(patient, resolver));
        checks.add(new AgentChecks(patient));
        checks.add(new NetworkChecks(patient));
        checks.add(new AuditChecks(patient));
        return checks;
    }

    private HostPosture look(UpstreamConfig upstream, HostPort host) {
        ProbeTarget target;
        try {
            target = target(upstream);
        } catch (UnusableConfigurationException e) {
            return new HostPosture.Unreachable(e.reason(), Objection.Cause.NO_CONNECTION);
        }
        return HostLook.now(target, host.toString(), System::nanoTime);
    }

    /** The hosts of an upstream, which are looked at side by side, have one way. */
    private synchronized ProbeTarget target(UpstreamConfig upstream)
            throws UnusableConfigurationException {
        passwords.add(upstream);
        return Composition.probeTarget(upstream, configuration, passwords, ways.of(upstream));
    }

    @Override
    public void close() {
        ways.close();
    }
}
