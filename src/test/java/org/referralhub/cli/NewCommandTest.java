package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.testing.HomeCopy;
import picocli.CommandLine;

/** What is new is sound and explained; what would not be is told and leaves nothing behind. */
class NewCommandTest {
    private static final String[] OFFICE = {
        "--kind", "NGO", "--serves", "111095", "--name-mn", "Гэрийн \"эргэлт\"", "--name-en", "Home visitors"
    };

    @TempDir
    private Path folder;

    private HomeCopy home;

    private record Outcome(int code, String out, String err) {}

    @BeforeEach
    void copy() throws IOException {
        home = HomeCopy.of(folder);
    }

    private Outcome run(CommandLine command, Stream<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = command.setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new));
        return new Outcome(code, out.toString(), err.toString());
    }

    private Outcome hub(String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of(command.split(" ")));
        line.addAll(List.of(arguments));
        line.addAll(List.of("--demo", "--home", folder.toString()));
        return run(Hub.commandLine(), line.stream());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    @Test
    void an_agency_gets_an_entry_that_the_check_finds_sound_and_a_secret_that_is_shown_to_nobody() throws IOException {
        Outcome outcome = hub("new agency home-visitors", OFFICE);

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        String secret = home.read("secrets/home-visitors").strip();
        assertThat(secret).hasSizeGreaterThan(40);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.path("secrets/home-visitors"))))
                .isEqualTo("rw-------");
        assertThat(outcome.out())
                .contains(
                        "wrote config/agencies/home-visitors.yaml",
                        "checked: no fault",
                        "secrets/home-visitors",
                        "./hub send schemas/canonical/samples/accepted/smallest-request.json --check-only")
                .doesNotContain(secret);
        assertThat(home.read("config/agencies/home-visitors.yaml"))
                .contains("# 111095 is 23-р хороо", "hours: [\"mon-fri 08:30-17:30\"]")
                .doesNotContain(secret);
        assertThat(hub("check").code()).isZero();
        assertThat(hub("try", "--as", "home-visitors", "schemas/canonical/samples/accepted/smallest-request.json")
                        .code())
                .isZero();
    }

    @Test
    void what_no_option_says_is_asked_until_the_answer_will_do() throws IOException {
        Deque<String> answers = new ArrayDeque<>(List.of(
                "Big Office",
                "helpline-108",
                "shelter-2",
                "SHELTERS",
                "SHELTER",
                "Байр",
                "Shelter",
                "99",
                "1110, 1116",
                "telex",
                "",
                "9 to 5",
                "mon-fri 09:00-17:00; sat 10:00-14:00",
                "by fax",
                "7011 1108"));
        List<String> questions = new ArrayList<>();
        Function<String, String> terminal = question -> {
            questions.add(question);
            return answers.poll();
        };

        Outcome outcome =
                run(new CommandLine(new NewAgencyCommand(terminal)), Stream.of("--demo", "--home", folder.toString()));

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(answers).isEmpty();
        assertThat(questions).hasSize(15);
        assertThat(outcome.out())
                .contains(
                        "There is an agency helpline-108 already.",
                        "There is no place 99.",
                        "There is no dialect telex.");
        assertThat(home.read("config/agencies/shelter-2.yaml"))
                .contains(
                        "kind: SHELTER",
                        "serves: [\"1110\", \"1116\"]",
                        "dialect: canonical",
                        "hours: [\"mon-fri 09:00-17:00\", \"sat 10:00-14:00\"]",
                        "reach: { phone: \"7011 1108\" }");
    }

    @Test
    void nobody_to_ask_and_an_option_missing_is_wrong_usage_that_names_the_option() throws IOException {
        List<String> before = files();

        Outcome outcome = hub("new agency home-visitors --kind NGO --yes");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("Missing --name-mn");
        assertThat(files()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --kind|NGOS|--kind
                    --serves|9999|There is no place 9999
                    --dialect|telex|There is no dialect telex
                    --hours|from nine to five|Write always, or for example
                    --phone|by fax|Digits
                    """)
    void an_option_that_will_not_do_is_named_with_its_remedy_and_nothing_is_written(
            String option, String value, String told) throws IOException {
        List<String> before = files();

        Outcome outcome = run(
                Hub.commandLine(),
                Stream.concat(
                        Stream.of("new", "agency", "home-visitors", "--demo", "--home", folder.toString()),
                        Stream.concat(
                                Stream.of(OFFICE)
                                        .filter(one -> !List.of(OFFICE).contains(option)
                                                || !one.equals(option)
                                                        && !one.equals(OFFICE[
                                                                List.of(OFFICE).indexOf(option) + 1])),
                                Stream.of(option, value))));

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains(told);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void what_only_the_check_can_see_is_told_with_its_place_and_nothing_stays() throws IOException {
        List<String> before = files();

        // Looks like hours; that Friday ends before Monday begins, only the whole check knows.
        Outcome outcome = hub(
                "new agency home-visitors --hours",
                Stream.concat(Stream.of("mon-fri,xyz 09:00-17:00"), Stream.of(OFFICE))
                        .toArray(String[]::new));

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err())
                .containsPattern("config/agencies/home-visitors.yaml:\\d+:\\d+: ")
                .contains("Nothing was written.");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void nothing_is_ever_overwritten() throws IOException {
        home.write("config/agencies/home-visitors.yaml", "agencies: []\n");
        home.write("schemas/home-visits/README.md", "ours\n");
        home.write("secrets/others", "a secret that is there already\n");

        Outcome agency = hub("new agency home-visitors", OFFICE);
        Outcome dialect = hub("new dialect home-visits --title-mn А --title-en B");
        Outcome kept = hub("new agency others", OFFICE);

        assertThat(agency.code()).isEqualTo(2);
        assertThat(agency.err()).contains("config/agencies/home-visitors.yaml is there already");
        assertThat(home.read("config/agencies/home-visitors.yaml")).isEqualTo("agencies: []\n");
        assertThat(dialect.code()).isEqualTo(2);
        assertThat(dialect.err()).contains("schemas/home-visits/README.md is there already");
        try (Stream<Path> files = Files.list(home.path("schemas/home-visits"))) {
            assertThat(files).hasSize(1);
        }
        assertThat(kept.code()).isZero();
        assertThat(home.read("secrets/others")).isEqualTo("a secret that is there already\n");
    }

    @Test
    void a_dialect_works_as_it_is_written() throws IOException {
        Outcome outcome =
                hub("new dialect home-visits --title-mn", "Гэрийн \"эргэлт\"", "--title-en", "Home visit form");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("schemas/home-visits/", "checked: no fault", "./hub new agency ID --dialect");
        try (Stream<Path> files = Files.walk(home.path("schemas/home-visits"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern("@[a-z-]+@");
            }
        }
        assertThat(hub("new agency home-visitors --dialect home-visits", OFFICE).code())
                .isZero();
        Outcome trial =
                hub("try", "--as", "home-visitors", folder + "/schemas/home-visits/samples/accepted/referral.json");
        assertThat(trial.code()).isZero();
        assertThat(trial.out()).contains("home-visits, ", "accepted", "\"urgency\" : \"PRIORITY\"");
    }

    /** The samples that come with it must be able to fail, or they show nothing. */
    @Test
    void a_word_changed_in_one_mapping_alone_is_found_by_the_samples() throws IOException {
        assertThat(hub("new dialect home-visits --title-mn А --title-en B").code())
                .isZero();
        home.replace(
                "schemas/home-visits/to-canonical.jslt",
                "\"narrative\": \\$form.story",
                "\"narrative\": \\$form.stories");

        Outcome outcome = hub("check");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out())
                .containsPattern("schemas/home-visits/samples/accepted/referral.canonical.json:\\d+:\\d+: .*narrative");
    }

    @Test
    void a_fault_elsewhere_does_not_stop_it_but_is_told() throws IOException {
        home.replace("config/recipients.yaml", "SELF_HARM", "SELFHARM");

        Outcome outcome = hub("new agency home-visitors", OFFICE);

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).containsPattern("\\d faults? in other files");
        assertThat(home.path("config/agencies/home-visitors.yaml")).exists();
    }
}
