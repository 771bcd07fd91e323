package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.referralhub.testing.Samples.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.broker.Broker;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.Tracking;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.Letter;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.StompClient;
import org.referralhub.testing.Way;
import org.springframework.jdbc.core.JdbcTemplate;

/** What no honest client would send: refused with its place, without a hang or a 5xx, and nobody else notices. */
@Timeout(120)
class HostileInputIT {
    private static final String HELPLINE = "helpline-108";
    private static final String POLICE = "police-capital";
    private static final String SOCIAL_WORKER = "social-work-111095";
    private static final String SCHOOL = "school-1110";
    /** Shares its intake with the social worker. */
    private static final String NEIGHBOUR = "joint-team-6501";

    private static final Pattern DIGEST = Pattern.compile("\\b[0-9a-f]{64}\\b");
    private static final Pattern POLICE_FINDING = Pattern.compile("""
            <FindingSeverityCode>(.*?)</FindingSeverityCode>\\s*\
            <FindingCode>(.*?)</FindingCode>\\s*\
            <FindingLocationText(?:/>|>(.*?)</FindingLocationText>)\\s*\
            <FindingLineNumeric>(.*?)</FindingLineNumeric>\\s*\
            <FindingColumnNumeric>(.*?)</FindingColumnNumeric>""");

    private static final String HEADER = "Message id;Sent at;Urgency;Concerns;Account\n";
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    private static RunningHub hub;

    @BeforeAll
    static void start() {
        hub = RunningHub.shared();
    }

    @BeforeEach
    void forgetOtherTests() {
        hub.emptyInboxes();
    }

    /**
     * A document that must be refused.
     *
     * @param fault the code that it must be refused with
     */
    private record Hostile(String name, String agency, byte[] document, String fault) {
        @Override
        public String toString() {
            return name + " from " + agency;
        }

        String dialect() {
            return switch (agency) {
                case HELPLINE -> "helpline";
                case POLICE -> "police";
                case SCHOOL -> "school";
                default -> "canonical";
            };
        }

        String mediaType() {
            return switch (agency) {
                case POLICE -> "application/xml";
                case SCHOOL -> "text/csv";
                default -> "application/json";
            };
        }
    }

