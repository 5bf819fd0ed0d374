package dev.postern.sql.grammar;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Prints what the grammar costs: start, texts as agents write them, the largest texts, memory. A
 * {@code main}, not a test.
 */
final class GrammarFigures {

    private static final int LARGEST_TEXT = 256 << 10;
    private static final List<String> QUERIES =
            List.of(
                    "SELECT 1",
                    "SHOW search_path",
                    "SELECT version()",
                    "SELECT count(*) FROM orders",
                    "SELECT * FROM customers LIMIT 10",
                    "SELECT id, name FROM products WHERE id = 42",
                    "SELECT * FROM orders WHERE customer_id = 17 ORDER BY created_at DESC LIMIT 5",
                    "SELECT status, count(*) FROM orders GROUP BY status ORDER BY 2 DESC",
                    "SELECT o.id, c.name, o.total FROM orders o JOIN customers c ON c.id = o.customer_id WHERE"
                            + " o.total > 100 AND c.country IN ('DE', 'FR', 'IT') ORDER BY o.total DESC LIMIT 20",
                    "SELECT date_trunc('month', created_at) AS month, sum(total) AS revenue, avg(total)::numeric(10,2)"
                            + " FROM orders WHERE created_at >= now() - interval '12 months' GROUP BY 1 ORDER BY 1",
                    "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema NOT IN"
                            + " ('pg_catalog', 'information_schema') ORDER BY 1, 2",
                    "SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns"
                            + " WHERE table_schema = 'public' AND table_name = 'orders' ORDER BY ordinal_position",
                    "WITH monthly AS (SELECT customer_id, date_trunc('month', created_at) AS m, sum(total) AS t FROM"
                            + " orders GROUP BY 1, 2), ranked AS (SELECT *, rank() OVER (PARTITION BY m ORDER BY t"
                            + " DESC) AS r FROM monthly) SELECT c.name, r.m, r.t FROM ranked r JOIN customers c ON"
                            + " c.id = r.customer_id WHERE r.r <= 3 ORDER BY r.m, r.r",
                    "SELECT p.category, count(DISTINCT o.customer_id) FILTER (WHERE o.status = 'paid') AS buyers,"
                            + " percentile_cont(0.5) WITHIN GROUP (ORDER BY i.price) AS median FROM order_items i"
                            + " JOIN products p ON p.id = i.product_id JOIN orders o ON o.id = i.order_id LEFT JOIN"
                            + " refunds f ON f.order_id = o.id AND f.created_at > o.created_at WHERE o.created_at"
                            + " BETWEEN '2026-01-01' AND '2026-06-30' AND (p.name ILIKE '%lamp%' OR p.tags @>"
                            + " ARRAY['light']) AND f.id IS NULL GROUP BY ROLLUP (p.category) HAVING count(*) > 5"
                            + " ORDER BY median DESC NULLS LAST",
                    "EXPLAIN (ANALYZE, BUFFERS) SELECT c.id, c.name, c.email, (SELECT max(o.created_at) FROM orders o"
                            + " WHERE o.customer_id = c.id) AS last_order, CASE WHEN c.score >= 90 THEN 'gold' WHEN"
                            + " c.score >= 50 THEN 'silver' ELSE 'bronze' END AS tier, coalesce(c.phone, 'none'),"
                            + " extract(year FROM c.created_at), c.address ->> 'city', jsonb_array_length(c.notes)"
                            + " FROM customers c LEFT JOIN LATERAL (SELECT sum(total) AS s FROM orders o WHERE"
                            + " o.customer_id = c.id AND o.status <> 'cancelled') x ON true WHERE EXISTS (SELECT 1"
                            + " FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.customer_id = c.id AND"
                            + " i.product_id = ANY (ARRAY[1, 2, 3, 5, 8, 13])) AND NOT EXISTS (SELECT 1 FROM"
                            + " blocked b WHERE b.customer_id = c.id) AND c.created_at::date > current_date - 365"
                            + " AND x.s > 1000 UNION ALL SELECT a.id, a.name, a.email, NULL, 'archived', 'none',"
                            + " 0, NULL, 0 FROM archived_customers a WHERE a.name ~* '^(smith|jones)' AND a.id NOT"
                            + " IN (SELECT id FROM customers) ORDER BY 2, 1 LIMIT 100 OFFSET 200",
                    "SELEC 1",
                    "SELECT name FROM customers WHERE name = 'O'Brien'",
                    "DELETE FROM orders WHERE id = 1");

