package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The servers that the demo and these tests stand on are what they claim to be. */
final class EmbeddedPostgresIT {

    @Test
    void standby_followsItsPrimaryAndRefusesWrites() throws Exception {
        try (LocalPostgres postgres = TestEnvironment.embedded(18, true)) {
            Sql.execute(postgres.primary(), "CREATE TABLE public.fresh AS SELECT 42 AS answer");
            postgres.awaitReplay();

            assertThat(Sql.one(postgres.serving(), "SELECT pg_is_in_recovery()")).isEqualTo("t");
            assertThat(Sql.one(postgres.serving(), "SELECT answer FROM fresh")).isEqualTo("42");
            assertThat(Sql.one(postgres.primary(), "SELECT state FROM pg_stat_replication"))
                    .isEqualTo("streaming");
            assertThat(
                            Sql.one(
                                    postgres.serving(),
                                    "SELECT has_table_privilege('customers', 'INSERT, UPDATE, DELETE')"))
                    .isEqualTo("f");
        }
    }

    @Test
    void log_holdsWhatWasSent_inBothProtocols() throws Exception {
        try (LocalPostgres postgres = TestEnvironment.embedded(14, false);
                RawClient client = RawClient.connect(postgres.serving())) {
            long place = postgres.log().end();
            client.query("SELECT 'by simple'\n  AS two_lines").answers(1);
            client.parse("never_executed", "SELECT 'by Parse alone'").sync().answers(1);

            assertThat(postgres.log().since(place))
                    .contains("SELECT 'by simple'\n  AS two_lines")
                    .contains("SELECT 'by Parse alone'");
        }
    }
}
