package dev.postern.it;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Result sets as text, so that two can be compared. */
final class Rows {

    private Rows() {}

    /**
     * Reads a result set to its end: a line of column names and types, then a line for each row.
     */
    static List<String> of(ResultSet result) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            line.append(columns.getColumnLabel(i))
                    .append(' ')
                    .append(columns.getColumnTypeName(i))
                    .append('|');
        }
        lines.add(line.toString());
        while (result.next()) {
            line.setLength(0);
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                line.append(result.getString(i)).append('|');
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
