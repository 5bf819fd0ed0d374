package dev.postern.sql.grammar;

/** Ends a parse from inside the parser; the instance it came from is in no state to go on. */
final class ParserAbort extends RuntimeException {

    private final ParseOutcome.Resource resource;

    ParserAbort(ParseOutcome.Resource resource, String message) {
        super(message, null, false, false);
        this.resource = resource;
    }

    ParseOutcome.Resource resource() {
        return resource;
    }
}