    static Stream<Hostile> hostile() throws IOException {
        String tomorrow = Samples.now().plusDays(2).toLocalDate().toString();
        String eighteen =
                Samples.now().minusYears(18).minusDays(3).toLocalDate().toString();
        String request = """
                {"messageId": "h-1", "messageType": "REQUEST", "sentAt": "%s",
                 "body": {"urgency": "ROUTINE", "concerns": ["NEGLECT"], "narrative": "x"%%s}}""".formatted(Samples.now());
        String report = Referrals.report("h-2");
        List<Hostile> all = new ArrayList<>(List.of(
                call("eighteen years old", "\"child\": {\"born\": \"" + eighteen + "\"}", "child.not-a-child"),
                call(
                        "a date to come",
                        "\"incidents\": [{\"date\": \"" + tomorrow + "\", \"place\": \"HOME\"}]",
                        "date.future"),
                call("Latin letters", "\"child\": {\"register\": \"YK12311817\"}", "register-number.homoglyph"),
                call("unknown place", "\"address\": {\"aimag\": \"77\"}", "place.unknown"),
                call("duplicate key", "\"concerns\": [\"NEGLECT\"]", "json.duplicate-key"),
                call("a lone surrogate", "\"story\": \"\\ud800\"", "json.surrogate"),
                call("NUL", "\"story\": \"\\u0000\"", "json.nul"),
                call("endless number", "\"silent_calls\": 1e999999999", "json.number"),
                call("unknown field", "\"religion\": \"x\"", "schema.additional-property"),
                new Hostile("a bomb of brackets", HELPLINE, bytes("[".repeat(200_000)), "json.depth"),
                new Hostile("a bomb of objects", HELPLINE, bytes("{\"a\":".repeat(100_000)), "json.depth"),
                new Hostile("nothing", HELPLINE, new byte[0], "json.empty"),
                new Hostile("nothing", POLICE, new byte[0], "xml."),
                new Hostile("another format", HELPLINE, bytes(report), "json."),
                new Hostile("another format", POLICE, bytes(request.formatted("")), "xml."),
                new Hostile(
                        "too large", SOCIAL_WORKER, bytes(request.formatted(" ".repeat(1_100_000))), "json.too-large"),
                new Hostile("too large", POLICE, bytes(report + "\n".repeat(1_100_000)), "xml.too-large"),
                new Hostile(
                        "eighteen years old",
                        SOCIAL_WORKER,
                        bytes(request.formatted(", \"child\": {\"birthDate\": \"" + eighteen + "\"}")),
                        "child.not-a-child"),
                new Hostile(
                        "a bomb of elements",
                        POLICE,
                        bytes("<?xml version=\"1.0\"?>" + "<a xmlns=\"urn:referral-hub:police:1\">".repeat(20_000)),
                        "xml.")));
        for (String file : List.of("xml-bomb.xml", "external-entity.xml", "external-dtd.xml", "invalid-utf8.xml")) {
            all.add(new Hostile(
                    file,
                    POLICE,
                    Samples.refused("police", file),
                    Samples.faults("police", file).first().replaceFirst(" .*", "")));
        }
        String row = "h-3;" + Samples.now() + ";ROUTINE;NEGLECT;";
        all.addAll(List.of(
                new Hostile("nothing", SCHOOL, new byte[0], "csv.header"),
                new Hostile("another format", SCHOOL, bytes(report), "csv.header"),
                new Hostile("columns without end", SCHOOL, bytes(";".repeat(500_000)), "csv.header"),
                new Hostile("cells without end", SCHOOL, bytes(HEADER + row + ";x".repeat(250_000)), "csv.stray-cell"),
                new Hostile("rows without end", SCHOOL, bytes(HEADER + "x;\n".repeat(300_000)), "csv.too-many-rows"),
                new Hostile("blank rows", SCHOOL, bytes(HEADER + ";;\n".repeat(100_000)), "csv.no-rows"),
                new Hostile("nothing but quotes", SCHOOL, bytes("\"".repeat(1_000_000)), "csv.too-many-columns"),
                new Hostile(
                        "a cell without end", SCHOOL, bytes(HEADER + row + "x".repeat(1_000_000)), "schema.max-length"),
                new Hostile("a quote without end", SCHOOL, bytes(HEADER + row + "\"x\n"), "csv.unclosed-quote"),
                new Hostile("NUL", SCHOOL, bytes(HEADER + "\0" + row + "x"), "schema.pattern"),
                new Hostile("too large", SCHOOL, bytes(HEADER + row + "x".repeat(1_100_000)), "csv.too-large")));
        all.add(new Hostile("invalid UTF-8", HELPLINE, Samples.refused("helpline", "invalid-utf8.json"), "json."));
        return all.stream();
    }

