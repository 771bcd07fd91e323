package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.message.MessageType;
import org.referralhub.testing.HomeCopy;

/** Every sample below schemas/ becomes what the file beside it says, and one that does not is told with its place. */
class SamplesTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final HubHome HOME = new HubHome(Path.of("").toAbsolutePath());
    private static final Dialects DIALECTS = load(HOME);

    @TempDir
    private Path folder;

    private HomeCopy copy;

    static Dialects load() {
        return load(HOME);
    }

    private static Dialects load(HubHome home) {
        Faults faults = new Faults();
        Dialects dialects = Dialects.load(home, CodeLists.load(home, faults), Places.load(home, faults), faults);
        faults.throwIfAny();
        return dialects;
    }

    @TestFactory
    Stream<DynamicTest> every_sample() throws IOException {
        Samples samples = new Samples(HOME, DIALECTS);
        return samples.all().stream()
                .map(sample -> dynamicTest(sample.toString(), () -> {
                    Faults faults = new Faults();
                    samples.run(sample, faults);
                    assertThat(faults.all()).isEmpty();
                }));
    }

    /** Whatever lies below samples/ is run, or is the pair of something that is. */
    @Test
    void no_expectation_stands_alone() throws IOException {
        Samples samples = new Samples(HOME, DIALECTS);
        Faults faults = new Faults();
        samples.checkThatNoneStandsAlone(samples.all(), faults);
        assertThat(DIALECTS.names()).contains("canonical", "helpline", "police");
        assertThat(faults.all()).isEmpty();
    }

    /** What an integrator copies from: each type of message, sent and received, in each format. */
    @TestFactory
    Stream<DynamicTest> every_dialect_shows_every_message_both_ways() {
        return DIALECTS.all().stream()
                .map(dialect -> dynamicTest(dialect.name(), () -> {
                    // Only the hub says this.
                    Set<MessageType> sent = EnumSet.complementOf(EnumSet.of(MessageType.RECEIPT));
                    assertThat(shown(dialect, "accepted")).containsExactlyInAnyOrderElementsOf(sent);
                    assertThat(shown(dialect, "outbound")).containsExactlyInAnyOrder(MessageType.values());
                }));
    }

    private static Set<MessageType> shown(Dialect dialect, String way) throws IOException {
        Set<MessageType> types = EnumSet.noneOf(MessageType.class);
        try (Stream<Path> files = Files.list(dialect.folder().resolve("samples").resolve(way))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".canonical.json"))
                    .toList()) {
                // A format with several messages in a document has a list of them.
                MAPPER.readTree(Files.readAllBytes(file))
                        .findValuesAsText("messageType")
                        .forEach(type -> types.add(MessageType.valueOf(type)));
            }
        }
        return types;
    }

    @BeforeEach
    void copyHome() throws IOException {
        copy = HomeCopy.of(folder);
    }

    @Test
    void a_canonical_message_that_differs_is_told_with_file_line_and_pointer_and_without_its_value()
            throws IOException {
        String file = "schemas/helpline/samples/accepted/child-calls-at-night.canonical.json";
        change(file, message -> message.withObject("/body").put("urgency", "SECRET"));

        assertThat(runAll()).singleElement().satisfies(fault -> {
            assertThat(fault.file()).isEqualTo(file);
            assertThat(fault.line()).isGreaterThan(1);
            assertThat(fault.column()).isPositive();
            assertThat(fault.problem()).contains("/body/urgency");
            assertThat(fault.toString()).doesNotContain("SECRET");
        });
    }

    @Test
    void a_field_too_many_or_too_few_is_a_difference_too() throws IOException {
        String file = "schemas/helpline/samples/accepted/child-calls-at-night.canonical.json";
        change(file, message -> message.withObject("/body").remove("urgency"));
        assertThat(runAll()).singleElement().satisfies(fault -> assertThat(fault.problem())
                .contains("/body/urgency"));
    }

    @Test
    void a_finding_that_is_not_as_expected_is_told_with_its_number() throws IOException {
        Path findings = anyOf("schemas/helpline/samples/refused", ".findings.json");
        copy.write(
                copy.shown(findings),
                "[\n  {\"severity\": \"error\", \"code\": \"no.such\", \"pointer\": \"/x\"}\n]\n");
        assertThat(runAll()).singleElement().satisfies(fault -> {
            assertThat(fault.file()).isEqualTo(copy.shown(findings));
            assertThat(fault.line()).isEqualTo(2);
            assertThat(fault.problem()).contains("finding 1", "error no.such /x 0:0 is expected");
        });
    }

    @Test
    void an_outbound_document_that_differs_is_told_in_its_own_lines() throws IOException {
        Path sample = anyOf("schemas/police/samples/outbound", ".xml");
        copy.replace(copy.shown(sample), "(<MessageID>)", "$1x");
        assertThat(runAll()).singleElement().satisfies(fault -> {
            assertThat(fault.file()).isEqualTo(copy.shown(sample));
            assertThat(fault.line()).isGreaterThan(1);
            assertThat(fault.problem()).contains("MessageID");
        });
    }

    @Test
    void a_sample_in_the_wrong_folder_is_told() throws IOException {
        copy.write(
                "schemas/helpline/samples/refused/fine.json",
                copy.read("schemas/helpline/samples/accepted/child-calls-at-night.json"));
        copy.write("schemas/helpline/samples/accepted/broken.json", "{\n  \"record_type\": \"CALL\",,\n}");
        assertThat(runAll())
                .anySatisfy(fault -> assertThat(fault.toString())
                        .startsWith(
                                "schemas/helpline/samples/refused/fine.json:1:1: this sample is meant to be refused"))
                .anySatisfy(fault ->
                        assertThat(fault.toString()).startsWith("schemas/helpline/samples/accepted/broken.json:2:"));
    }

    @Test
    void what_is_expected_of_a_sample_must_be_there_and_belong_to_one() throws IOException {
        String name = "schemas/helpline/samples/accepted/child-calls-at-night";
        Files.move(copy.path(name + ".canonical.json"), copy.path(name + "-2.canonical.json"));
        assertThat(runAll())
                .extracting(ConfigurationFault::file)
                .containsExactlyInAnyOrder(name + ".canonical.json", name + "-2.canonical.json");
    }

    private List<ConfigurationFault> runAll() throws IOException {
        Samples samples = new Samples(copy.home(), load(copy.home()));
        Faults faults = new Faults();
        List<Samples.Sample> all = samples.all();
        samples.checkThatNoneStandsAlone(all, faults);
        for (Samples.Sample sample : all) {
            samples.run(sample, faults);
        }
        return faults.all();
    }

    private void change(String file, Consumer<ObjectNode> change) throws IOException {
        ObjectNode message = (ObjectNode) MAPPER.readTree(copy.read(file));
        change.accept(message);
        copy.write(file, message.toPrettyString());
    }

    private Path anyOf(String directory, String ending) throws IOException {
        try (Stream<Path> files = Files.list(copy.path(directory))) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }
}
