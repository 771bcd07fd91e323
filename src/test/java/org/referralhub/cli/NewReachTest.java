package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.Setup;
import org.referralhub.agency.Reach;
import org.referralhub.agency.Transport;
import org.referralhub.configuration.Faults;
import org.referralhub.testing.HomeCopy;
import picocli.CommandLine;

/** A courier or collector that was asked for stands in the agency's entry, is sound, and changes nothing else there. */
class NewReachTest {
    private static final String FILE = "config/agencies/ours.yaml";
    private static final String OURS = """
            # Our offices, in our own words.
            agencies:
              - id: shelter-9
                kind: SHELTER
                name:
                  mn: "Байр"
                  en: "Shelter"
                serves: ["1110"]
                # Asked on Tuesday.
                secret: { plain: secret-of-shelter-9 }

              # The last of them.
              - id: court-9
                kind: COURT
                secret: { plain: secret-of-court-9 }
                serves: ["1110"]
                name: { mn: "Шүүх", en: "Court" } # as on the door
              - { id: ngo-9, kind: NGO, name: { mn: "ТББ", en: "NGO" }, serves: ["1110"], secret: { plain: secret-of-ngo-9 } }
            """;

    @TempDir
    private Path folder;

    private HomeCopy home;

    private record Outcome(int code, String out, String err) {}

    @BeforeEach
    void offices() throws IOException {
        home = HomeCopy.of(folder);
        // In the demo, so that a secret may stand in the file.
        home.write(FILE, OURS.replace("agencies:\n", "defaults: { dialect: canonical, hours: always }\nagencies:\n"));
    }

