package dev.postern.server.upstream;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Properties;

/**
 * Postern's own connections to an upstream, as the role that sessions use: for what it asks itself,
 * never for what agents ask. They block, so they are for threads that may.
 */
public final class JdbcConnections {

    /** The driver's own: the server asks for a login that it cannot give. */
    private static final String LOGIN_REJECTED = "08004";

    private JdbcConnections() {}

    /**
     * How a connection is used.
     *
     * @param applicationName what PostgreSQL shows it as
     * @param connectTimeout for opening it
     * @param answerTimeout how long PostgreSQL may be silent
     * @param inParts whether large results are fetched in parts, which takes the extended protocol
     */
    public record Options(
            String applicationName,
            Duration connectTimeout,
            Duration answerTimeout,
            boolean inParts) {}

    /**
     * Opens a connection whose transactions are read-only unless they say otherwise.
     *
     * @param host {@code host:port}, one of the target's
     */
    public static Connection open(ProbeTarget target, String host, String database, Options options)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", target.user());
        char[] password = target.password().get(UpstreamHost.parse(host));
        properties.setProperty("password", new String(password));
        Arrays.fill(password, '\0');
        properties.setProperty("ApplicationName", options.applicationName());
        properties.setProperty("options", "-c default_transaction_read_only=on");
        properties.setProperty("preferQueryMode", options.inParts() ? "extended" : "simple");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", seconds(options.connectTimeout()));
        properties.setProperty(
                "loginTimeout", Double.toString(options.connectTimeout().toMillis() / 1000.0));
        properties.setProperty("socketTimeout", seconds(options.answerTimeout()));
        target.way().addTo(properties);
        Connection connection =
                DriverManager.getConnection(
                        "jdbc:postgresql://" + host + "/" + encoded(database), properties);
        limitAnswers(connection, options.answerTimeout());
        return connection;
    }

    /** Changes how long PostgreSQL may be silent; the connection is lost if it is longer. */
    static void limitAnswers(Connection connection, Duration timeout) throws SQLException {
        connection.setNetworkTimeout(
                Runnable::run, Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE));
    }

    /** The driver takes whole seconds here; {@link #limitAnswers} is exact. */
    private static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.toSeconds()));
    }

    private static String encoded(String database) {
        return URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Tells whether a server has answered that is up, if by a refusal. */
    static boolean isServersWord(SQLException e) {
        String state = e.getSQLState();
        return state != null
                && ((!state.startsWith("08") && !state.startsWith("57"))
                        || state.equals(LOGIN_REJECTED));
    }

    /**
     * PostgreSQL's message on one line, and why there was no connection if it is that; the driver's
     * messages hold no password.
     */
    public static String words(SQLException e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        if (e.getCause() instanceof IOException cause
                && cause.getMessage() != null
                && !message.contains(cause.getMessage())) {
            message = message.strip() + " " + cause.getMessage();
        }
        String state = e.getSQLState() == null ? "" : " (SQLSTATE " + e.getSQLState() + ")";
        return message.strip().replaceAll("\\s+", " ") + state;
    }
}