    private static Hostile call(String name, String more, String fault) {
        return new Hostile(name, HELPLINE, bytes("""
                {"record_type": "CALL", "call_id": "hostile-1", "call_time": "%s", "response": "TODAY",
                 "concerns": ["NEGLECT"], "caller": {"callback_number": "99112233"},
                 %s}""".formatted(Samples.now(), more)), fault);
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void over_rest_it_is_refused_with_its_place(Hostile hostile) {
        long began = System.nanoTime();

        Participant.Answer answer = hub.as(hostile.agency()).post("/messages", hostile.mediaType(), hostile.document());

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(AT_ONCE);
        if (hostile.name().equals("too large")) {
            assertThat(answer.status()).isEqualTo(413);
        } else {
            assertThat(answer.status()).as(answer.text()).isEqualTo(422);
            assertThat(Samples.faultsOf(answer.json())).anyMatch(fault -> fault.startsWith(hostile.fault()));
            assertThat(answer.json().findValuesAsText("diagnostics")).allMatch(place -> place.startsWith("line "));
        }
    }

    @ParameterizedTest
    @MethodSource("agencies")
    void over_the_queue_each_is_refused_with_its_place_and_a_good_one_among_them_is_delivered(String agency)
            throws Exception {
        List<Hostile> all = hostile().filter(one -> one.agency().equals(agency)).toList();
        Participant sender = hub.as(agency);
        Participant neighbour = hub.as(NEIGHBOUR);
        List<Set<String>> expected = new ArrayList<>();
        for (Hostile hostile : all) {
            expected.add(overRest(sender, hostile));
        }
        String id = "good-" + UUID.randomUUID();
        try (Connection connection = sender.amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(
                        session.createQueue(Queues.intake(all.get(0).dialect())))) {
            for (int i = 0; i < all.size(); i++) {
                if (i == all.size() / 2) {
                    producer.send(bytesMessage(session, bytes(good(agency, id))));
                    Way.AMQP.send(neighbour, "canonical", bytes(good(NEIGHBOUR, id)));
                }
                producer.send(bytesMessage(session, all.get(i).document()));
            }
        }

        List<Set<String>> refusals = new ArrayList<>();
        List<String> named = new ArrayList<>();
        List<String> accepted = new ArrayList<>();
        for (Letter receipt : take(sender, all.size() + 1)) {
            assertThat(receipt.type()).isEqualTo("RECEIPT");
            if (receipt.body().contains("accepted") || receipt.body().contains("\"Хүлээн авсан\"")) {
                accepted.add(receipt.referralId());
            } else {
                refusals.add(faults(agency, receipt));
                DIGEST.matcher(receipt.body())
                        .results()
                        .map(MatchResult::group)
                        .distinct()
                        .forEach(named::add);
            }
        }
        assertThat(accepted).containsExactly(Identifiers.referralId(agency, id));
        // As many as there are documents, so that no refusal stands for two of them.
        assertThat(refusals).containsExactlyInAnyOrderElementsOf(expected);
        // Of those that no identifier could be read of, each is told from the others.
        assertThat(named)
                .isNotEmpty()
                .doesNotHaveDuplicates()
                .isSubsetOf(all.stream()
                        .map(one -> Identifiers.digest(one.document()))
                        .toList());
        assertThat(Way.AMQP.takeNext(neighbour).referralId()).isEqualTo(Identifiers.referralId(NEIGHBOUR, id));
        hub.settle();
        for (String who : List.of(agency, NEIGHBOUR)) {
            String referral = Identifiers.referralId(who, id);
            assertThat(hub.referral(referral).assignments())
                    .as(who)
                    .isNotEmpty()
                    .allSatisfy(assignment -> assertThat(hub.waiting(assignment.recipient(), referral))
                            .extracting(Letter::type)
                            .contains("REQUEST"));
        }
    }

    /** What REST says of the same bytes, in the words of a receipt to this agency. */
    private static Set<String> overRest(Participant sender, Hostile hostile) {
        if (hostile.name().equals("too large")) {
            // REST does not even read it; a queue has read it already.
            return Set.of(hostile.agency().equals(SCHOOL) ? hostile.fault() : hostile.fault() + "  1:1");
        }
        JsonNode outcome = sender.post("/messages", hostile.mediaType(), hostile.document())
                .json();
        Set<String> faults = Samples.faultsOf(outcome);
        assertThat(faults).as(hostile.toString()).anyMatch(fault -> fault.startsWith(hostile.fault()));
        if (!hostile.agency().equals(SCHOOL)) {
            return faults;
        }
        Set<String> sentences = new TreeSet<>();
        for (JsonNode issue : outcome.path("issue")) {
            sentences.add("%s: %s"
                    .formatted(
                            issue.at("/details/coding/0/code").asText(),
                            issue.at("/details/text").asText()));
        }
        return sentences;
    }

    /** What makes the hub refuse, of a receipt: code, pointer, line and column, or a spreadsheet's sentence that says them. */
    private static Set<String> faults(String agency, Letter receipt) throws Exception {
        return switch (agency) {
            case SCHOOL -> sentences(receipt.body());
            case POLICE -> findings(receipt.body());
            default -> Samples.faultsOfReceipt(receipt.json());
        };
    }

    private static Set<String> sentences(String receipt) {
        String cell = receipt.replaceFirst("(?s).*\"Хүлээж аваагүй\";\"", "").replaceFirst("(?s)\";\".*", "");
        Set<String> sentences = new TreeSet<>(List.of(cell.replace("\"\"", "\"").split("\n")));
        sentences.removeIf(sentence -> sentence.startsWith("document.unnamed: "));
        // Of what is too large the size is told, too; REST does not say it.
        return sentences.toString().startsWith("[csv.too-large: ") ? Set.of("csv.too-large") : sentences;
    }

    private static Set<String> findings(String receipt) {
        Set<String> findings = new TreeSet<>();
        Matcher finding = POLICE_FINDING.matcher(receipt);
        while (finding.find()) {
            if (!finding.group(1).matches("warning|information")) {
                findings.add("%s %s %s:%s"
                        .formatted(
                                finding.group(2),
                                finding.group(3) == null ? "" : finding.group(3),
                                finding.group(4),
                                finding.group(5)));
            }
        }
        return findings;
    }

    static List<String> agencies() {
        return List.of(HELPLINE, POLICE, SOCIAL_WORKER, SCHOOL);
    }

    @Test
    void what_the_queue_says_of_a_fault_is_what_rest_says() throws Exception {
        for (String file : refusedOf("helpline")) {
            byte[] document = Samples.refused("helpline", file);
            TreeSet<String> rest = Samples.faultsOf(hub.as(HELPLINE)
                    .post("/messages", "application/json", document)
                    .json());
            Way.AMQP.send(hub.as(HELPLINE), "helpline", document);

            JsonNode receipt = Way.AMQP.takeNext(hub.as(HELPLINE)).json();

            assertThat(receipt.path("status").asText()).as(file).isEqualTo("refused");
            assertThat(Samples.faultsOfReceipt(receipt))
                    .as(file)
                    .isEqualTo(rest)
                    .isNotEmpty();
        }
    }

    /** Only a text that was never bytes can hold it, and Java would write a question mark instead. */
    @Test
    void half_a_character_is_refused_where_it_stands() throws Exception {
        try (JMSContext door = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + hub.port("core"))
                .createContext(HELPLINE, "demo-" + HELPLINE)) {
            door.createProducer()
                    .send(
                            door.createQueue(Queues.intake("helpline")),
                            door.createTextMessage(Referrals.call("half").replace("Номин", "Ном\uD83D")));
        }
        JsonNode receipt = Way.AMQP.takeNext(hub.as(HELPLINE)).json();
        assertThat(receipt.path("status").asText()).isEqualTo("refused");
        assertThat(Samples.faultsOfReceipt(receipt))
                .singleElement()
                .asString()
                .contains("json.utf8", "/child/first_name");
    }

