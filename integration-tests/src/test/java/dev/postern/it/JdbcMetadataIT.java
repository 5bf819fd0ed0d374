package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What database tools ask pgjdbc about a database gives the same answers through Postern as
 * directly.
 */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(EveryGateway.class)
record JdbcMetadataIT(Gateway gateway) {

    private static final Map<String, Question> QUESTIONS =
            Map.ofEntries(
                    Map.entry("getSchemas", meta -> meta.getSchemas()),
                    Map.entry("getSchemas(pattern)", meta -> meta.getSchemas(null, "pub%")),
                    Map.entry("getCatalogs", meta -> meta.getCatalogs()),
                    Map.entry("getTableTypes", meta -> meta.getTableTypes()),
                    Map.entry("getTables", meta -> meta.getTables(null, null, "%", null)),
                    Map.entry(
                            "getTables(types)",
                            meta ->
                                    meta.getTables(
                                            null, "public", "%", new String[] {"TABLE", "VIEW"})),
                    Map.entry("getColumns", meta -> meta.getColumns(null, "public", "%", "%")),
                    Map.entry(
                            "getColumns(view)",
                            meta -> meta.getColumns(null, null, "revenue\\_by\\_country", null)),
                    Map.entry(
                            "getPrimaryKeys",
                            meta -> meta.getPrimaryKeys(null, "public", "order_items")),
                    Map.entry(
                            "getImportedKeys",
                            meta -> meta.getImportedKeys(null, "public", "order_items")),
                    Map.entry(
                            "getExportedKeys",
                            meta -> meta.getExportedKeys(null, "public", "customers")),
                    Map.entry(
                            "getCrossReference",
                            meta ->
                                    meta.getCrossReference(
                                            null, "public", "customers", null, "public", "orders")),
                    Map.entry(
                            "getIndexInfo",
                            meta -> meta.getIndexInfo(null, "public", "orders", false, true)),
                    Map.entry(
                            "getBestRowIdentifier",
                            meta ->
                                    meta.getBestRowIdentifier(
                                            null,
                                            "public",
                                            "customers",
                                            DatabaseMetaData.bestRowSession,
                                            false)),
                    Map.entry(
                            "getVersionColumns",
                            meta -> meta.getVersionColumns(null, "public", "customers")),
                    Map.entry(
                            "getTablePrivileges",
                            meta -> meta.getTablePrivileges(null, "public", "%")),
                    Map.entry(
                            "getColumnPrivileges",
                            meta -> meta.getColumnPrivileges(null, "public", "customers", "%")),
                    Map.entry("getFunctions", meta -> meta.getFunctions(null, "public", "%")),
                    Map.entry(
                            "getFunctionColumns",
                            meta -> meta.getFunctionColumns(null, "public", "%", "%")),
                    Map.entry("getProcedures", meta -> meta.getProcedures(null, "public", "%")),
                    Map.entry(
                            "getProcedureColumns",
                            meta -> meta.getProcedureColumns(null, "public", "%", "%")),
                    Map.entry("getTypeInfo", meta -> meta.getTypeInfo()),
                    Map.entry("getUDTs", meta -> meta.getUDTs(null, "public", "%", null)),
                    Map.entry("getClientInfoProperties", meta -> meta.getClientInfoProperties()));

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended"})
    void metadata_throughPostern_equalsDirect(String mode) throws SQLException {
        Map<String, String> properties = Map.of("preferQueryMode", mode);
        try (Connection through = gateway.agent().connect(properties);
                Connection direct = gateway.upstream().serving().connect(properties)) {
            SoftAssertions softly = new SoftAssertions();
            for (Map.Entry<String, Question> question : QUESTIONS.entrySet()) {
                List<String> expected = answer(question.getValue(), direct);
                softly.assertThatCode(() ->
                                assertThat(answer(question.getValue(), through))
                                        .containsExactlyElementsOf(expected))
                        .as(question.getKey())
                        .doesNotThrowAnyException();
            }
            softly.assertAll();
        }
    }

    @Test
    void serverFacts_throughPostern_equalDirect() throws SQLException {
        try (Connection through = gateway.agent().connect();
                Connection direct = gateway.upstream().serving().connect()) {
            assertThat(facts(through.getMetaData())).isEqualTo(facts(direct.getMetaData()));
        }
    }

    private static List<String> facts(DatabaseMetaData meta) throws SQLException {
        return List.of(
                meta.getDatabaseProductVersion(),
                Integer.toString(meta.getDatabaseMajorVersion()),
                Integer.toString(meta.getMaxColumnNameLength()),
                Integer.toString(meta.getMaxConnections()),
                meta.getSQLKeywords(),
                meta.getNumericFunctions(),
                Integer.toString(meta.getDefaultTransactionIsolation()));
    }

    private static List<String> answer(Question question, Connection connection)
            throws SQLException {
        try (ResultSet result = question.ask(connection.getMetaData())) {
            return Rows.of(result);
        }
    }

    @FunctionalInterface
    private interface Question {
        ResultSet ask(DatabaseMetaData meta) throws SQLException;
    }
}
