package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.agency.TestAgencies;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;

/** A ladder that nobody could climb is a fault of the start, with its line and what to do. */
class LadderTest {
    private static final String SOUND = """
            ladders:
              - for: [POLICE]
                rungs:
                  - { kind: POLICE, level: state }
              - rungs:
                  - { kind: JOINT_TEAM }
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "level: state       | level: street      | 4 | ",
                "kind: JOINT_TEAM   | kind: FIREMEN      | 6 | ",
                "kind: JOINT_TEAM   | level: state       | 6 | kind",
                "for: [POLICE]      | for: []            | 2 | ",
                "for: [POLICE]      | 'for: [POLICE, POLICE]\n    name: one' | 3 | name",
                "- rungs:           | '- for: [SCHOOL, POLICE]\n    rungs:' | 5 | a ladder above this one is for the same recipients",
                "'- for: [POLICE]\n    rungs:' | - rungs: | 4 | a ladder above this one is for the same recipients",
                "ladders:           | ladder:            | 1 | ",
            })
    void everyFaultHasItsLineAndARemedy(String good, String bad, int line, String says) throws Exception {
        good = good.replace("\\n", "\n");
        assertThat(SOUND).contains(good);
        Faults faults = load(SOUND.replace(good, bad.replace("\\n", "\n")));

        assertThat(faults.all()).isNotEmpty().allSatisfy(fault -> {
            assertThat(fault.file()).isEqualTo("config/escalation.yaml");
            assertThat(fault.remedy()).isNotBlank();
        });
        assertThat(faults.all()).anySatisfy(fault -> {
            assertThat(fault.line()).isEqualTo(line);
            assertThat(fault.problem()).contains(says == null ? "" : says);
        });
    }

    @Test
    void withoutTheFileNobodyWouldBeAskedNext() throws Exception {
        assertThat(load(SOUND).all()).isEmpty();
        Files.delete(folder.resolve("config/escalation.yaml"));
        assertThat(load(null).all()).singleElement().satisfies(fault -> assertThat(fault.file())
                .isEqualTo("config/escalation.yaml"));
    }

    private Faults load(String text) throws Exception {
        Path schema = Path.of("schemas/config/escalation.schema.json");
        if (text != null) {
            Files.createDirectories(folder.resolve("schemas/config"));
            Files.createDirectories(folder.resolve("config"));
            Files.copy(schema, folder.resolve(schema));
            Files.writeString(folder.resolve("config/escalation.yaml"), text);
        }
        Faults faults = new Faults();
        Ladder.load(
                new HubHome(folder),
                new TestAgencies().registry(),
                Places.load(new HubHome(Path.of(".")), new Faults()),
                faults);
        return faults;
    }
}