    private static List<String> refusedOf(String dialect) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("schemas", dialect, "samples", "refused"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.contains(".findings."))
                    // A date to come passes as soon as it has come.
                    .filter(name -> !name.startsWith("future-date"))
                    .sorted()
                    .toList();
        }
    }

    /** What JMS can carry besides bytes. */
    private interface Odd {
        Message in(Session session) throws JMSException;
    }

    static Stream<Arguments> odd() {
        return Stream.of(
                Arguments.of("a map", (Odd) session -> {
                    MapMessage map = session.createMapMessage();
                    map.setString("record_type", "CALL");
                    return map;
                }),
                Arguments.of("an object", (Odd) session -> session.createObjectMessage(new ArrayList<>(List.of("x")))),
                Arguments.of("a stream", (Odd) session -> {
                    StreamMessage stream = session.createStreamMessage();
                    stream.writeString("{}");
                    return stream;
                }),
                Arguments.of("a message without a body", (Odd) Session::createMessage));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("odd")
    void a_message_that_is_no_document_is_refused(String name, Odd odd) throws Exception {
        try (Connection connection = hub.as(HELPLINE).amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("intake.helpline"))) {
            producer.send(odd.in(session));
        }

        assertThat(Way.AMQP.takeNext(hub.as(HELPLINE)).json().path("status").asText())
                .isEqualTo("refused");
        hub.settle();
    }

    @Test
    void text_is_as_good_as_bytes() throws Exception {
        String id = "text-" + UUID.randomUUID();
        try (Connection connection = hub.as(HELPLINE).amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("intake.helpline"))) {
            producer.send(session.createTextMessage(Referrals.call(id)));
        }

        Letter receipt = Way.AMQP.take(hub.as(HELPLINE), "RECEIPT", Identifiers.referralId(HELPLINE, id));
        assertThat(receipt.json().path("status").asText()).isEqualTo("accepted");
    }

    @Test
    void over_stomp_hostile_documents_are_refused_as_well() throws Exception {
        try (StompClient client = hub.as(HELPLINE).stomp()) {
            client.send("intake.helpline", new byte[0], Map.of());
            client.send("intake.helpline", Samples.refused("helpline", "invalid-utf8.json"), Map.of());
            client.send("intake.helpline", bytes("[".repeat(100_000)), Map.of());
        }

        for (Letter receipt : take(hub.as(HELPLINE), 3)) {
            assertThat(receipt.json().path("status").asText()).isEqualTo("refused");
        }
    }

    @Test
    void what_is_far_too_large_is_not_even_taken_over_the_queue() throws Exception {
        byte[] huge = new byte[6 * 1024 * 1024];

        assertThatThrownBy(() -> Way.AMQP.send(hub.as(HELPLINE), "helpline", huge))
                .isInstanceOf(JMSException.class);

        String id = "after-" + UUID.randomUUID();
        Way.AMQP.send(hub.as(HELPLINE), "helpline", bytes(Referrals.call(id)));
        assertThat(Way.AMQP
                        .take(hub.as(HELPLINE), "RECEIPT", Identifiers.referralId(HELPLINE, id))
                        .type())
                .isEqualTo("RECEIPT");
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"AMQP", "STOMP"})
    void a_large_message_has_its_verified_sender_like_any_other(Way way) throws Exception {
        String id = "large-" + UUID.randomUUID();

        way.send(hub.as(HELPLINE), "helpline", bytes(Referrals.call(id) + " ".repeat(900_000)));

        Letter receipt = Way.AMQP.take(hub.as(HELPLINE), "RECEIPT", Identifiers.referralId(HELPLINE, id));
        assertThat(receipt.json().path("status").asText()).isEqualTo("accepted");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 900_000, 1_500_000})
    void properties_that_claim_another_sender_are_dropped_whatever_the_size(int padding) throws Exception {
        String id = "forged-" + UUID.randomUUID();
        try (Connection connection = hub.as(SOCIAL_WORKER).amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("intake.canonical"))) {
            Message message = bytesMessage(session, bytes(good(SOCIAL_WORKER, id) + " ".repeat(padding)));
            message.setStringProperty("_AMQ_VALIDATED_USER", "hub");
            message.setStringProperty("JMSXUserID", "hub");
            message.setStringProperty("hubSender", "court-capital");
            producer.send(message);
        }

        Letter receipt = Way.AMQP.takeNext(hub.as(SOCIAL_WORKER));
        assertThat(receipt.json().at("/body/status").asText())
                .as(receipt.body())
                .isEqualTo(padding > 1_000_000 ? "refused" : "accepted");
        hub.settle();
        assertThat(hub.bean(Tracking.class).prior("court-capital", id)).isEmpty();
        assertThat(hub.as("court-capital").get("/inbox").json()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("mediaTypes")
    void over_rest_a_media_type_that_is_not_the_agencys_own_is_415(String mediaType) {
        Participant.Answer answer =
                hub.as(HELPLINE).post("/messages", mediaType, bytes(Referrals.call("wrong-" + UUID.randomUUID())));

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.json().at("/remedy/en").asText()).contains("Content-Type");
    }

    static List<String> mediaTypes() {
        return List.of("application/xml", "text/plain", "application/x-www-form-urlencoded", "nonsense");
    }

    private static Message bytesMessage(Session session, byte[] document) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(document);
        return message;
    }

    private static String good(String agency, String id) {
        return switch (agency) {
            case HELPLINE -> Referrals.call(id);
            case POLICE -> Referrals.report(id);
            case SCHOOL -> HEADER + id + ";" + Samples.now() + ";ROUTINE;NEGLECT;Хүүхэд өлсөж байна.";
            default -> """
                {"messageId": "%s", "messageType": "REQUEST", "sentAt": "%s",
                 "body": {"urgency": "ROUTINE", "concerns": ["NEGLECT"], "narrative": "Хүүхэд өлсөж байна."}}""".formatted(id, Samples.now());
        };
    }

    private static List<Letter> take(Participant agency, int count) throws Exception {
        List<Letter> letters = new ArrayList<>();
        try (Connection connection = agency.amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.inbox(agency.id())))) {
            connection.start();
            while (letters.size() < count) {
                Message message = consumer.receive(RunningHub.PATIENCE.toMillis());
                assertThat(message)
                        .as(() -> "receipt %d of %d; %s".formatted(letters.size() + 1, count, whereTheyAre(agency)))
                        .isNotNull();
                letters.add(Letter.of(message));
            }
        }
        return letters;
    }

    /** Where messages lie, and what the ledger knows of what is owed to the agency. */
    private static String whereTheyAre(Participant agency) {
        Map<String, Long> depths = new TreeMap<>(hub.bean(Broker.class).depths());
        depths.values().removeIf(depth -> depth == 0);
        JdbcTemplate ledger = new JdbcTemplate(hub.bean(LedgerDatabase.class).readers());
        return "queues %s; owed %s; letters %s"
                .formatted(
                        depths,
                        ledger.queryForList(
                                "select type, state, count(*) as number from delivery where recipient = ? group by type, state",
                                agency.id()),
                        ledger.queryForList(
                                "select state, cause, count(*) as number from letter where sender = ? group by state, cause",
                                agency.id()));
    }
}
