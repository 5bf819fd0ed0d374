package dev.postern.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Says of which time events count. */
final class TimeOption {

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "Not before this time, 2027-01-31T08:00:00Z.")
    private @Nullable Instant since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "Before this time.")
    private @Nullable Instant until;

    /** Tells whether an event is of that time; one whose time cannot be read is of none. */
    boolean fits(JsonNode event) {
        if (since == null && until == null) {
            return true;
        }
        try {
            Instant time = Instant.parse(AuditLine.text(event, "time"));
            return (since == null || !time.isBefore(since))
                    && (until == null || time.isBefore(until));
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /** Says what would do instead of what could not be converted. */
    private static final class TimeConverter implements ITypeConverter<Instant> {

        @Override
        public Instant convert(String value) {
            try {
                return Instant.parse(value);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException(
                        "'" + value + "' is no time such as 2027-01-31T08:00:00Z");
            }
        }
    }
}
