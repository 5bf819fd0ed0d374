package dev.postern.fuzz;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement made of the choices that an input stands for: a read, unless one of the choices was a
 * thing that must never pass, which the sentence then knows of.
 */
final class Sentence {

    private static final int MAX_DEPTH = 5;
    private static final int MAX_TOKENS = 300;

    /** One choice in so many is a harmful one, where there is one. */
    private static final int HARM = 24;

    private static final List<String> SEPARATORS =
            List.of(
                    " ",
                    " ",
                    " ",
                    " ",
                    "\n",
                    "\t",
                    " /* ; DELETE FROM t */ ",
                    " -- ' \" $$\n",
                    " /*/**/*/");
    private static final List<String> HARMFUL_CTES =
            List.of(
                    "DELETE FROM t RETURNING id",
                    "INSERT INTO t VALUES ( 1 ) RETURNING *",
                    "UPDATE t SET a = 1",
                    "MERGE INTO t USING u ON t . id = u . id WHEN MATCHED THEN DELETE");
    private static final List<String> HARMFUL_CALLS =
            List.of(
                    "pg_sleep ( 1 )",
                    "pg_catalog . pg_sleep ( 1 )",
                    "\"pg_sleep\" ( 1 )",
                    "U&\"pg_sl\\0065ep\" ( 1 )",
                    "nextval ( 's' )",
                    "setval ( 's' , 1 )",
                    "pg_read_file ( '/etc/passwd' )",
                    "lo_import ( '/etc/passwd' )",
                    "pg_terminate_backend ( 1 )",
                    "pg_advisory_lock ( 1 )",
                    "set_config ( 'transaction_read_only' , 'off' , false )",
                    "query_to_xml ( 'DELETE~FROM~t' , true , true , '' )",
                    "dblink ( 'x' , 'y' )",
                    "public . never_heard_of ( 1 )");
    private static final List<String> HARMFUL_TABLES =
            List.of(
                    "pg_authid",
                    "pg_catalog . pg_shadow AS s",
                    "pg_ls_dir ( '/' ) AS d",
                    "ROWS FROM ( pg_sleep ( 1 ) , generate_series ( 1 , 2 ) ) AS r",
                    "LATERAL pg_read_file ( 'x' ) AS l");
    private static final List<String> LOCKS =
            List.of(
                    "FOR UPDATE",
                    "FOR NO KEY UPDATE OF t",
                    "FOR SHARE NOWAIT",
                    "FOR KEY SHARE SKIP LOCKED");
    private static final List<String> READING =
            List.of(
                    "",
                    "",
                    "",
                    "EXPLAIN",
                    "EXPLAIN ANALYZE",
                    "EXPLAIN ( ANALYZE , BUFFERS , FORMAT JSON )",
                    "PREPARE p AS",
                    "DECLARE c CURSOR FOR");
    private static final List<String> WRITING =
            List.of(
                    "CREATE TABLE x AS",
                    "CREATE VIEW v AS",
                    "CREATE MATERIALIZED VIEW m AS",
                    "INSERT INTO t",
                    "EXPLAIN ANALYZE INSERT INTO t",
                    "EXPLAIN ANALYZE CREATE TABLE x AS",
                    "PREPARE p AS INSERT INTO t",
                    "DELETE FROM t ;",
                    "SET TRANSACTION READ WRITE ;",
                    "DO 'BEGIN~END' ;",
                    "TRUNCATE t ;");
    private static final List<String> CONSTANTS =
            List.of(
                    "1",
                    "42",
                    "1.5",
                    "'x'",
                    "''",
                    "'it''s'",
                    "E'\\n'",
                    "$$a$$",
                    "NULL",
                    "TRUE",
                    "B'1'",
                    "DATE '2026-01-01'");
    private static final List<String> COLUMNS =
            List.of("a", "t . a", "s . t . a", "\"B\"", "id", "\"sel\"\"ect\"", "\u00e4");
    private static final List<String> OPERATORS =
            List.of(
                    "+",
                    "-",
                    "*",
                    "/",
                    "||",
                    "=",
                    "<>",
                    "<",
                    ">=",
                    "AND",
                    "OR",
                    "IS DISTINCT FROM",
                    "LIKE",
                    "OPERATOR ( pg_catalog . + )");

