package dev.postern.server.cli;

import picocli.CommandLine.Option;

/** Asks for output that scripts can read. */
final class JsonOption {

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    boolean json() {
        return json;
    }
}
