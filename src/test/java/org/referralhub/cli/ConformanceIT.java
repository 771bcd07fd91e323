package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.referralhub.dialect.Speaker;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Partner;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;

/** A good office passes the checklist; one that does something wrong fails at that point. All play at once on one hub. */
class ConformanceIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static RunningHub hub;
    private static ExecutorService threads;
    private static final Map<Office, Outcome> OUTCOMES = new LinkedHashMap<>();

    private record Outcome(int code, String out, String err) {
        JsonNode json() {
            try {
                return JSON.readTree(out);
            } catch (IOException e) {
                throw new AssertionError(out + err, e);
            }
        }

        List<String> ids(String outcome) {
            return StreamSupport.stream(json().path("points").spliterator(), false)
                    .filter(point -> point.path("outcome").asText().equals(outcome))
                    .map(point -> point.path("id").asText())
                    .toList();
        }

        JsonNode point(String id) {
            return StreamSupport.stream(json().path("points").spliterator(), false)
                    .filter(point -> point.path("id").asText().equals(id))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private record Office(Partner.Manner manner, String dialect) {
        String id() {
            return "office-" + manner.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + dialect;
        }
    }

    private static String office(Partner.Manner manner) {
        return new Office(manner, "canonical").id();
    }

    private static List<Office> offices() {
        return Stream.concat(
                        Arrays.stream(Partner.Manner.values()).map(manner -> new Office(manner, "canonical")),
                        Speaker.dialects().stream().map(dialect -> new Office(Partner.Manner.GOOD, dialect)))
                .distinct()
                .toList();
    }

    @BeforeAll
    static void play() throws Exception {
        Path home = RunningHub.copyHome(folder.resolve("home"));
        StringBuilder yaml = new StringBuilder("defaults: { kind: ONE_STOP_CENTRE, hours: always }\nagencies:\n");
        for (Office office : offices()) {
            yaml.append(
                    "  - { id: %s, dialect: %s, name: { mn: О, en: O }, serves: [\"1110\"], secret: { plain: demo-%s } }%n"
                            .formatted(office.id(), office.dialect(), office.id()));
        }
        Files.writeString(home.resolve("config/agencies/offices.yaml"), yaml);
        Files.writeString(folder.resolve("secret"), "demo-exercise");
        hub = RunningHub.start(home, folder.resolve("data"), Map.of(), "demo");
        threads = Executors.newCachedThreadPool();
        List<Partner> partners = new ArrayList<>();
        Map<Office, Future<Outcome>> runs = new LinkedHashMap<>();
        for (Office office : offices()) {
            Partner partner = new Partner(hub.as(office.id()), office.manner(), office.dialect());
            partners.add(partner);
            threads.submit(partner);
            runs.put(office, threads.submit(() -> conformance(office.id(), "--wait", "6", "--quiet", "2", "--json")));
        }
        for (Map.Entry<Office, Future<Outcome>> run : runs.entrySet()) {
            OUTCOMES.put(run.getKey(), run.getValue().get());
        }
        partners.forEach(Partner::close);
    }

    @AfterAll
    static void stop() {
        threads.shutdownNow();
        hub.close();
    }

    private static Outcome conformance(String office, String... options) {
        return conformanceAs("exercise", office, options);
    }

    private static Outcome conformanceAs(String user, String office, String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] line = Stream.concat(
                        Stream.of(
                                "conformance",
                                office,
                                "--as",
                                user,
                                "--url",
                                hub.url().toString(),
                                "--secret-file",
                                folder.resolve(user.equals("exercise") ? "secret" : "secret-" + user)
                                        .toString()),
                        Arrays.stream(options))
                .toArray(String[]::new);
        int code = Hub.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(line);
        return new Outcome(code, out.toString(), err.toString());
    }

    private static Outcome outcome(Partner.Manner manner) {
        return OUTCOMES.get(new Office(manner, "canonical"));
    }

    @ParameterizedTest
    @MethodSource("org.referralhub.dialect.Speaker#dialects")
    void a_good_office_passes_every_point_in_whatever_it_speaks(String dialect) {
        Outcome outcome = OUTCOMES.get(new Office(Partner.Manner.GOOD, dialect));

        assertThat(outcome.ids("fail")).as(outcome.out()).isEmpty();
        assertThat(outcome.ids("skip")).isEmpty();
        assertThat(outcome.ids("pass")).hasSize(10);
        assertThat(outcome.json().path("passed").asBoolean()).isTrue();
        assertThat(outcome.code()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "MAKES_TWO_CASES,notices-a-duplicate,answered once more",
        "STOPS_LOOKING,notices-a-duplicate,nobody knows whether it has read this",
        "IGNORES_RECALLS,acknowledges-a-recall,not acknowledged within 6 s",
        "GOES_ON_AFTER_A_RECALL,acknowledges-a-recall,it sent START",
        "NEVER_DECIDES,decides,neither ACCEPT nor REJECT",
        "CHOKES_ON_LITTLE,takes-hardly-anything,no ACK",
    })
    void a_fault_of_the_office_shows_at_its_point_and_at_no_earlier_one(
            Partner.Manner manner, String point, String found) {
        Outcome outcome = outcome(manner);

        assertThat(outcome.ids("fail")).as(outcome.out()).first().isEqualTo(point);
        assertThat(outcome.point(point).path("found").asText()).contains(found);
        assertThat(outcome.point(point).path("remedy").asText()).isNotBlank();
        assertThat(outcome.json().path("passed").asBoolean()).isFalse();
        assertThat(outcome.code()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"LATE,The message is in the office's inbox", "WRONG_FORMAT,refused for its form"})
    void an_answer_that_is_late_or_can_not_be_read_is_none(Partner.Manner manner, String remedy) {
        Outcome outcome = outcome(manner);

        assertThat(outcome.ids("fail")).as(outcome.out()).first().isEqualTo("acknowledges");
        assertThat(outcome.point("acknowledges").path("remedy").asText()).contains(remedy);
        assertThat(outcome.point("decides").path("outcome").asText()).isEqualTo("skip");
        assertThat(outcome.code()).isEqualTo(1);
    }

    /** What is an exercise has reached nobody else, whatever the office answered, and everything is accounted for. */
    @Test
    void nobody_else_has_heard_of_it() throws IOException {
        hub.settle();
        for (String other : List.of("police-capital", "social-work-111095", "joint-team-1110", "police-national")) {
            assertThat(hub.as(other).get("/inbox?max=100").text()).as(other).doesNotContain("exercise-");
        }
        String found =
                hub.as("operator").get("/referrals?agency=exercise&size=100").text();
        JsonNode referrals = JSON.readTree(found).path("items");
        assertThat(referrals.size()).as(found).isGreaterThan(20);
        for (JsonNode referral : referrals) {
            int recipients = 0;
            for (JsonNode count : referral.path("states")) {
                recipients += count.asInt();
            }
            assertThat(recipients).as(referral.toString()).isEqualTo(1);
        }
        // The authority's figures are of real children.
        String counts = hub.as("auditor").get("/counts?by=kind").text();
        assertThat(counts).doesNotContain("ONE_STOP_CENTRE");
    }

    /** Whatever the office does with it, an exercise stays with the office. */
    @Test
    void an_exercise_can_not_be_handed_on_and_an_exercise_that_names_nobody_reaches_nobody() throws IOException {
        String office = office(Partner.Manner.NEVER_DECIDES);
        String referral = sent("exercise", """
                {"messageId": "exercise-hand-1", "messageType": "REQUEST", "sentAt": "%s", "recipient": "%s",
                 "body": {"urgency": "IMMEDIATE", "concerns": ["PHYSICAL_VIOLENCE"], "callbackPhone": "99000000"}}
                """.formatted(Samples.now(), office));
        hub.settle();
        sent(office, """
                {"messageId": "hand-2", "messageType": "ACCEPT", "referralId": "%s", "version": 1, "sentAt": "%s", "body": {}}
                """.formatted(referral, Samples.now()));
        hub.settle();
        sent(office, """
                {"messageId": "hand-3", "messageType": "TRANSFER", "referralId": "%s", "version": 1, "sentAt": "%s",
                 "body": {"to": "police-capital", "reason": "Өөр дүүрэг."}}
                """.formatted(referral, Samples.now()));
        String nobodys = sent("exercise", """
                {"messageId": "exercise-hand-4", "messageType": "REQUEST", "sentAt": "%s",
                 "body": {"urgency": "IMMEDIATE", "concerns": ["PHYSICAL_VIOLENCE"], "callbackPhone": "99000000"}}
                """.formatted(Samples.now()));
        hub.settle();

        // A transfer that was taken would have added the police. The refusal itself the office's own system has fetched
        // by now.
        assertThat(hub.referral(referral).assignments()).singleElement().satisfies(one -> assertThat(one.recipient())
                .isEqualTo(office));
        assertThat(hub.waiting("police-capital", referral)).isEmpty();
        assertThat(hub.as("operator").get("/dead-letters").text()).contains("no-recipient");
        assertThat(hub.as("operator").get("/referrals/" + nobodys).status()).isEqualTo(404);
    }

    private static String sent(String sender, String message) {
        Participant.Answer answer = hub.as(sender).send("application/json", message);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return answer.json().path("referralId").asText();
    }

    @Test
    void in_earnest_nothing_is_played() throws IOException {
        Files.writeString(folder.resolve("secret-helpline-108"), "demo-helpline-108");
        Files.writeString(folder.resolve("secret-social-work-duty"), "demo-social-work-duty");

        Outcome outcome = conformanceAs("social-work-duty", office(Partner.Manner.GOOD), "--json");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.json().path("points").size()).isEqualTo(1);
        assertThat(outcome.point("exercise-only").path("found").asText()).contains("it would also reach ");
        assertThat(outcome.point("exercise-only").path("remedy").asText())
                .contains("exercise: true", "nothing was sent");
        assertThat(hub.as("operator").get("/referrals?agency=social-work-duty").text())
                .doesNotContain("social-work-duty\"");
    }

    @Test
    void an_unknown_office_is_told_before_anything_is_sent() {
        Outcome outcome = conformance("office-nowhere");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("fail  exercise-only", "./hub new agency office-nowhere", "Not ready");
    }

    @Test
    void the_report_is_evidence_and_is_not_overwritten() throws IOException {
        Path report = folder.resolve("report.md");

        Outcome first = conformance("office-nowhere", "--report", report.toString());
        Outcome second = conformance("office-nowhere", "--report", report.toString());

        assertThat(first.code()).isEqualTo(1);
        assertThat(Files.readString(report))
                .startsWith("# Conformance of office-nowhere")
                .contains("Not ready", "| `exercise-only` |", "**fail**");
        assertThat(second.code()).isEqualTo(2);
        assertThat(second.err()).contains("Evidence is not overwritten");
    }
}
