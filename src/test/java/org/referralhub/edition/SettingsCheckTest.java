package org.referralhub.edition;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;

/** A value that would end the next start is told before it. */
class SettingsCheckTest {
    @TempDir
    Path folder;

    private HubHome home;
    private Path file;

    @BeforeEach
    void copy() throws Exception {
        home = new HubHome(folder);
        Files.createDirectories(home.config());
        for (String name : List.of("application.yaml", "application-demo.yaml")) {
            Files.copy(Path.of("config", name), home.config().resolve(name));
        }
        file = home.config().resolve("application.yaml");
    }

    private List<ConfigurationFault> check() {
        Faults faults = new Faults();
        new SettingsCheck(home, true).run(faults);
        return faults.all();
    }

    @Test
    void what_is_shipped_can_be_read_and_so_can_a_home_without_the_file() throws Exception {
        assertThat(check()).isEmpty();
        Files.delete(file);
        assertThat(check()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    intake-consumers: 2     | intake-consumers: two     | hub.flow.intake-consumers | a whole number
                    burst: 200              | burst: "plenty"           | hub.api.burst             | a whole number
                    max-body: 1MB           | max-body: 1 heap          | hub.api.max-body          | a size
                    quiet: PT1S             | quiet: a moment           | hub.configuration.quiet   | a length of time
                    unmasked-for: PT15M     | unmasked-for: later       | hub.desk.unmasked-for     | a length of time
                    retention: P30D         | retention: a month        | hub.desk.retention        | a length of time
                    start-on-last-good: true| start-on-last-good: maybe | hub.configuration.start-on-last-good | true or false
                    attempts: 5             | attempts: ${FIVE_OR_SO}   | hub.flow.attempts         | a whole number
                    """)
    void a_value_of_the_wrong_kind_is_told_with_its_place(String good, String wrong, String key, String remedy)
            throws Exception {
        String before = Files.readString(file);
        assertThat(before).contains(good);
        Files.writeString(file, before.replace(good, wrong));
        int line = 1
                + (int) before.substring(0, before.indexOf(good))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();

        assertThat(check()).singleElement().satisfies(fault -> {
            assertThat(fault.file()).isEqualTo("config/application.yaml");
            assertThat(fault.line()).isEqualTo(line);
            assertThat(fault.column()).isPositive();
            assertThat(fault.problem()).contains(key);
            assertThat(fault.remedy()).contains(remedy);
        });
    }

    @Test
    void a_setting_may_come_from_the_environment_and_a_file_that_is_no_yaml_is_told() throws Exception {
        Files.writeString(file, "hub: { flow: { attempts: \"${NO_SUCH_VARIABLE:5}\" } }\n");
        assertThat(check()).isEmpty();
        Files.writeString(file, "\t{ nonsense: [\n");
        assertThat(check()).isNotEmpty().allSatisfy(fault -> assertThat(fault.file())
                .isEqualTo("config/application.yaml"));
    }
}
