package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.referralhub.testing.Samples.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.ledger.Books;
import org.referralhub.message.Identifiers;
import org.referralhub.testing.Letter;
import org.referralhub.testing.Participant;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.Way;

/** A school sends a spreadsheet: every row is a message of its own, through whichever door, once. */
class SpreadsheetIT {
    private static final String SCHOOL = "school-1110";
    private static final String CSV = "text/csv";
    private static final String HEADER =
            "Мессежийн дугаар;Илгээсэн цаг;Яаралтай байдал;Асуудал;Утас;Баг, хорооны код\n";
    private static final String BAD = "Юу ч биш";
    private static final String GOOD = "NEGLECT";

    private static RunningHub hub;

    private final String mark = "s-" + UUID.randomUUID();
    private final String sentAt = Samples.now().toString();

    @BeforeAll
    static void start() {
        hub = RunningHub.shared();
    }

    @BeforeEach
    void emptyInboxes() {
        hub.emptyInboxes();
    }

    private String row(int number, String concern) {
        return "%s-%d;%s;PRIORITY;%s;99112233;111054\n".formatted(mark, number, sentAt, concern);
    }

    private String file(String secondConcern) {
        return "\uFEFF" + HEADER + row(1, GOOD) + row(2, secondConcern) + ";;;;;\n" + row(3, GOOD);
    }

    private String referral(int number) {
        return Identifiers.referralId(SCHOOL, mark + "-" + number);
    }

    /** How many requests of a row have arrived, wherever. */
    private int arrived(int number) {
        return hub.referral(referral(number)).assignments().size();
    }

    private int requests(int number) {
        return hub.referral(referral(number)).assignments().stream()
                .mapToInt(assignment -> (int) hub.waiting(assignment.recipient(), referral(number)).stream()
                        .filter(letter -> letter.type().equals("REQUEST"))
                        .count())
                .sum();
    }

