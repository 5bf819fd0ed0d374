package dev.postern.it;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that ask what they know the answer to, try to write now and then, and connect again when
 * their session ends. Whatever is wrong is kept as a violation.
 */
final class Load {

    /** What a client may be told while servers come and go. */
    private static final Set<String> EXPECTED = Set.of("57P01", "57P02", "57P03", "08006", "40001");

    /** A client that waits longer for anything has been left hanging. */
    private static final int PATIENCE_SECONDS = 8;

    private static final Duration PAUSE = Duration.ofMillis(20);

    /** Between questions, as agents think: with many clients the machine is busy, not choked. */
    private static final Duration THINKING = Duration.ofMillis(50);

    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> errors = new ConcurrentHashMap<>();
    private final List<Client> clients = new ArrayList<>();
    private volatile boolean over;

    /**
     * Starts clients.
     *
     * @param maxStaleness how old the newest beat may be that they read; negative: any
     */
    Load start(Endpoint agent, int count, String products, Duration maxStaleness) {
        for (int i = 0; i < count; i++) {
            Client client = new Client(agent, products, maxStaleness);
            clients.add(client);
            client.thread = Thread.ofPlatform().name("load-" + i).start(client);
        }
        return this;
    }

    /** From now on gaps are counted anew. */
    void mark() {
        clients.forEach(client -> client.longestGapNanos = 0);
    }

    /** Returns the longest time that a client had no answer since {@link #mark}. */
    Duration longestGap() {
        long now = System.nanoTime();
        return Duration.ofNanos(
                clients.stream()
                        .mapToLong(
                                client -> Math.max(client.longestGapNanos, now - client.lastAnswer))
                        .max()
                        .orElseThrow());
    }

    /** Returns what was wrong. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    /** Returns how often clients were told which SQLSTATE. */
    Map<String, Integer> errors() {
        return Map.copyOf(errors);
    }

    /** Returns how many answers the client has got that has got the fewest. */
    int fewestAnswers() {
        return clients.stream().mapToInt(client -> client.answers).min().orElseThrow();
    }

    /** Ends all clients. */
    void end() throws InterruptedException {
        over = true;
        for (Client client : clients) {
            client.thread.join(Duration.ofSeconds(2L * PATIENCE_SECONDS));
            if (client.thread.isAlive()) {
                violations.add("a client does not end");
            }
        }
    }

    private final class Client implements Runnable {

        private final Endpoint agent;
        private final String products;
        private final Duration maxStaleness;
        private Thread thread = Thread.currentThread();
        private volatile long lastAnswer = System.nanoTime();
        private volatile long longestGapNanos;
        private volatile int answers;

        Client(Endpoint agent, String products, Duration maxStaleness) {
            this.agent = agent;
            this.products = products;
            this.maxStaleness = maxStaleness;
        }

        @Override
        public void run() {
            String patience = Integer.toString(PATIENCE_SECONDS);
            Map<String, String> properties =
                    Map.of("loginTimeout", patience, "socketTimeout", patience);
            while (!over) {
                try (Connection connection = agent.connect(properties);
                        Statement statement = connection.createStatement()) {
                    while (!over) {
                        ask(statement);
                        LockSupport.parkNanos(THINKING.toNanos());
                    }
                } catch (SQLException e) {
                    String state = String.valueOf(e.getSQLState());
                    errors.merge(state, 1, Integer::sum);
                    if (!EXPECTED.contains(state)
                            || String.valueOf(e.getMessage()).contains("timed out")) {
                        violations.add(state + " " + e.getMessage());
                    }
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
        }

        private void ask(Statement statement) throws SQLException {
            expect(statement, "SELECT sum(i) FROM generate_series(1, 20000) AS i", "200010000");
            expect(statement, "SELECT count(*) FROM products", products);
            if (!maxStaleness.isNegative()) {
                double age =
                        Double.parseDouble(
                                one(
                                        statement,
                                        "SELECT extract(epoch FROM clock_timestamp() - max(at)) FROM beat"));
                if (age > maxStaleness.toMillis() / 1000.0) {
                    violations.add("read what is " + age + " s old");
                }
            }
            if (answers % 10 == 0) {
                tryToWrite(statement);
            }
        }

        private void expect(Statement statement, String sql, String expected) throws SQLException {
            String answer = one(statement, sql);
            if (!answer.equals(expected)) {
                violations.add(sql + " answered " + answer + " instead of " + expected);
            }
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // only this thread writes
        private String one(Statement statement, String sql) throws SQLException {
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                String answer = row.getString(1);
                long now = System.nanoTime();
                longestGapNanos = Math.max(longestGapNanos, now - lastAnswer);
                lastAnswer = now;
                answers++;
                return answer;
            }
        }

        private void tryToWrite(Statement statement) throws SQLException {
            try {
                statement.execute("INSERT INTO beat VALUES ('2000-01-01')");
                violations.add("a write has passed");
            } catch (SQLException e) {
                if (!"25006".equals(e.getSQLState())) {
                    throw e;
                }
            }
        }
    }
}
