package dev.postern.server.doctor;

/** What is looked at, by the code that scripts know it by. {@code docs/doctor.md} explains each. */
public enum CheckCode {
    UPSTREAM_TLS("upstream.tls"),
    UPSTREAM_REACHABLE("upstream.reachable"),
    UPSTREAM_VERSION("upstream.version"),
    UPSTREAM_STANDBY("upstream.standby"),
    UPSTREAM_LAG("upstream.lag"),
    ROLE_READ_ONLY("role.read_only"),
    CATALOG_READABLE("catalog.readable"),
    ROLE_SCOPED("role.scoped"),
    ROLE_SUFFICIENT("role.sufficient"),
    CREDENTIAL_UPSTREAM("credential.upstream"),
    CREDENTIAL_AGE("credential.age"),
    AGENT_VERIFIER("agent.verifier"),
    AGENT_EXPIRES("agent.expires"),
    AGENT_AGE("agent.age"),
    AGENT_NETWORKS("agent.networks"),
    AGENT_OWNER("agent.owner"),
    LISTEN_TLS("listen.tls"),
    LISTEN_ADDRESS("listen.address"),
    ADMIN_ADDRESS("admin.address"),
    AUDIT_WRITABLE("audit.writable"),
    AUDIT_PRIVATE("audit.private"),
    AUDIT_SPACE("audit.space");

    private final String text;

    CheckCode(String text) {
        this.text = text;
    }

    /** Returns the code. */
    public String text() {
        return text;
    }

    Finding ok(String subject, String message) {
        return new Finding(this, subject, Level.OK, message, null);
    }

    Finding note(String subject, String message, String remedy) {
        return new Finding(this, subject, Level.NOTE, message, remedy);
    }

    Finding waived(String subject, String message) {
        return new Finding(this, subject, Level.WAIVED, message, null);
    }

    Finding fail(String subject, String message, String remedy) {
        return new Finding(this, subject, Level.FAIL, message, remedy);
    }
}
