package dev.postern.it;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/** Where a client connects to and as whom: Postern as an agent, or a server directly as a role. */
record Endpoint(String host, int port, String database, String user, String password) {

    Endpoint withDatabase(String name) {
        return new Endpoint(host, port, name, user, password);
    }

    Endpoint as(String name, String itsPassword) {
        return new Endpoint(host, port, database, name, itsPassword);
    }

    /**
     * Opens a pgjdbc connection with properties of the driver's own, such as {@code
     * preferQueryMode}.
     */
    Connection connect(Map<String, String> driverProperties) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.putAll(driverProperties);
        return DriverManager.getConnection(
                "jdbc:postgresql://" + host + ":" + port + "/" + database, properties);
    }

    Connection connect() throws SQLException {
        return connect(Map.of());
    }

    /** The environment that libpq, and what follows it, reads. */
    Map<String, String> environment() {
        return Map.of(
                "PGHOST", host,
                "PGPORT", Integer.toString(port),
                "PGDATABASE", database,
                "PGUSER", user,
                "PGPASSWORD", password,
                "PGCONNECT_TIMEOUT", "20");
    }

    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
