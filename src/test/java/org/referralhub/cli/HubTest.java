package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HubTest {
    private record Canned(int status, String body) {}

    private record Outcome(int code, String out, String err) {}

    @TempDir
    private Path folder;

    private final Map<String, Canned> answers = new ConcurrentHashMap<>();
    private final List<String> asked = java.util.Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;

    @BeforeEach
    void startServer() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String call = exchange.getRequestMethod() + ' ' + exchange.getRequestURI();
            asked.add(call
                    + ' '
                    + exchange.getRequestHeaders().getFirst("Content-Type")
                    + ' '
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            Canned canned = answers.getOrDefault(call, new Canned(404, "{}"));
            byte[] body = canned.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(canned.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        Files.writeString(folder.resolve("secret"), "s3cret\n");
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    private Outcome hub(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Hub.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = line.execute(arguments);
        return new Outcome(code, out.toString(), err.toString());
    }

    private Outcome client(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--as",
                "helpline-108",
                "--url",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "--secret-file",
                folder.resolve("secret").toString()));
        return hub(all.toArray(String[]::new));
    }

    @Test
    void withoutACommandItSaysWhatThereIs() {
        Outcome outcome = hub();

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("run", "send", "inbox", "track", "dead-letters", "books", "counts", "places", "bench");
    }

    static Stream<String> commands() {
        return Hub.commandLine().getSubcommands().keySet().stream();
    }

    /** A list of commands shows the first line of each. */
    @Test
    void whatACommandDoesIsSaidInOneWholeSentence() {
        assertThat(all(Hub.commandLine())).hasSizeGreaterThan(50).allSatisfy(command -> {
            String[] lines = command.getCommandSpec().usageMessage().description();
            assertThat(lines).as(command.getCommandSpec().qualifiedName()).isNotEmpty();
            assertThat(lines[0]).as(command.getCommandSpec().qualifiedName()).endsWith(".");
        });
    }

    private static List<CommandLine> all(CommandLine command) {
        return Stream.concat(
                        Stream.of(command),
                        command.getSubcommands().values().stream().flatMap(one -> all(one).stream()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandExplainsItself(String command) {
        Outcome outcome = hub(command, "--help");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("Usage: hub " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fly", "send", "track", "inbox --max few --as x", "inbox --ack 1 --ack-all --as x"})
    void wrongUsageIsCode2(String arguments) {
        Outcome outcome = hub(arguments.split(" "));

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("Usage");
    }

    @Test
    void aMissingSecretIsWrongUsageAndSaysWhereToPutIt() {
        Outcome outcome = hub(
                "inbox", "--as", "x", "--secret-file", folder.resolve("none").toString());

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("There is no file " + folder.resolve("none"));
    }

    @Test
    void whatIsNotOneIsSaidInWordsAndNotByAProgram() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "x");
        assertThat(client("send", folder.toString()).err()).startsWith(folder + " is a folder; name a file.");
        for (String address : List.of("nonsense", "ftp://hub", "http://", "http://hub:x", "http://hub:1 y")) {
            Outcome outcome = hub("inbox", "--as", "x", "--secret-file", secret.toString(), "--url", address);
            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.err())
                    .startsWith("--url: " + address + " is not an address such as http://127.0.0.1:8080.");
        }
        assertThat(hub("audit", "--as", "x", "--from", "yesterday").err())
                .startsWith(
                        "Invalid value for option '--from': 'yesterday' is not written as 2026-11-22T08:00:00+08:00");
        assertThat(hub("books", "--as", "x", "--day", "today").err())
                .startsWith("Invalid value for option '--day': 'today' is not written as 2026-11-22");
        assertThat(hub("counts", "--as", "x", "--from", "2026").err())
                .startsWith("Invalid value for option '--from': '2026' is not written as 2026-11");
    }

    @Test
    void aHubThatIsNotThereIsCode3() {
        server.stop(0);
        Outcome outcome = client("inbox");

        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.err()).contains("./hub run");
    }

    @Test
    void sendingPrintsTheReference() throws Exception {
        Path call = Files.writeString(folder.resolve("call.json"), "{}");
        answers.put("POST /api/v1/messages", new Canned(202, """
                        {"referralId": "r-1", "reference": "RF-1", "messageId": "m-1", "status": "accepted",
                         "incomplete": false, "findings": [{"severity": "warning", "code": "a.b", "pointer": "/x",
                         "line": 1, "column": 2, "mn": "м", "en": "Something is missing."}]}"""));

        Outcome outcome = client("send", call.toString());

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("accepted", "RF-1", "r-1", "Something is missing.");
        assertThat(asked)
                .containsExactly("POST /api/v1/messages application/json Basic "
                        + Base64.getEncoder().encodeToString("helpline-108:s3cret".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theMediaTypeFollowsTheFilesEnding() throws Exception {
        client("send", Files.writeString(folder.resolve("report.xml"), "<a/>").toString());

        assertThat(asked.get(0)).contains(" application/xml ");
    }

    @Test
    void aRefusalIsCode1WithEveryFault() throws Exception {
        Path call = Files.writeString(folder.resolve("call.json"), "{}");
        answers.put("POST /api/v1/messages", new Canned(422, """
                        {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "invalid",
                         "details": {"coding": [{"code": "schema.required"}], "text": "It is missing."},
                         "expression": ["/body/concerns"]}]}"""));

        Outcome outcome = client("send", call.toString());

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("schema.required", "/body/concerns", "It is missing.");
    }

    @Test
    void aProblemIsCode1WithItsRemedy() {
        answers.put(
                "GET /api/v1/books",
                new Canned(
                        403,
                        "{\"title\": \"Not for you\", \"status\": 403, \"remedy\": {\"mn\": \"м\", \"en\": \"Ask.\"}}"));

        Outcome outcome = client("books");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("Not for you (403).", "Ask.");
    }

    @Test
    void statusSaysWhatRunsAndWhatWasRefused() {
        answers.put(
                "GET /api/v1/books",
                new Canned(200, "{\"balanced\": true, \"openLetters\": 2, \"acceptedMessages\": 7}"));
        answers.put(
                "GET /api/v1/configuration",
                new Canned(
                        200,
                        "{\"version\": \"aaa\", \"since\": \"2026-11-22T10:00:00Z\", \"inFiles\": \"aaa\","
                                + " \"refused\": null, \"kept\": [\"aaa\", \"bbb\"]}"));

        Outcome outcome = client("status");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains(
                        "Configuration aaa, since 2026-11-22T10:00:00Z",
                        "Messages accepted: 7",
                        "Dead letters open: 2",
                        "balance")
                .doesNotContain("REFUSED");
        assertThat(client("configuration", "show").out()).contains("aaa", "bbb");

        answers.put(
                "GET /api/v1/configuration",
                new Canned(
                        200,
                        "{\"version\": \"aaa\", \"inFiles\": \"ccc\", \"refused\": {\"version\": \"ccc\","
                                + " \"faults\": [{\"file\": \"config/x.yaml\", \"line\": 3, \"column\": 5,"
                                + " \"problem\": \"it is wrong\", \"remedy\": \"Mend it\"}]}}"));
        Outcome differs = client("status");
        assertThat(differs.code()).isEqualTo(1);
        assertThat(differs.out()).contains("REFUSED: ccc", "config/x.yaml:3:5: it is wrong. Mend it");

        answers.put("GET /api/v1/configuration", new Canned(200, "{\"version\": \"aaa\", \"inFiles\": \"bbb\"}"));
        assertThat(client("status").out()).contains("The files hold bbb", "./hub reload");
        answers.put("GET /api/v1/configuration", new Canned(403, "{\"title\": \"Not for you\"}"));
        assertThat(client("status").code()).isEqualTo(1);
        assertThat(client("configuration", "show").code()).isEqualTo(1);
    }

    @Test
    void reloadAndBackSayWhatCameOfIt() {
        answers.put(
                "POST /api/v1/configuration",
                new Canned(
                        200,
                        "{\"outcome\": \"ACCEPTED\", \"version\": \"bbb\", \"previous\": \"aaa\", \"replayed\": 9,"
                                + " \"differences\": [{\"dialect\": \"police\", \"where\": \"canonical /body/urgency\","
                                + " \"change\": \"changed\", \"messages\": 4}], \"atNextStart\": [\"config/broker.xml\"]}"));
        Outcome outcome = client("reload", "--force", "the ministry says so");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains(
                        "bbb runs, instead of aaa",
                        "last 9 messages",
                        "canonical /body/urgency, 4",
                        "config/broker.xml");

        answers.put(
                "POST /api/v1/configuration",
                new Canned(
                        422,
                        "{\"outcome\": \"REFUSED\", \"version\": \"ccc\", \"previous\": \"bbb\","
                                + " \"faults\": [{\"file\": \"config/x.yaml\", \"line\": 0, \"problem\": \"p\", \"remedy\": \"r\"}]}"));
        Outcome refused = client("reload");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out()).contains("ccc is refused; bbb goes on", "config/x.yaml: p. r");
        assertThat(client("reload", "--json").code()).isEqualTo(1);
        answers.put("POST /api/v1/configuration", new Canned(403, "{\"title\": \"Not for you\"}"));
        assertThat(client("reload").err()).contains("Not for you");

        answers.put(
                "POST /api/v1/configuration/back",
                new Canned(200, "{\"outcome\": \"ACCEPTED\", \"version\": \"aaa\", \"previous\": \"bbb\"}"));
        answers.put("GET /api/v1/configuration", new Canned(200, "{\"version\": \"aaa\", \"inFiles\": \"bbb\"}"));
        Outcome back = client("configuration", "back");
        assertThat(back.code()).isZero();
        assertThat(back.out()).contains("aaa runs, instead of bbb", "The files hold bbb still");
        answers.put("POST /api/v1/configuration/back", new Canned(404, "{\"title\": \"Not found\"}"));
        assertThat(client("configuration", "back", "zzz").code()).isEqualTo(1);

        answers.put(
                "GET /api/v1/configuration/history?max=50",
                new Canned(
                        200,
                        "[{\"at\": \"t\", \"outcome\": \"ACCEPTED\", \"version\": \"aaa\", \"previous\": \"bbb\","
                                + " \"how\": \"BACK\", \"actor\": \"oyun\", \"node\": \"one\", \"faults\": 2, \"reason\": \"why\"}]"));
        assertThat(client("configuration", "history").out())
                .contains("aaa", "instead of bbb", "by oyun on one", "2 faults", "because: why");
        answers.put("GET /api/v1/configuration/history?max=50", new Canned(200, "[]"));
        assertThat(client("configuration", "history").out()).contains("Nothing was changed yet.");
        assertThat(hub("configuration").out()).contains("show", "history", "back");
    }

    @Test
    void theInboxIsPrintedAndThenAcknowledged() {
        answers.put(
                "GET /api/v1/inbox?max=10&wait=30",
                new Canned(200, "[{\"id\": \"d-1\", \"messageType\": \"REQUEST\", \"body\": \"<Referral/>\"}]"));
        answers.put("DELETE /api/v1/inbox/d-1", new Canned(204, ""));

        Outcome outcome = client("inbox", "--ack-all", "--wait");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("REQUEST", "<Referral/>", "d-1");
        assertThat(asked).hasSize(2);
        assertThat(asked.get(1)).startsWith("DELETE /api/v1/inbox/d-1 ");
    }

    @Test
    void jsonIsTheHubsAnswerAndNothingElse() throws Exception {
        answers.put("GET /api/v1/inbox?max=10&wait=0", new Canned(200, "[]"));

        Outcome outcome = client("inbox", "--json");

        assertThat(new ObjectMapper().readTree(outcome.out()).isArray()).isTrue();
    }

    @Test
    void aReferralIsTrackedByWhatSomebodyTyped() {
        answers.put("GET /api/v1/referrals/rf%201", new Canned(200, """
                        {"reference": "RF-1", "urgency": "URGENT", "sender": "helpline-108", "openedAt": "t",
                         "assignments": [{"recipient": "police", "state": "requested",
                           "withheld": [{"mn": "Өгүүлсэн зүйл", "en": "narrative"}]}],
                         "timeline": [{"messageType": "REQUEST", "deliveries": [{"recipient": "police"}]}]}"""));

        Outcome outcome = client("track", "rf 1");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("RF-1", "police", "requested", "not shown: Өгүүлсэн зүйл / narrative");
    }

    @Test
    void referralsAreListedByWhatIsAskedFor() {
        answers.put(
                "GET /api/v1/referrals?agency=police-1&place=1110&concern=NEGLECT&state=requested&urgency=URGENT"
                        + "&from=2026-11-22T08%3A00%3A00%2B08%3A00&to=2026-11-23T08%3A00%3A00%2B08%3A00&overdue=true&after=1-a&size=2",
                new Canned(200, """
                        {"items": [{"reference": "RF-1", "urgency": "URGENT", "sender": "helpline-108",
                                    "states": {"requested": 2}, "incomplete": true}], "next": "2-b"}"""));

        Outcome outcome = client(
                "track",
                "--agency",
                "police-1",
                "--place",
                "1110",
                "--concern",
                "NEGLECT",
                "--state",
                "requested",
                "--urgency",
                "URGENT",
                "--from",
                "2026-11-22T08:00:00+08:00",
                "--to",
                "2026-11-23T08:00:00+08:00",
                "--overdue",
                "--after",
                "1-a",
                "--size",
                "2");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("RF-1", "URGENT", "helpline-108", "2 requested", "INCOMPLETE", "More with --after 2-b");
    }

    @Test
    void aTimelineIsShownInOrder() {
        answers.put("GET /api/v1/referrals/RF-1/timeline", new Canned(200, """
                [{"at": "t1", "kind": "MESSAGE", "agency": "helpline-108", "messageType": "REQUEST"},
                 {"at": "t2", "kind": "DELIVERED", "agency": "police-1", "basis": "consent", "attempts": 3},
                 {"at": "t3", "kind": "ACKNOWLEDGE_BY", "agency": "police-1", "state": "overdue"}]"""));

        Outcome outcome = client("track", "RF-1", "--timeline");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).containsSubsequence("REQUEST", "consent  after 3 attempts", "overdue");
        // What it is a timeline of must be said.
        assertThat(client("track", "--timeline").code()).isEqualTo(2);
    }

    @Test
    void aChildIsReadFromTheInputAndNotFromTheArguments() {
        answers.put("POST /api/v1/referrals/search", new Canned(200, "{\"items\": [{\"reference\": \"RF-7\"}]}"));
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream("{\"registerNo\": \"x\"}".getBytes(StandardCharsets.UTF_8)));
            assertThat(client("track", "--child", "--place", "1110").out()).contains("RF-7");
            System.setIn(new ByteArrayInputStream("[1]".getBytes(StandardCharsets.UTF_8)));
            assertThat(client("track", "--child").code()).isEqualTo(2);
        } finally {
            System.setIn(before);
        }
        assertThat(asked).singleElement().asString().startsWith("POST /api/v1/referrals/search application/json");
    }

    @Test
    void booksThatDoNotBalanceAreCode1() {
        String books = """
                {"balanced": %s, "total": {"agency": "*", "owed": 2}, "byAgency": [], "acceptedMessages": 1,
                 "refusedMessages": 0, "openLetters": 0, "faults": []}""";
        answers.put("GET /api/v1/books", new Canned(200, books.formatted(true)));
        assertThat(client("books").code()).isZero();

        answers.put("GET /api/v1/books", new Canned(200, books.formatted(false)));
        assertThat(client("books").code()).isEqualTo(1);
    }

    @Test
    void deadLettersAreListedShownAndReplayed() {
        answers.put(
                "GET /api/v1/dead-letters?state=OPEN&cause=mapping-failed",
                new Canned(
                        200, "{\"items\": [{\"id\": \"l-1\", \"cause\": \"mapping-failed\"}], \"next\": \"2.1.l-1\"}"));
        answers.put(
                "GET /api/v1/dead-letters/l-1",
                new Canned(200, "{\"summary\": {\"id\": \"l-1\", \"recipient\": \"police-bzd\"}, \"findings\": []}"));
        answers.put("POST /api/v1/dead-letters/l-1/replay", new Canned(200, "{\"id\": \"l-1\", \"status\": \"done\"}"));

        assertThat(client("dead-letters", "list", "--cause", "mapping-failed").out())
                .contains("l-1", "--after 2.1.l-1");
        assertThat(client("dead-letters", "show", "l-1").out()).contains("police-bzd");
        assertThat(client("dead-letters", "replay", "l-1").code()).isZero();
    }

    @Test
    void theBooksAreVerifiedStepByStepAndEveryFaultIsShownOnce() {
        Instant since = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(31, ChronoUnit.HOURS);
        String books = """
                {"balanced": %s, "since": "%s", "total": {"agency": "*", "owed": 2}, "byAgency": [],
                 "acceptedMessages": 1, "refusedMessages": 0, "openLetters": 0, "faults": [%s]}""";
        answers.put("GET /api/v1/books", new Canned(200, books.formatted(true, since, "")));
        answers.put(
                "GET /api/v1/books?verify=true&from=" + since + "&to=" + since.plus(1, ChronoUnit.DAYS),
                new Canned(200, books.formatted(false, since, "\"police: one\", \"everywhere\"")));
        answers.put(
                "GET /api/v1/books?verify=true&from=" + since.plus(1, ChronoUnit.DAYS),
                new Canned(200, books.formatted(false, since, "\"everywhere\"")));

        Outcome outcome = client("books", "--verify");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).containsOnlyOnce("police: one").containsOnlyOnce("everywhere");
        assertThat(outcome.err()).contains("verified until " + since.plus(1, ChronoUnit.DAYS) + ", 7");
    }

    @Test
    void theBooksCanBeVerifiedFromADayOn() {
        String books = """
                {"balanced": true, "since": "2020-01-01T00:00:00Z", "total": {}, "byAgency": [], "faults": []}""";
        LocalDate today = LocalDate.now(ZoneId.of("Asia/Ulaanbaatar"));
        Instant from = today.atStartOfDay(ZoneId.of("Asia/Ulaanbaatar")).toInstant();
        answers.put("GET /api/v1/books", new Canned(200, books));
        answers.put("GET /api/v1/books?verify=true&from=" + from, new Canned(200, books));

        Outcome outcome = client("books", "--verify", "--day", today.toString());

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("The books balance.");
    }

    @Test
    void countsAreATableOrTheHubsJson() throws Exception {
        String table = "aimag,identified\n65,*\n";
        answers.put("GET /api/v1/counts?from=2026-10&to=2026-11&by=aimag%2Cmonth&format=csv", new Canned(200, table));
        answers.put("GET /api/v1/counts?from=2026-10&to=2026-10&by=", new Canned(200, "{\"rows\": []}"));

        assertThat(client("counts", "--from", "2026-10", "--to", "2026-11", "--by", "aimag,month")
                        .out())
                .isEqualTo(table);
        assertThat(new ObjectMapper()
                        .readTree(
                                client("counts", "--from", "2026-10", "--json").out())
                        .path("rows")
                        .isArray())
                .isTrue();
        assertThat(client("counts", "--from", "october").code()).isEqualTo(2);
    }

    @Test
    void hoursArePrintedForADayOfTheCountry() {
        answers.put(
                "GET /api/v1/books/hours?from=2026-11-22T00%3A00%2B08%3A00&to=2026-11-23T00%3A00%2B08%3A00&agency=police",
                new Canned(200, """
                        [{"hour": "2026-11-21T16:00:00Z", "account": {"agency": "police", "owed": 7, "delivered": 6,
                          "waiting": 1, "desk": 0, "withdrawn": 0}}]"""));

        Outcome outcome = client("books", "--hours", "--day", "2026-11-22", "--agency", "police");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("2026-11-22T00:00+08:00", "7", "6");
    }

    @Test
    void aManifestIsATableOrOneJsonOfAllPages() throws Exception {
        String table = "way,at,id\nfrom,t,m-1\n";
        answers.put("GET /api/v1/manifest?day=2026-11-22&format=csv", new Canned(200, table));
        answers.put(
                "GET /api/v1/manifest?day=2026-11-22&size=1000",
                new Canned(200, "{\"agency\": \"a\", \"lines\": [{\"id\": \"m-1\"}], \"next\": \"0-1-m\"}"));
        answers.put(
                "GET /api/v1/manifest?day=2026-11-22&size=1000&after=0-1-m",
                new Canned(200, "{\"agency\": \"a\", \"lines\": [{\"id\": \"m-2\"}], \"next\": null}"));

        assertThat(client("books", "--manifest", "--day", "2026-11-22").out()).isEqualTo(table);
        assertThat(new ObjectMapper()
                        .readTree(client("books", "--manifest", "--day", "2026-11-22", "--json")
                                .out())
                        .findValuesAsText("id"))
                .containsExactly("m-1", "m-2");
        assertThat(client("books", "--manifest", "--verify").code()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--overdue", "--concern NEGLECT", "--state requested", "--from 2026-11-22T08:00:00+08:00"})
    void aChildIsNotLookedForWithFiltersThatTheSearchDoesNotTake(String filter) {
        Outcome outcome = client(("track --child " + filter).split(" "));
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("--child goes with --agency, --place");
    }

    @Test
    void theVerificationTakesLongerStepsWhileTheyAreQuickAndShorterOnesWhenTheyAreSlow() {
        Duration day = Duration.ofDays(1);
        assertThat(BooksCommand.next(day, Duration.ofMillis(200))).isEqualTo(Duration.ofDays(2));
        assertThat(BooksCommand.next(day, Duration.ofSeconds(5))).isEqualTo(day);
        assertThat(BooksCommand.next(day, Duration.ofSeconds(11))).isEqualTo(Duration.ofHours(12));
        assertThat(BooksCommand.next(Duration.ofDays(32), Duration.ZERO)).isEqualTo(Duration.ofDays(32));
        assertThat(BooksCommand.next(Duration.ofHours(1), Duration.ofSeconds(50)))
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void agenciesAreListedWithTheStateOfTheirCouriers() {
        answers.put("GET /api/v1/agencies", new Canned(200, """
                [{"id": "shelter", "backlog": 3, "courier": {"way": "https", "open": true, "lastTaken": null,
                  "lastFailed": "2026-11-22T13:30:00Z", "lastCause": "unreachable"}, "collector": null, "pause": null},
                 {"id": "police", "backlog": 0, "courier": {"way": "folder", "open": false}, "collector": {"way": "sftp"},
                  "pause": {"by": "operator", "since": "2026-11-22T13:30:00Z", "reason": "They move"}},
                 {"id": "court", "backlog": 1, "courier": null, "collector": null, "pause": null}]
                """));

        Outcome all = client("agencies");
        assertThat(all.code()).isZero();
        assertThat(all.out().lines())
                .hasSize(4)
                .anyMatch(line -> line.matches("shelter +3 +https +- +open +- +2026-11-22T13:30:00Z +unreachable"))
                .anyMatch(line -> line.matches("police +0 +folder +sftp +paused .*They move \\(operator\\)"))
                .anyMatch(line -> line.matches("court +1 +- +- +- .*"));
        assertThat(client("agencies", "--served").out()).doesNotContain("court");
    }

    @Test
    void anAgencyIsPausedWithAReasonAndResumed() {
        answers.put(
                "POST /api/v1/agencies/shelter/pause",
                new Canned(200, "{\"agency\":\"shelter\",\"status\":\"paused\"}"));
        answers.put(
                "POST /api/v1/agencies/shelter/resume",
                new Canned(200, "{\"agency\":\"shelter\",\"status\":\"resumed\"}"));
        answers.put("POST /api/v1/agencies/court/pause", new Canned(403, "{\"title\":\"Not for you\"}"));

        assertThat(client("agencies", "pause", "shelter", "--reason", "They move")
                        .out())
                .contains("shelter: paused");
        assertThat(client("agencies", "resume", "shelter").out()).contains("shelter: resumed");
        assertThat(client("agencies", "pause", "court", "--reason", "x").code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(client("agencies", "pause", "shelter").code())
                .as("without a reason")
                .isEqualTo(2);
        assertThat(client("agencies", "pause").code()).as("without an agency").isEqualTo(2);
    }
}
