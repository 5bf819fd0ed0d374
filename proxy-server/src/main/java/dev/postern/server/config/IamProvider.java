package dev.postern.server.config;

/** Whose identities stand for a password. */
public enum IamProvider {
    /** Amazon RDS and Aurora. */
    AWS,
    /** Google Cloud SQL. */
    GCP,
    /** Azure Database for PostgreSQL. */
    AZURE
}
