package dev.postern.server.cli;

import dev.postern.server.demo.DemoDirectory;
import dev.postern.server.demo.SampleDatabase;

/** How to connect to a demo, and what to try. */
final class DemoGuide {

    private final DemoScreen screen;
    private final DemoPostern postern;
    private final DemoDirectory directory;

    DemoGuide(DemoScreen screen, DemoPostern postern, DemoDirectory directory) {
        this.screen = screen;
        this.postern = postern;
        this.directory = directory;
    }

    void print() {
        String address = "127.0.0.1:" + postern.port() + "/" + SampleDatabase.NAME;
        String login = DemoPostern.AGENT + ":" + postern.password();
        String url = "postgresql://" + login + "@" + address;
        screen.heading("Connect as the agent " + DemoPostern.AGENT);
        screen.blank();
        screen.entry("password", postern.password());
        screen.entry("psql", "psql " + url);
        screen.entry(
                "JDBC",
                "jdbc:postgresql://"
                        + address
                        + "?user="
                        + DemoPostern.AGENT
                        + "&password="
                        + postern.password());
        screen.entry(
                "Python",
                "python3 -c 'import psycopg; print(psycopg.connect(\""
                        + url
                        + "\").execute(\"TABLE revenue_by_country\").fetchall())'");
        screen.entry(
                "Node",
                "node -e 'const c = new (require(\"pg\").Client)(\""
                        + url
                        + "\"); c.connect().then(() => c.query(\"TABLE revenue_by_country\")).then(r => console.table(r.rows)).finally(() => c.end())'");
        screen.heading("Try");
        screen.blank();
        screen.entry("a read", DemoTour.READ + ";");
        screen.entry("a write", DemoTour.WRITE + ";");
        screen.entry("hidden in WITH", DemoTour.HIDDEN_WRITE + ";");
        screen.entry("in a function", DemoTour.DISGUISED_WRITE + ";");
        screen.heading("Look");
        screen.blank();
        screen.entry("audit trail", "tail -f " + postern.auditDirectory() + "/*.jsonl");
        screen.entry(
                "metrics", "curl -s " + postern.metricsUrl() + " | grep ^postern_statements_total");
        screen.entry("configuration", postern.configuration().toString());
        screen.entry("pre-flight", "./postern doctor --config " + postern.configuration());
        screen.entry("log", directory.path().resolve("postern.log").toString());
        screen.blank();
        screen.ok(
                directory.kept()
                        ? "Running. Ctrl-C ends everything; " + directory.path() + " stays."
                        : "Running. Ctrl-C ends everything and removes " + directory.path() + ".");
    }
}
