package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JournalCalibrationTest {
    @TempDir
    Path data;

    @ParameterizedTest
    @CsvSource({"80000,10000", "1,1000", "99999999999,50000"})
    void an_eighth_of_what_was_measured_before_counts_within_bounds(String kept, long timeout) throws Exception {
        Files.writeString(file(), "journal.sync.nanos=" + kept + "\n");
        assertThat(JournalCalibration.bufferTimeout(data)).isEqualTo(timeout);
        assertThat(Files.readString(file())).isEqualTo("journal.sync.nanos=" + kept + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "journal.sync.nanos=", "journal.sync.nanos=soon", "journal.sync.nanos=\\u00"})
    void what_cannot_be_read_is_measured_again(String broken) throws Exception {
        Files.writeString(file(), broken);
        assertThat(JournalCalibration.bufferTimeout(data)).isBetween(JournalCalibration.LEAST, JournalCalibration.MOST);
        assertThat(Files.readString(file())).containsPattern("journal\\.sync\\.nanos=\\d+");
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files).as("no probe stays").containsExactly(file());
        }
    }

    @Test
    void a_folder_that_cannot_be_written_to_is_named() throws Exception {
        Path notAFolder = Files.createFile(data.resolve("file"));
        assertThatThrownBy(() -> JournalCalibration.bufferTimeout(notAFolder))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(notAFolder.toString());
    }

    private Path file() {
        return data.resolve("journal.properties");
    }
}
