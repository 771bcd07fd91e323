package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command that works on files finds a hub's data where the hub that runs has them. */
class HomeTest {
    @TempDir
    private Path folder;

    private void settings(String text) throws IOException {
        Files.createDirectories(folder.resolve("config"));
        Files.writeString(folder.resolve("config/application.yaml"), text);
    }

    @Test
    void data_are_where_the_settings_say() throws Exception {
        Path elsewhere = folder.resolve("elsewhere");
        settings("hub:\n  data: " + elsewhere + "\n");
        assertThat(Home.at(folder).data()).isEqualTo(elsewhere);
        settings("hub: {}\n");
        assertThat(Home.at(folder).data()).isEqualTo(folder.resolve("data"));
    }

    @Test
    void settings_that_can_not_be_read_are_for_the_check_to_name() throws Exception {
        settings("hub: [\n");
        assertThat(Home.at(folder).data()).isEqualTo(folder.resolve("data"));
    }
}
