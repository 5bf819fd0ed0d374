package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What "refused" means: Postern's own error, known by the rule in its DETAIL, and a text that the
 * server never saw.
 *
 * @param gateway the Postern that refuses
 * @param place the end of the server's log before the attempt
 */
record Refusals(Gateway gateway, long place) {

    static Refusals watch(Gateway gateway) throws IOException {
        return new Refusals(gateway, gateway.upstream().log().end());
    }

    /** Checks that a call fails with a refusal by the rule. */
    static void assertRefused(ThrowingCallable call, String sqlState, String rule) {
        PSQLException error = catchThrowableOfType(PSQLException.class, call);
        assertThat((Throwable) error).as("an error").isNotNull();
        assertThat(error.getSQLState()).as(error.getMessage()).isEqualTo(sqlState);
        assertThat(detail(error)).contains("\"rule\":\"" + rule + "\"");
    }

    /** Tells whether an error is a refusal by Postern and not an error of the server. */
    static boolean isRefusal(SQLException error) {
        return error instanceof PSQLException ours && isRefusal(detail(ours));
    }

    static boolean isRefusal(@Nullable String detail) {
        return detail != null && detail.startsWith("{\"rule\":\"");
    }

    /** Checks that a text has not reached the server. */
    void assertNeverReached(String text) throws IOException, SQLException {
        assertThat(reached()).doesNotContain(text);
    }

    /** Returns what the server logged since, up to a statement sent now. */
    String reached() throws IOException, SQLException {
        String fence = "fence " + UUID.randomUUID();
        try (Connection connection = gateway.agent().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT '" + fence + "'")) {
            row.next();
        }
        String logged = gateway.upstream().log().since(place);
        assertThat(logged).as("the log of the server, up to a text that did pass").contains(fence);
        return logged;
    }

    private static @Nullable String detail(PSQLException error) {
        ServerErrorMessage message = error.getServerErrorMessage();
        return message == null ? null : message.getDetail();
    }
}
