package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.testing.CpuTime;
import org.referralhub.testing.HomeCopy;

/** Whatever is wrong with a home, the check says where and what to do, and never ends with a stack trace. */
class CheckCommandTest {
    @TempDir
    private Path folder;

    private record Outcome(int code, String out, String err) {}

    private static Outcome check(Path home, String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> arguments = Stream.concat(
                        Stream.of("check", "--demo", "--home", home.toString()), Stream.of(options))
                .toList();
        int code = Hub.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new));
        return new Outcome(code, out.toString(), err.toString());
    }

    @Test
    void what_is_shipped_has_no_fault() {
        Outcome[] checked = new Outcome[1];
        // Whoever writes a file waits for it.
        CpuTime.assertWithin(Duration.ofSeconds(10), "hub check", () -> checked[0] = check(Path.of("")));
        Outcome outcome = checked[0];

        assertThat(outcome.out()).startsWith("No faults. ").contains(" samples.");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
    }

    @Test
    void a_sample_that_becomes_something_else_is_told_with_its_place() throws IOException {
        HomeCopy copy = HomeCopy.of(folder);
        copy.replace(
                "schemas/helpline/samples/accepted/child-calls-at-night.canonical.json",
                "(\"urgency\" *: *)\"[A-Z]+\"",
                "$1\"OTHER\"");

        Outcome outcome = check(folder);

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out())
                .containsPattern("samples/accepted/child-calls-at-night.canonical.json:\\d+:\\d+: .*/body/urgency")
                .contains("1 fault.")
                .doesNotContain("OTHER");
    }

    @Test
    void what_is_wrong_with_a_whole_file_or_folder_is_told_at_its_beginning() throws IOException {
        HomeCopy copy = HomeCopy.of(folder);
        copy.write("schemas/helpline/samples/refused/nobodys.findings.json", "[]");
        Files.delete(copy.path("schemas/police/samples/accepted/everything-that-can-be-said.canonical.json"));
        Files.createDirectory(copy.path("schemas/empty"));
        Matcher named = Pattern.compile("\"x-code-list\": \"([a-z-]+)\"")
                .matcher(copy.read("schemas/canonical/request.schema.json"));
        assertThat(named.find()).isTrue();
        String list = named.group(1);
        copy.replace(
                "schemas/canonical/request.schema.json", "\"x-code-list\": \"" + list, "\"x-code-list\": \"no-such");
        copy.replace("config/disclosure.csv", " REQUEST/caregivers/\\*/phone", "");

        assertThat(check(folder).out())
                .contains("schemas/empty:1:1: the folder of a dialect has no dialect.yaml")
                .contains("schemas/canonical/request.schema.json:", "x-code-list names the list no-such")
                .contains("config/disclosure.csv:1:1: no row has REQUEST/caregivers/*/phone")
                .doesNotContain(":0:0:");
        Files.delete(copy.path("schemas/empty"));
        copy.replace("schemas/canonical/request.schema.json", "no-such", list);
        copy.replace(
                "config/disclosure.csv", " REQUEST/callbackPhone", " REQUEST/caregivers/*/phone REQUEST/callbackPhone");

        assertThat(check(folder).out())
                .contains("schemas/helpline/samples/refused/nobodys.findings.json:1:1: no sample belongs")
                .contains("everything-that-can-be-said.canonical.json:1:1: the file that says what is expected");
    }

    @Test
    void a_broken_route_is_told_with_its_place_and_the_samples_wait() throws IOException {
        HomeCopy copy = HomeCopy.of(folder);
        copy.replace("routes/delivery.camel.yaml", "method: minimise", "method: minimize");

        Outcome outcome = check(folder);

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .containsPattern("^routes/delivery.camel.yaml:\\d+:\\d+: .*minimize")
                .contains("1 fault.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    routes/delivery.camel.yaml|description: Cuts[^\\n]*|description: 5|routes/delivery.camel.yaml:\\d+:\\d+: .*string
                    config/broker.xml|journal-type>NIO</journal-type|journal-kind>NIO</journal-kind|config/broker.xml:\\d+:\\d+: .*journal-kind
                    config/broker.xml|<journal-max-io>1<|<journal-max-io>many<|config/broker.xml:\\d+:\\d+: .*many
                    config/broker.xml|</configuration>|</configuratio>|config/broker.xml:\\d+:\\d+: .*configuration
                    config/disclosure.csv|REQUEST/callbackPhone|  |config/disclosure.csv:1:1: no row has REQUEST/callbackPhone
                    config/disclosure.csv|REQUEST/legalBasis|REQUEST/legalBases|config/disclosure.csv:\\d+:1: REQUEST/legalBases is no field
                    config/code-lists.json|"SELF_HARM"[^\\n]*\\n||config/recipients.yaml:\\d+:\\d+: the list concern of config/code-lists.json has no SELF_HARM
                    config/code-lists.json|"en": "Neglect"|"en": ""|config/code-lists.json:\\d+:\\d+:
                    config/recipients.yaml|concerns: \\[SELF_HARM\\]([\\s\\S]*?)\\n  - id: online-abuse|concerns: [SELF_HARM]$1\\n  - id: again\\n    when: {concerns: [SELF_HARM]}\\n    choose: [HEALTH, {firstOf: [SOCIAL_WORKER, JOINT_TEAM]}]\\n  - id: online-abuse|config/recipients.yaml:\\d+:\\d+: this rule never adds anybody: self-harm
                    """)
    void what_only_shows_together_is_told_with_its_place(String file, String pattern, String by, String told)
            throws IOException {
        HomeCopy copy = HomeCopy.of(folder);
        copy.replace(file, pattern, by == null ? "" : by.replace("\\n", "\n"));

        Outcome outcome = check(folder);

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).containsPattern(told);
        assertThat(outcome.code()).isEqualTo(1);
    }

    @Test
    void a_hub_without_offices_has_no_fault_and_one_with_a_few_is_told_which_children_they_leave_alone()
            throws IOException {
        HomeCopy copy = HomeCopy.of(folder);
        copy.write("secrets/police", "a secret of its own, long enough");
        assertThat(checkWithoutDemo().out()).startsWith("No faults.");

        copy.write("config/agencies/police.yaml", """
                agencies:
                  - id: police-1110
                    kind: POLICE
                    name: { mn: Цагдаа, en: Police }
                    serves: ["1110"]
                    dialect: police
                    hours: always
                    secret: { file: secrets/police }
                """);
        Outcome outcome = checkWithoutDemo();

        assertThat(outcome.out())
                .containsPattern(
                        "config/recipients.yaml:\\d+:\\d+: no office anywhere is HEALTH, so this chooses nobody")
                .containsPattern(
                        "config/recipients.yaml:\\d+:\\d+: in \\d+ places \\([0-9, ]+, …\\) this finds no office")
                .contains("serves: [\"*\"]");
        assertThat(outcome.code()).isEqualTo(1);
    }

    private Outcome checkWithoutDemo() {
        StringWriter out = new StringWriter();
        int code = Hub.commandLine().setOut(new PrintWriter(out)).execute("check", "--home", folder.toString());
        return new Outcome(code, out.toString(), "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config", "routes", "schemas"})
    void a_missing_folder_is_told_once(String part) throws IOException {
        HomeCopy copy = HomeCopy.of(folder);
        Files.move(copy.path(part), copy.path("elsewhere"));

        Outcome outcome = check(folder);

        assertThat(outcome.out())
                .isEqualToIgnoringNewLines(copy.path(part)
                        + ": the folder is not there. Run the hub from the folder that holds routes/, schemas/ and config/,"
                        + " or name it with --home1 fault.");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isEqualTo(1);
    }

    @Test
    void faults_come_as_json_too_also_of_a_home_that_is_none() throws IOException {
        Outcome outcome = check(folder.resolve("nowhere"), "--json");

        JsonNode faults = new ObjectMapper().readTree(outcome.out());
        assertThat(faults.size()).isEqualTo(3);
        assertThat(faults.path(0).path("file").asText()).endsWith("config");
        assertThat(faults.path(0).path("remedy").asText()).isNotBlank();
        assertThat(outcome.code()).isEqualTo(1);
    }

    /** Files that a home can't do without. The files of the samples have tests of their own. */
    static Stream<String> files() throws IOException {
        try (Stream<Path> paths = Stream.of("config", "schemas").flatMap(CheckCommandTest::walk)) {
            return paths
                    .map(Path::toString)
                    .filter(file -> !file.contains("/samples/") && !file.endsWith(".md"))
                    // Read at the start only.
                    .filter(file -> !file.matches("config/(application.*|operators\\.yaml)"))
                    // One of a kind will do.
                    .filter(file -> !file.matches("schemas/canonical/(?!request|common|core|dialect).*"))
                    .filter(file -> !file.matches("schemas/helpline/(?!call|dialect|to-canonical).*"))
                    .filter(file -> !file.matches("schemas/config/(?!agencies|desk).*"))
                    .filter(file -> !file.matches("schemas/(social-work|one-stop)/.*"))
                    .toList()
                    .stream();
        }
    }

    private static Stream<Path> walk(String part) {
        try {
            return Files.walk(Path.of(part)).filter(Files::isRegularFile);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_file_that_is_missing_or_nonsense_is_told_and_never_ends_in_a_stack_trace(String file) throws IOException {
        HomeCopy copy = HomeCopy.of(folder);

        copy.write(file, "\t{ nonsense: [\n");
        Outcome nonsense = check(folder);
        assertThat(nonsense.err()).isEmpty();
        assertThat(nonsense.out()).contains(Path.of(file).getFileName().toString());
        assertThat(nonsense.code()).isEqualTo(1);

        if (file.equals("config/desk.yaml")) {
            // Without it a hub runs, and operators see nothing of a letter.
            return;
        }
        Files.delete(copy.path(file));
        Outcome missing = check(folder);
        assertThat(missing.err()).isEmpty();
        assertThat(missing.out()).containsPattern("[0-9]+ faults?\\.");
        assertThat(missing.code()).isEqualTo(1);
    }
}
