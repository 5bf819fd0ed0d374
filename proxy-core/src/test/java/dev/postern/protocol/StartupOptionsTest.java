package dev.postern.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartupOptionsTest {

    @Test
    void switchesOfAllForms_parsed_giveSettingsInOrder() {
        assertThat(StartupOptions.parse("-c a=1  -cB=2\t--Search-Path=x,y --c=p=q"))
                .hasToString("{a=1, b=2, search_path=x,y, c=p=q}");
    }

    @Test
    void escapedSpace_parsed_isPartOfTheValue() {
        assertThat(StartupOptions.parse("-c datestyle=ISO,\\ MDY -c a=\\\\"))
                .containsEntry("datestyle", "ISO, MDY")
                .containsEntry("a", "\\");
    }

    @Test
    void settingTwice_parsed_lastWins() {
        assertThat(StartupOptions.parse("-c a=1 --A=2")).hasToString("{a=2}");
    }

    @Test
    void nothing_parsed_givesNothing() {
        assertThat(StartupOptions.parse("  ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-c", "-c a", "--a", "--=1", "-c =1", "-f", "-B 100", "-e", "a=1", "\\", "-", "--"
            })
    void otherSwitch_parsed_isRefused(String options) {
        assertThat(StartupOptions.parse(options)).isNull();
    }
}
