package org.referralhub.agency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;

class IndexSecretTest {
    private static final String SECRET = "a secret of the test, long enough";

    @TempDir
    private Path root;

    private final Faults faults = new Faults();
    private HubHome home;

    @BeforeEach
    void aHome() {
        home = new HubHome(root);
    }

    private Optional<String> load(boolean demo, String file, String variable) {
        return IndexSecret.load(home, demo, file, variable, Map.of("KEY", SECRET)::get, faults)
                .map(String::new);
    }

    @Test
    void itIsReadFromTheFileOrTheVariableThatIsNamed() throws Exception {
        Files.writeString(root.resolve("key"), "another " + SECRET + "\n");

        assertThat(load(false, "key", "KEY")).contains("another " + SECRET);
        assertThat(load(false, "", "KEY")).contains(SECRET);
        assertThat(faults.all()).isEmpty();
    }

    @Test
    void withoutOneNobodyIsFoundByNameAndThatIsNoFault() {
        assertThat(load(false, "", " ")).isEmpty();
        assertThat(faults.all()).isEmpty();
        assertThat(home.data().resolve("search.key")).doesNotExist();
    }

    @Test
    void oneThatIsNamedAndNotThereIsAFaultOfTheStart() throws Exception {
        Files.writeString(root.resolve("short"), "tiny\n");
        assertThat(load(false, "none", "")).isEmpty();
        assertThat(load(false, "short", "")).isEmpty();
        assertThat(load(false, "", "NOT_SET")).isEmpty();

        assertThat(faults.all()).hasSize(3).allSatisfy(fault -> {
            assertThat(fault.file()).contains("hub.search.key");
            assertThat(fault.remedy()).isNotBlank();
            assertThat(fault.toString()).doesNotContain("tiny");
        });
    }

    @Test
    void theDemoMakesOneOfItsOwnThatOnlyTheHubCanReadAndKeepsIt() throws Exception {
        Optional<String> made = load(true, "", "");

        assertThat(made).hasValueSatisfying(secret -> assertThat(secret).matches("[0-9a-f]{64}"));
        assertThat(load(true, "", "")).isEqualTo(made);
        Path file = home.data().resolve("search.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(faults.all()).isEmpty();
    }
}