    private final byte[] choices;
    private final StringBuilder text = new StringBuilder();
    private int next;
    private int tokens;
    private @Nullable String harm;

    private Sentence(byte[] choices) {
        this.choices = choices;
    }

    /** Makes the sentence that an input stands for. */
    static Sentence of(byte[] choices) {
        Sentence sentence = new Sentence(choices);
        sentence.statement();
        return sentence;
    }

    String text() {
        return text.toString();
    }

    /** Returns a thing in it that must never pass, {@code null} if there is none. */
    @Nullable String harm() {
        return harm;
    }

    /** Takes one of {@code count} choices, the first once the input is used up. */
    private int choose(int count) {
        return next < choices.length ? (choices[next++] & 0xFF) % count : 0;
    }

    private boolean harmful() {
        return choose(HARM) == HARM - 1;
    }

    private void add(String words) {
        for (String word : words.split(" ", -1)) {
            if (word.isEmpty()) {
                continue;
            }
            if (tokens++ > 0) {
                text.append(SEPARATORS.get(choose(SEPARATORS.size())));
            }
            text.append(word.replace('~', ' '));
        }
    }

    private void addOne(List<String> of) {
        add(of.get(choose(of.size())));
    }

    private void addHarm(List<String> of) {
        String words = of.get(choose(of.size()));
        harm = words;
        add(words);
    }

    private void statement() {
        if (harmful()) {
            addHarm(WRITING);
            query(0);
            return;
        }
        if (choose(8) == 7) {
            add("COPY (");
            query(0);
            add(") TO");
            if (harmful()) {
                addHarm(List.of("'/tmp/x'", "PROGRAM 'sh'"));
            } else {
                add("STDOUT");
            }
            return;
        }
        addOne(READING);
        query(0);
        if (harmful()) {
            addHarm(
                    List.of(
                            "; DELETE FROM t",
                            "; DROP TABLE t",
                            "; VACUUM",
                            "; NOTIFY x",
                            "; CALL p ( )"));
        }
    }

    private boolean deep(int depth) {
        return depth >= MAX_DEPTH || tokens > MAX_TOKENS;
    }

    private void query(int depth) {
        if (!deep(depth) && choose(6) == 5) {
            add("WITH c AS (");
            if (harmful()) {
                addHarm(HARMFUL_CTES);
            } else {
                query(depth + 1);
            }
            add(")");
        }
        switch (deep(depth) ? 0 : choose(8)) {
            case 5 -> {
                add("VALUES (");
                expression(depth + 1);
                add(") , (");
                expression(depth + 1);
                add(")");
            }
            case 6 -> {
                add("(");
                query(depth + 1);
                add(")");
                addOne(List.of("UNION ALL", "UNION", "INTERSECT", "EXCEPT ALL"));
                add("(");
                query(depth + 1);
                add(")");
            }
            case 7 -> add("TABLE s . t");
            default -> select(depth);
        }
    }

    private void select(int depth) {
        addOne(List.of("SELECT", "SELECT", "SELECT DISTINCT", "SELECT ALL"));
        expression(depth + 1);
        addOne(List.of("", "AS x", "x", "AS \"select\""));
        if (choose(4) == 3) {
            add(", *");
        }
        if (harmful()) {
            addHarm(List.of("INTO x", "INTO TEMP x", "INTO UNLOGGED TABLE x"));
        }
        add("FROM");
        from(depth + 1);
        if (choose(3) == 2) {
            add("WHERE");
            expression(depth + 1);
        }
        if (choose(6) == 5) {
            add("GROUP BY");
            expression(depth + 1);
            add("HAVING");
            expression(depth + 1);
        }
        if (choose(8) == 7) {
            add("WINDOW w AS ( PARTITION BY");
            expression(depth + 1);
            add(")");
        }
        if (choose(4) == 3) {
            add("ORDER BY");
            expression(depth + 1);
            addOne(List.of("", "DESC NULLS~LAST", "ASC"));
        }
        if (choose(6) == 5) {
            add("LIMIT");
            expression(depth + 1);
            add("OFFSET 1");
        }
        if (harmful()) {
            addHarm(LOCKS);
        }
    }

