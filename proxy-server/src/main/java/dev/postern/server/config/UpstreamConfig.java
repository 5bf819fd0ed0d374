package dev.postern.server.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the section {@code upstreams}.
 *
 * @param name what policies call it
 * @param hosts the standbys, at least one
 * @param user the role Postern logs in as
 * @param password where its password is kept; {@code null}: the server must not ask for one
 * @param iam what makes passwords instead; {@code null}: nothing does
 * @param tls how connections are protected
 * @param ssh what connections go through; {@code null}: to the hosts directly
 * @param allowPrimary whether a host that is no hot standby may be used
 * @param allowWritableRole whether a role that could write may be used
 * @param maxLag how far behind a standby may be; {@code null}: any
 * @param connectTimeout for opening a connection, TLS and authentication included
 * @param checkInterval between two checks of a host
 * @param checkTimeout for one check
 * @param ejection how long a host that failed is passed over
 * @param slowStart until a host that is back has its full share
 * @param pool how many connections
 */
public record UpstreamConfig(
        String name,
        List<HostPort> hosts,
        String user,
        @Nullable SecretReference password,
        @Nullable IamConfig iam,
        UpstreamTlsConfig tls,
        @Nullable SshConfig ssh,
        boolean allowPrimary,
        boolean allowWritableRole,
        @Nullable Duration maxLag,
        Duration connectTimeout,
        Duration checkInterval,
        Duration checkTimeout,
        EjectionConfig ejection,
        Duration slowStart,
        PoolConfig pool) {

    public UpstreamConfig {
        hosts = Keys.UPSTREAM_HOSTS.check(List.copyOf(hosts));
        Keys.UPSTREAM_USER.check(user);
        Keys.UPSTREAM_MAX_LAG.checkIfPresent(maxLag);
        Keys.UPSTREAM_CONNECT_TIMEOUT.check(connectTimeout);
        Keys.UPSTREAM_CHECK_INTERVAL.check(checkInterval);
        Keys.UPSTREAM_CHECK_TIMEOUT.check(checkTimeout);
        Keys.UPSTREAM_SLOW_START.check(slowStart);
        if (iam != null) {
            checkIam(password, tls);
        }
    }

    /** Such a password is sent as it is: it must not be seen on the way, nor by another server. */
    private static void checkIam(@Nullable SecretReference password, UpstreamTlsConfig tls) {
        if (password != null) {
            throw new InvalidValueException("iam", "cannot be given together with password");
        }
        switch (tls.mode()) {
            case DISABLE, REQUIRE ->
                    throw new InvalidValueException(
                            "tls.mode",
                            "must be verify-ca or verify-full with iam: the password is sent as it is");
            case VERIFY_CA, VERIFY_FULL -> {}
        }
        if (tls.channelBinding() == UpstreamChannelBinding.REQUIRE) {
            throw new InvalidValueException(
                    "tls.channel_binding", "cannot be require with iam: the login is not by SCRAM");
        }
    }

    /** Returns the same with another role. */
    UpstreamConfig as(String other, @Nullable SecretReference itsPassword) {
        return new UpstreamConfig(
                name,
                hosts,
                other,
                itsPassword,
                null,
                tls,
                ssh,
                allowPrimary,
                allowWritableRole,
                maxLag,
                connectTimeout,
                checkInterval,
                checkTimeout,
                ejection,
                slowStart,
                pool);
    }
}
