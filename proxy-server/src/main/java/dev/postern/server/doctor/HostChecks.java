package dev.postern.server.doctor;

import dev.postern.server.config.HostPort;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.upstream.HostPosture;
import dev.postern.server.upstream.Objection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the hosts of an upstream are what the promise needs: reachable standbys, read only. */
public final class HostChecks implements Check {

    static final int OLDEST_VERSION = 14;
    static final int NEWEST_VERSION = 18;

    private static final Pattern MAJOR = Pattern.compile("(\\d{1,4}).*");
    private static final double MILLIS = 1000.0;

    private final Patient patient;
    private final UpstreamConfig upstream;
    private final HostLooks looks;

    /**
     * @param looks asked for all hosts at once
     */
    public HostChecks(Patient patient, UpstreamConfig upstream, HostLooks looks) {
        this.patient = patient;
        this.upstream = upstream;
        this.looks = looks;
    }

    @Override
    public List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        findings.add(UpstreamTlsCheck.of(upstream));
        List<CompletableFuture<HostPosture>> postures = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (HostPort host : upstream.hosts()) {
                postures.add(
                        CompletableFuture.supplyAsync(() -> looks.look(upstream, host), threads));
            }
        }
        for (int i = 0; i < postures.size(); i++) {
            String subject = upstream.name() + " " + upstream.hosts().get(i);
            switch (postures.get(i).join()) {
                case HostPosture.Reachable host -> reachable(subject, host, findings);
                case HostPosture.Unreachable(String reason, Objection.Cause cause) ->
                        findings.add(unreachable(subject, reason));
                case HostPosture.Unknown unknown ->
                        findings.add(unreachable(subject, "it was not looked at"));
            }
        }
        return findings;
    }

    private Finding unreachable(String subject, String reason) {
        return CheckCode.UPSTREAM_REACHABLE.fail(
                subject,
                reason,
                "Check the address, the firewall, pg_hba.conf, upstreams."
                        + upstream.name()
                        + ".tls and the password. What else there is to know of this host is not checked.");
    }

    private void reachable(String subject, HostPosture.Reachable host, List<Finding> findings) {
        findings.add(
                CheckCode.UPSTREAM_REACHABLE.ok(subject, "answers to role " + upstream.user()));
        findings.add(version(subject, host));
        findings.add(standby(subject, host));
        findings.add(lag(subject, host));
        findings.add(readOnly(subject, host));
    }

    private static Finding version(String subject, HostPosture.Reachable host) {
        Matcher matcher = MAJOR.matcher(host.version().text());
        int major = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
        return major >= OLDEST_VERSION && major <= NEWEST_VERSION
                ? CheckCode.UPSTREAM_VERSION.ok(subject, "PostgreSQL " + host.version().text())
                : CheckCode.UPSTREAM_VERSION.fail(
                        subject,
                        "PostgreSQL " + host.version().text(),
                        "Postern reads what PostgreSQL "
                                + OLDEST_VERSION
                                + " to "
                                + NEWEST_VERSION
                                + " understand; what others understand differently, it may misjudge.");
    }

    private Finding standby(String subject, HostPosture.Reachable host) {
        String key = "upstreams." + upstream.name() + ".allow_primary";
        if (host.standby()) {
            return upstream.allowPrimary()
                    ? CheckCode.UPSTREAM_STANDBY.note(
                            subject,
                            "a hot standby, but " + key + " would let it be a primary",
                            "Take " + key + " out, so that a promoted host is left.")
                    : CheckCode.UPSTREAM_STANDBY.ok(subject, "a hot standby");
        }
        return upstream.allowPrimary()
                ? CheckCode.UPSTREAM_STANDBY.waived(
                        subject, "accepts writes: a primary, declared by " + key)
                : CheckCode.UPSTREAM_STANDBY.fail(
                        subject,
                        "accepts writes: a primary",
                        "Name a hot standby under upstreams."
                                + upstream.name()
                                + ".hosts. Where nothing that matters can be lost, "
                                + key
                                + ": true declares it.");
    }

    private Finding lag(String subject, HostPosture.Reachable host) {
        if (!host.standby()) {
            return CheckCode.UPSTREAM_LAG.ok(subject, "a primary is not behind");
        }
        String key = "upstreams." + upstream.name() + ".max_lag";
        String lag =
                Double.isNaN(host.lag().seconds())
                        ? "how far its replay is behind cannot be told"
                        : String.format(
                                Locale.ROOT, "its replay is %.1f s behind", host.lag().seconds());
        if (upstream.maxLag() == null) {
            return CheckCode.UPSTREAM_LAG.note(
                    subject,
                    lag + ", and no max_lag is set",
                    "Set " + key + ", such as 30s, so that old answers are not taken for new.");
        }
        double limit = upstream.maxLag().toMillis() / MILLIS;
        String limited = lag + String.format(Locale.ROOT, ", max_lag is %.1f s", limit);
        return host.lag().seconds() <= limit
                ? CheckCode.UPSTREAM_LAG.ok(subject, limited)
                : CheckCode.UPSTREAM_LAG.fail(
                        subject,
                        limited,
                        "Look at pg_stat_wal_receiver and pg_stat_replication: sessions are not opened to a host that is this far behind.");
    }

    private Finding readOnly(String subject, HostPosture.Reachable host) {
        String role = "role " + upstream.user();
        if (host.writeAbilities().isEmpty()) {
            return CheckCode.ROLE_READ_ONLY.ok(subject, role + " can write nothing");
        }
        String found = role + " " + String.join("; ", host.writeAbilities());
        return upstream.allowWritableRole()
                ? CheckCode.ROLE_READ_ONLY.waived(
                        subject,
                        found
                                + "; declared by upstreams."
                                + upstream.name()
                                + ".allow_writable_role")
                : CheckCode.ROLE_READ_ONLY.fail(
                        subject,
                        found,
                        patient.roleSql(upstream.name())
                                + " prints the script for a role that can only read.");
    }
}