    private static Outcome run(CommandLine command, Stream<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = command.setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new));
        return new Outcome(code, out.toString(), err.toString());
    }

    private Outcome hub(String line) {
        return run(Hub.commandLine(), Stream.of((line + " --yes --demo --home " + folder).split(" ")));
    }

    private Reach reach(String agency) {
        Faults faults = new Faults();
        Reach reach = Setup.load(home.home(), true, faults)
                .agencies()
                .find(agency)
                .orElseThrow()
                .reach();
        assertThat(faults.all()).isEmpty();
        return reach;
    }

    private Transport courier(String agency) {
        return Objects.requireNonNull(reach(agency).courier()).transport();
    }

    /** What is there now without the lines that were added. */
    private void assertThatOthersStayed(List<String> before) throws IOException {
        List<String> now = home.read(FILE).lines().toList();
        assertThat(now).containsSubsequence(before);
        assertThat(now).hasSizeGreaterThan(before.size());
    }

    @Test
    void a_courier_by_https_gets_a_key_that_is_shown_to_nobody_and_stands_before_the_last_field() throws IOException {
        List<String> before = home.read(FILE).lines().toList();

        Outcome outcome = hub("new courier shelter-9 --way https --url https://shelter.example.org/referrals");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        String key = home.read("secrets/shelter-9.webhook").strip();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.path("secrets/shelter-9.webhook"))))
                .isEqualTo("rw-------");
        assertThat(outcome.out())
                .contains("wrote secrets/shelter-9.webhook", "changed " + FILE, "checked: no fault", "./hub reload")
                .doesNotContain(key);
        assertThatOthersStayed(before);
        assertThat(home.read(FILE))
                .containsSubsequence(
                        "    serves: [\"1110\"]\n    # Brought to it",
                        "    delivery:\n      https:\n",
                        "giveUpAfter: PT12H }\n    # Asked on Tuesday.\n    secret:")
                .doesNotContain(key);
        assertThat(courier("shelter-9")).isInstanceOfSatisfying(Transport.Https.class, https -> assertThat(https.url())
                .isEqualTo(URI.create("https://shelter.example.org/referrals")));
    }

    @Test
    void an_sftp_collector_is_asked_for_and_gets_a_key_pair_of_which_the_agency_gets_the_public_half()
            throws Exception {
        List<String> before = home.read(FILE).lines().toList();
        KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
        String server = PublicKeyEntry.toString(keys.generateKeyPair().getPublic());
        home.write("keys/known", "sftp.example.org " + server + "\n");
        Deque<String> answers = new ArrayDeque<>(List.of(
                "court-8",
                "court-9",
                "telex",
                "sftp",
                "",
                "sftp.example.org",
                "0",
                "",
                "hub",
                "/outgoing",
                "",
                "keys/known",
                "hourly",
                "PT1M"));
        List<String> questions = new ArrayList<>();

        Outcome outcome = run(
                new CommandLine(new NewCollectorCommand(question -> {
                    questions.add(question);
                    return answers.poll();
                })),
                Stream.of("--demo", "--home", folder.toString()));

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(answers).isEmpty();
        assertThat(questions).hasSize(14);
        assertThat(outcome.out())
                .contains(
                        "There is no agency court-8. Make it first: ./hub new agency court-8",
                        "One of sftp, folder.",
                        "ssh-keyscan -p 22 sftp.example.org",
                        "cat secrets/court-9.sftp.pub");
        assertThatOthersStayed(before);
        String half = home.read("secrets/court-9.sftp.pub").replace(" referral-hub\n", "");
        assertThat(half).startsWith("ecdsa-sha2-nistp256 ");
        assertThat(Objects.requireNonNull(reach("court-9").collector())).satisfies(collector -> {
            assertThat(collector.every()).isEqualTo(Duration.ofMinutes(1));
            assertThat(collector.drop()).isInstanceOfSatisfying(Transport.Sftp.class, sftp -> {
                assertThat(sftp.path()).isEqualTo("/outgoing");
                assertThat(PublicKeyEntry.toString(
                                Objects.requireNonNull(sftp.key()).getPublic()))
                        .isEqualTo(half);
            });
        });
    }

    @Test
    void folder_and_mail_stand_beside_one_another_and_the_check_finds_both_sound() {
        assertThat(hub("new collector court-9 --way folder --path drop/court-9 --create")
                        .code())
                .isZero();
        Outcome courier = hub("new courier court-9 --way mail --host mail.example.org --from hub@example.org"
                + " --to clerk@court.example.org --link https://court.example.org/inbox/{id}");

        assertThat(courier.err()).isEmpty();
        assertThat(courier.code()).isZero();
        assertThat(courier("court-9")).isInstanceOfSatisfying(Transport.Mail.class, mail -> {
            assertThat(mail.to()).isEqualTo("clerk@court.example.org");
            assertThat(mail.link()).isEqualTo("https://court.example.org/inbox/{id}");
            assertThat(mail.certificate()).isNull();
        });
        assertThat(Objects.requireNonNull(reach("court-9").collector()).drop())
                .isEqualTo(new Transport.Folder(Path.of("drop/court-9"), true));
    }

    @Test
    void a_secret_in_the_environment_is_named_and_none_is_made() throws IOException {
        // Nothing sets it here, so the check refuses; that it asks for it shows that the entry names it.
        Outcome outcome =
                hub("new courier shelter-9 --way https --url https://a.example.org --secret-env NOT_SET_HERE");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("the environment variable NOT_SET_HERE is not set", "Nothing was written.");
        assertThat(home.path("secrets")).doesNotExist();
        assertThat(home.read(FILE)).doesNotContain("delivery");
    }

    @Test
    void what_only_the_check_can_see_leaves_the_file_as_it_was() throws IOException {
        String before = home.read(FILE);

        // Looks like a length of time; that it is none, only the whole check knows.
        Outcome outcome = hub("new collector court-9 --way folder --path drop --every PT");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err())
                .containsPattern(FILE + ":\\d+:\\d+: .*not a length of time")
                .contains("Nothing was written.");
        assertThat(home.read(FILE)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    courier nobody --way https --url https://a.example.org|There is no agency nobody.
                    courier shelter-9 --way telex|One of https, sftp, folder, mail.
                    collector shelter-9 --way https|One of sftp, folder.
                    courier shelter-9 --way https --url http://a.example.org|Write it as https://
                    courier shelter-9 --way https|Missing --url
                    courier shelter-9 --way https --url https://a.example.org --path here|--path means nothing for --way https
                    courier shelter-9 --way https --url https://a.example.org --trust nowhere.pem|There is no file nowhere.pem.
                    collector shelter-9 --way sftp --host a --user b --path c|There is no file secrets/known_hosts.
                    courier shelter-9 --way mail --host a --from b --to c@d.example.org|Write it as name@host.
                    courier shelter-9 --way sftp --host a --port 70000|A number from 1 to 65535.
                    courier ngo-9 --way https --url https://a.example.org|is written in one line
                    """)
    void what_will_not_do_is_told_with_its_remedy_and_nothing_is_written(String line, String told) throws IOException {
        String before = home.read(FILE);

        Outcome outcome = hub("new " + line);

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains(told);
        assertThat(home.read(FILE)).isEqualTo(before);
        assertThat(home.path("secrets")).doesNotExist();
    }

    @Test
    void one_that_is_there_is_never_overwritten() throws IOException {
        assertThat(hub("new courier shelter-9 --way folder --path drop").code()).isZero();
        String before = home.read(FILE);

        Outcome second = hub("new courier shelter-9 --way folder --path elsewhere");

        assertThat(second.code()).isEqualTo(2);
        assertThat(second.err()).containsPattern("shelter-9 has one already: delivery in " + FILE + ":\\d+");
        assertThat(home.read(FILE)).isEqualTo(before);
    }
}