    private void from(int depth) {
        if (harmful()) {
            addHarm(HARMFUL_TABLES);
            return;
        }
        switch (deep(depth) ? 0 : choose(9)) {
            case 3 -> {
                add("( ");
                query(depth + 1);
                add(") AS q");
            }
            case 4 -> {
                from(depth + 1);
                addOne(List.of("JOIN", "LEFT JOIN", "FULL OUTER JOIN"));
                from(depth + 1);
                add("ON");
                expression(depth + 1);
            }
            case 5 -> {
                add("t CROSS JOIN LATERAL (");
                query(depth + 1);
                add(") AS l");
            }
            case 6 -> {
                add("generate_series ( 1 ,");
                expression(depth + 1);
                add(") AS g");
            }
            case 7 -> add("ROWS FROM ( generate_series ( 1 , 3 ) , unnest ( ARRAY [ 1 ] ) ) AS r");
            case 8 -> add("t AS n TABLESAMPLE system ( 10 )");
            default -> addOne(List.of("t", "s . t AS a", "ONLY t", "\"T\" AS b ( c )"));
        }
    }

    private void expression(int depth) {
        if (harmful()) {
            addHarm(HARMFUL_CALLS);
            return;
        }
        switch (deep(depth) ? choose(2) : choose(22)) {
            case 0, 2 -> addOne(COLUMNS);
            case 1 -> addOne(CONSTANTS);
            case 3, 4 -> {
                add("(");
                expression(depth + 1);
                addOne(OPERATORS);
                expression(depth + 1);
                add(")");
            }
            case 5 ->
                    around(
                            List.of(
                                    "abs (",
                                    "lower (",
                                    "coalesce ( 1 ,",
                                    "NOT ( ",
                                    "pg_catalog . length ("),
                            depth);
            case 6 -> {
                add("CASE WHEN");
                expression(depth + 1);
                add("THEN");
                expression(depth + 1);
                add("ELSE");
                expression(depth + 1);
                add("END");
            }
            case 7 -> nested("(", ")", depth);
            case 8 -> nested("EXISTS (", ")", depth);
            case 9 -> nested("( a IN (", ") )", depth);
            case 10 -> nested("ARRAY (", ")", depth);
            case 11 -> nested("( 1 > ALL (", ") )", depth);
            case 12 -> around(List.of("ROW ( 1 ,", "greatest ( 2 ,"), depth);
            case 13 -> {
                around(List.of("( ("), depth);
                addOne(
                        List.of(
                                ":: text",
                                ":: int",
                                "IS NULL",
                                "COLLATE \"C\"",
                                "AT TIME ZONE 'UTC'",
                                "IS NOT TRUE"));
                add(")");
            }
            case 14 -> {
                add("CAST (");
                expression(depth + 1);
                add("AS numeric ( 10 , 2 ) )");
            }
            case 15 -> {
                add("string_agg (");
                expression(depth + 1);
                add(", ',' ORDER BY");
                expression(depth + 1);
                add(") FILTER ( WHERE");
                expression(depth + 1);
                add(")");
            }
            case 16 -> {
                add("sum (");
                expression(depth + 1);
                add(") OVER ( PARTITION BY");
                expression(depth + 1);
                add("ORDER BY");
                expression(depth + 1);
                add("ROWS BETWEEN 1 PRECEDING AND CURRENT ROW )");
            }
            case 17 -> {
                add("percentile_cont ( 0.5 ) WITHIN GROUP ( ORDER BY");
                expression(depth + 1);
                add(")");
            }
            case 18 -> {
                add("extract ( year FROM");
                expression(depth + 1);
                add(")");
            }
            case 19 -> {
                add("( (");
                expression(depth + 1);
                add(") BETWEEN ( 1 ) AND (");
                expression(depth + 1);
                add(") )");
            }
            case 20 -> add("current_date");
            default -> add("count ( * )");
        }
    }

    private void around(List<String> beginnings, int depth) {
        addOne(beginnings);
        expression(depth + 1);
        add(")");
    }

    private void nested(String beginning, String end, int depth) {
        add(beginning);
        query(depth + 1);
        add(end);
    }
}