    @Test
    void every_row_is_answered_and_a_mended_file_sends_only_what_is_new() {
        Participant school = hub.as(SCHOOL);

        Participant.Answer first = school.send(CSV, file(BAD));
        assertThat(first.status()).as(first.text()).isEqualTo(207);
        assertThat(statuses(first)).containsExactly("2 accepted", "3 refused", "5 accepted");
        JsonNode finding = refusing(first.json().path("rows").path(1).path("findings"));
        assertThat(finding.path("line").asInt()).isEqualTo(3);
        assertThat(finding.path("mn").asText()).startsWith("3-р мөр, D багана «Асуудал»: ");
        assertThat(first.json().path("accepted").asInt()).isEqualTo(2);

        Participant.Answer mended = school.send(CSV, file(GOOD));
        assertThat(mended.status()).as(mended.text()).isEqualTo(202);
        assertThat(statuses(mended)).containsExactly("2 duplicate", "3 accepted", "5 duplicate");

        Participant.Answer again = school.send(CSV, file(GOOD));
        assertThat(statuses(again)).containsExactly("2 duplicate", "3 duplicate", "5 duplicate");
        hub.settle();
        for (int number = 1; number <= 3; number++) {
            assertThat(arrived(number)).isPositive();
            assertThat(requests(number)).as("row %d", number).isEqualTo(arrived(number));
        }

        Participant.Answer changed = school.send(CSV, file("PEER_BULLYING"));
        assertThat(changed.status()).isEqualTo(207);
        assertThat(statuses(changed)).containsExactly("2 duplicate", "3 conflict", "5 duplicate");
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"AMQP", "STOMP"})
    void over_a_queue_every_row_has_its_receipt_and_a_file_sent_again_reaches_nobody_twice(Way way) throws Exception {
        Participant school = hub.as(SCHOOL);
        way.send(school, "school", bytes(file(BAD)));
        hub.settle();
        way.send(school, "school", bytes(file(GOOD)));
        hub.settle();

        List<Letter> receipts = List.of(take(school), take(school), take(school));
        assertThat(receipts)
                .filteredOn(letter -> letter.body().contains("Хүлээж аваагүй"))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.contentType()).isEqualTo(CSV);
                    assertThat(letter.body()).contains("code.unknown: 3-р мөр, D багана «Асуудал»: ");
                });
        for (int number = 1; number <= 3; number++) {
            assertThat(arrived(number)).isPositive();
            assertThat(requests(number)).as("row %d", number).isEqualTo(arrived(number));
        }
        assertThat(hub.bean(Books.class).books().faults()).isEmpty();
    }

    private static Letter take(Participant school) throws Exception {
        return Way.AMQP.takeNext(school);
    }

    @Test
    void two_rows_of_one_id_are_a_duplicate_or_a_conflict() {
        String same = HEADER + row(1, GOOD) + row(1, GOOD) + row(1, "PEER_BULLYING");
        Participant.Answer answer = hub.as(SCHOOL).send(CSV, same);
        assertThat(statuses(answer)).containsExactly("2 accepted", "3 duplicate", "4 conflict");
        hub.settle();
        assertThat(requests(1)).isEqualTo(arrived(1));
    }

    @Test
    void a_file_of_which_every_row_is_refused_is_422_and_one_row_alone_is_answered_like_any_message() {
        Participant school = hub.as(SCHOOL);
        assertThat(school.send(CSV, HEADER + row(1, BAD) + row(2, BAD)).status())
                .isEqualTo(422);
        Participant.Answer one = school.send(CSV, HEADER + row(1, BAD));
        assertThat(one.status()).isEqualTo(422);
        assertThat(one.json().path("resourceType").asText()).isEqualTo("OperationOutcome");
        Participant.Answer good = school.send(CSV, HEADER + row(1, GOOD));
        assertThat(good.status()).isEqualTo(202);
        assertThat(good.json().path("referralId").asText()).isEqualTo(referral(1));
    }

    @Test
    void checking_a_file_tells_the_findings_of_every_row_and_the_stages_of_each() {
        Participant school = hub.as(SCHOOL);
        Participant.Answer checked = school.post("/validate", CSV, bytes(file(BAD)));
        assertThat(checked.status()).isEqualTo(200);
        assertThat(checked.text()).contains("Row 3, column D").contains("Row 5");

        JsonNode trials =
                school.post("/validate?stages=true", CSV, bytes(file(BAD))).json();
        assertThat(trials.path("messages").findValuesAsText("row")).containsExactly("2", "3", "5");
        assertThat(trials.path("messages").findValuesAsText("accepted")).containsExactly("true", "false", "true");
    }

    @Test
    void files_that_no_row_can_be_read_of_are_refused_through_every_door() throws Exception {
        Participant school = hub.as(SCHOOL);
        for (String name : List.of("windows-1251", "utf-16", "a-workbook", "no-header", "quote-never-closed")) {
            byte[] document = Files.readAllBytes(Path.of("schemas/school/samples/refused", name + ".csv"));
            String code = Samples.faults("school", name + ".csv").first().replaceFirst(" .*", "");
            Participant.Answer answer = school.post("/messages", CSV, document);
            assertThat(answer.status()).isEqualTo(422);
            assertThat(Samples.faultsOf(answer.json())).isEqualTo(Samples.faults("school", name + ".csv"));
            Way.AMQP.send(school, "school", document);
            assertThat(Way.AMQP.takeNext(school).body()).contains(code + ": ");
        }
        Participant.Answer many = school.send(
                CSV,
                HEADER
                        + java.util.stream.IntStream.range(0, 201)
                                .mapToObj(i -> row(i, GOOD))
                                .reduce("", String::concat));
        assertThat(many.status()).isEqualTo(422);
        assertThat(Samples.faultsOf(many.json())).containsExactly("csv.too-many-rows  202:1");
        hub.settle();
    }

    private static List<String> statuses(Participant.Answer answer) {
        return answer.json().path("rows").findParents("status").stream()
                .map(row -> row.path("row").asText() + " " + row.path("status").asText())
                .toList();
    }

    private static JsonNode refusing(JsonNode findings) {
        for (JsonNode finding : findings) {
            if (finding.path("severity").asText().equals("error")) {
                return finding;
            }
        }
        throw new AssertionError("no error among " + findings);
    }
}