    private final PrintStream out;

    private GrammarFigures(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        GrammarFigures figures = new GrammarFigures(System.out);
        ParserThread.call(
                WasmGrammar.THREAD_STACK_BYTES,
                () -> {
                    figures.print();
                    return true;
                });
    }

    private void print() {
        long start = System.nanoTime();
        GrammarModule module = GrammarModule.load();
        long loaded = System.nanoTime();
        WasmGrammar grammar = module.newGrammar();
        long instantiated = System.nanoTime();
        grammar.parse(utf8("SELECT 1"));
        long parsed = System.nanoTime();
        out.printf(
                "load %.0f ms, first instance %.0f ms, first parse %.0f ms, %d pages%n",
                millis(loaded - start),
                millis(instantiated - loaded),
                millis(parsed - instantiated),
                grammar.pages());
        for (int rounds : new int[] {10, 30, 100, 300, 1000, 3000}) {
            small(grammar, rounds);
        }
        long again = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            module.newGrammar();
        }
        out.printf("another instance %.2f ms%n", millis(System.nanoTime() - again) / 100);
        large(grammar, "IN list", list("SELECT * FROM t WHERE a IN (1", ",%d", ")"));
        large(grammar, "OR chain", list("SELECT * FROM t WHERE a = 1", " OR b.c = 'x%d'", ""));
        large(grammar, "VALUES", list("VALUES (1, 'a')", ", (%d, 'b')", ""));
        large(grammar, "statements", list("SELECT 1", "; SELECT %d", ""));
        large(grammar, "columns", list("SELECT a", ", b%d", " FROM t"));
        large(grammar, "string", "SELECT '" + "x".repeat(LARGEST_TEXT) + "'");
        large(grammar, "commas", "SELECT 1" + ",1".repeat(LARGEST_TEXT / 2 - 8));
    }

    private void small(WasmGrammar grammar, int rounds) {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            for (String query : QUERIES) {
                byte[] text = utf8(query);
                long start = System.nanoTime();
                grammar.parse(text);
                nanos.add(System.nanoTime() - start);
            }
        }
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        out.printf(
                "%5d rounds of %d queries: mean %.3f ms, median %.3f ms, p99 %.3f ms%n",
                rounds,
                QUERIES.size(),
                Arrays.stream(sorted).average().orElseThrow() / 1e6,
                millis(sorted[sorted.length / 2]),
                millis(sorted[sorted.length * 99 / 100]));
    }

    private void large(WasmGrammar grammar, String name, String sql) {
        byte[] text = utf8(sql);
        StringBuilder times = new StringBuilder();
        ParseOutcome outcome = grammar.parse(text);
        for (int i = 0; i < 10; i++) {
            long start = System.nanoTime();
            outcome = grammar.parse(text);
            times.append(" %.0f".formatted(millis(System.nanoTime() - start)));
        }
        out.printf(
                "%s of %d bytes: %s, ms:%s%n",
                name,
                text.length,
                outcome instanceof ParseOutcome.Tree tree
                        ? "JSON of " + tree.json().length + " bytes"
                        : outcome,
                times);
    }

    private static String list(String head, String element, String tail) {
        StringBuilder text = new StringBuilder(head);
        for (int i = 1; text.length() + tail.length() + 40 < LARGEST_TEXT; i++) {
            text.append(element.formatted(i));
        }
        return text.append(tail).toString();
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    private static byte[] utf8(String sql) {
        return sql.getBytes(StandardCharsets.UTF_8);
    }
}
