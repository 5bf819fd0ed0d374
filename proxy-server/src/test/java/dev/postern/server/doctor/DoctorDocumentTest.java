package dev.postern.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The document has a section for each check, in the order of the list, and for no other. */
class DoctorDocumentTest {

    private static final String HEADING = "### `";

    @Test
    void document_hasEveryCheckAndNoOther() throws IOException {
        assertThat(
                        Files.readAllLines(Path.of("../docs/doctor.md")).stream()
                                .filter(line -> line.startsWith(HEADING))
                                .map(line -> line.substring(HEADING.length(), line.length() - 1)))
                .containsExactlyElementsOf(
                        Arrays.stream(CheckCode.values()).map(CheckCode::text).toList());
    }
}
