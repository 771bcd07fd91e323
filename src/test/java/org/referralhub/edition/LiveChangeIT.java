package org.referralhub.edition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.testing.Chromium;
import org.referralhub.testing.Letter;
import org.referralhub.testing.LiveHome;
import org.referralhub.testing.Participant;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Way;

/** The configuration of a hub that runs is changed, well and badly, while it carries referrals. */
class LiveChangeIT {
    private static final String HELPLINE = "helpline-108";
    private static final String POLICE = "police-family-division";
    private static final String RULES = "config/recipients.yaml";
    private static final String AGENCIES = "config/demo/agencies.yaml";
    private static final String DELIVERY = "routes/delivery.camel.yaml";
    private static final String CALL = "schemas/helpline/call.schema.json";
    private static final List<String> FILES = List.of(RULES, AGENCIES, DELIVERY, CALL);
    private static final AtomicInteger CALLS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static LiveHome home;
    private static Map<String, String> original;
    private static RunningHub hub;

    @BeforeAll
    static void start() throws Exception {
        home = LiveHome.in(Files.createDirectories(folder.resolve("home")));
        original = FILES.stream().collect(Collectors.toMap(file -> file, home::read));
        run();
    }

    private static void run() {
        hub = RunningHub.start(
                home.folder(), folder.resolve("data"), Map.of("hub.configuration.watch", "false"), "demo");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @BeforeEach
    @AfterEach
    void asItWas() {
        original.forEach(home::write);
        hub.emptyInboxes();
        Participant.Answer answer = reload("back to where the tests begin");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private static Participant.Answer reload(String reason) {
        return hub.as("integrator")
                .post(
                        "/configuration",
                        "application/json",
                        (reason == null ? "{}" : "{\"reason\": \"%s\"}".formatted(reason))
                                .getBytes(StandardCharsets.UTF_8));
    }

    private static Participant.Answer accepted() {
        Participant.Answer answer = reload(null);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("outcome").asText()).isEqualTo("ACCEPTED");
        return answer;
    }

    private static JsonNode refused() {
        Participant.Answer answer = reload(null);
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.json().path("outcome").asText()).isEqualTo("REFUSED");
        return answer.json();
    }

    private static JsonNode status() {
        return hub.as("auditor").get("/configuration").json();
    }

    /** A frightened child calls from here; the answer is the referral's id. */
    private static String call(String district) {
        Participant.Answer answer =
                hub.as(HELPLINE).send("application/json", """
                {"record_type": "CALL", "call_id": "live-%d", "call_time": "2026-03-05T22:40:00+08:00",
                 "response": "NOW", "danger_level": "HIGH", "concerns": ["PHYSICAL_VIOLENCE"],
                 "caller": {"relation": "self", "callback_number": "99112233"},
                 "address": {"aimag": "11", "soum": "%s"},
                 "story": "I am afraid to go home.", "legal_basis": "VITAL_INTERESTS"}
                """.formatted(CALLS.incrementAndGet(), district));
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        hub.settle();
        return answer.json().path("referralId").asText();
    }

    private static List<String> rules(String referral) {
        return hub.referral(referral).assignments().stream()
                .map(assignment -> assignment.rule())
                .distinct()
                .toList();
    }

    private static Set<String> configurations(String referral) {
        Set<String> versions = new HashSet<>();
        hub.as("operator").get("/referrals/" + referral + "/timeline").json().forEach(entry -> {
            if (entry.hasNonNull("configuration")) {
                versions.add(entry.path("kind").asText() + " "
                        + entry.path("configuration").asText());
            }
        });
        assertThat(versions).extracting(one -> one.split(" ")[0]).contains("MESSAGE", "OWED", "DELIVERED");
        return versions.stream().map(one -> one.split(" ")[1]).collect(Collectors.toSet());
    }

    @Test
    void a_changed_rule_decides_from_the_next_message_on() {
        String before = call("1116");
        String version = status().path("version").asText();

        home.replace(RULES, "id: violence\n", "id: violence-by-night\n");
        JsonNode report = accepted().json();

        assertThat(report.path("previous").asText()).isEqualTo(version);
        assertThat(report.path("replayed").asInt()).isPositive();
        assertThat(report.path("differences").toString())
                .contains("rule for " + POLICE)
                .doesNotContain("afraid", "99112233");
        assertThat(status().path("version").asText())
                .isEqualTo(report.path("version").asText())
                .isNotEqualTo(version);
        assertThat(rules(before)).contains("violence").doesNotContain("violence-by-night");
        String after = call("1116");
        assertThat(rules(after)).contains("violence-by-night").doesNotContain("violence");
        // Who looks at a referral sees which version checked, decided and wrote.
        assertThat(configurations(before)).containsExactly(version);
        assertThat(configurations(after)).containsExactly(report.path("version").asText());
        await().untilAsserted(() -> {
            JsonNode last =
                    hub.as("auditor").get("/configuration/history?max=1").json().path(0);
            assertThat(last.path("version")).isEqualTo(report.path("version"));
            assertThat(last.path("actor").asText()).isEqualTo("integrator");
            assertThat(last.path("outcome").asText()).isEqualTo("ACCEPTED");
        });
    }

    @Test
    void a_fault_keeps_what_runs_and_is_told_with_its_place() {
        String version = status().path("version").asText();
        home.replace(
                RULES,
                "      - POLICE\n      - firstOf: [SOCIAL_WORKER",
                "      - POLIZE\n      - firstOf: [SOCIAL_WORKER");

        JsonNode report = refused();

        JsonNode fault = report.path("faults").path(0);
        assertThat(fault.path("file").asText()).isEqualTo(RULES);
        assertThat(home.read(RULES).lines().toList().get(fault.path("line").asInt() - 1))
                .contains("POLIZE");
        assertThat(fault.path("remedy").asText()).isNotEmpty();
        assertThat(status().path("version").asText()).isEqualTo(version);
        assertThat(status().path("inFiles").asText()).isNotEqualTo(version);
        assertThat(status().at("/refused/faults/0/file").asText()).isEqualTo(RULES);
        assertThat(rules(call("1116"))).contains("violence");

        home.write(RULES, original.get(RULES));
        assertThat(reload(null).json().path("outcome").asText()).isEqualTo("UNCHANGED");
        assertThat(status().path("refused").isNull()).isTrue();
    }

    @Test
    void a_change_that_recent_messages_would_not_pass_needs_a_reason() {
        call("1116");
        // No sample has such a number, so only the replay can tell.
        home.replace(
                CALL,
                "\"description\": \"The centre's own number of the call; one call, one referral.\",",
                "\"description\": \"The centre's own number of the call; one call, one referral.\","
                        + "\"not\": {\"pattern\": \"^live-\"},");

        JsonNode report = refused();

        assertThat(report.at("/faults/0/file").asText()).isEqualTo("schemas/helpline");
        assertThat(report.at("/faults/0/problem").asText()).contains("urgent core only", "/call_id");
        assertThat(report.path("faults").toString()).doesNotContain("live-");

        Participant.Answer forced = reload("the old numbers are no longer given");
        assertThat(forced.status()).as(forced.text()).isEqualTo(200);
        assertThat(forced.json().at("/cause/reason").asText()).contains("no longer");
        assertThat(forced.json().path("faults")).isNotEmpty();
        await().untilAsserted(() -> assertThat(hub.as("auditor")
                        .get("/configuration/history?max=1")
                        .json()
                        .at("/0/reason")
                        .asText())
                .isEqualTo("the old numbers are no longer given"));
        assertThat(hub.referral(call("1116")).incomplete()).isTrue();
    }

    @Test
    void a_new_agency_logs_in_and_is_sent_referrals_without_a_start() throws Exception {
        String earlier = call("1122");
        assertThat(hub.as("police-newcomer").get("/inbox").status()).isEqualTo(401);
        int line = (int) original.get(AGENCIES).lines().count() + 1;
        home.write(AGENCIES, original.get(AGENCIES).stripTrailing() + """

                  - id: police-newcomer
                    kind: POLICE
                    name: { mn: "Шинэ", en: "New" }
                    serves: ["1122"]
                    dialect: police
                    hours: always
                    reach: { phone: "102" }
                    secret: { plain: demo-police-newcomer }
                """);
        accepted();

        String referral = call("1122");
        assertThat(hub.waiting("police-newcomer", earlier)).isEmpty();
        Letter letter = Way.AMQP.take(hub.as("police-newcomer"), "REQUEST", referral);
        assertThat(letter.body()).contains(referral);

        // Nobody leaves with something in the inbox.
        call("1122");
        home.write(AGENCIES, original.get(AGENCIES));
        JsonNode fault = refused().path("faults").path(0);
        assertThat(fault.path("file").asText()).isEqualTo(AGENCIES);
        assertThat(fault.path("line").asInt()).isEqualTo(line);
        assertThat(fault.path("problem").asText()).contains("police-newcomer", "1 message in its inbox");

        try (var connection = hub.as("police-newcomer").amqp()) {
            connection.start();
            hub.emptyInboxes();
            accepted();
            await("the one who has left is shown out")
                    .untilAsserted(() ->
                            assertThatThrownBy(() -> connection.createSession().close()));
        }
        assertThat(hub.as("police-newcomer").get("/inbox").status()).isIn(401, 429);
    }

    @Test
    void a_new_secret_is_taken_when_somebody_asks_for_it() throws Exception {
        Path secret = Files.writeString(home.folder().resolve("newcomer.secret"), "the first secret");
        home.write(AGENCIES, original.get(AGENCIES).stripTrailing() + """

                  - id: newcomer
                    kind: NGO
                    name: { mn: "Шинэ", en: "New" }
                    serves: ["1122"]
                    secret: { file: newcomer.secret }
                """);
        accepted();
        Participant newcomer = hub.as("newcomer");
        assertThat(newcomer.withSecret("the first secret").get("/inbox").status())
                .isEqualTo(200);

        Files.writeString(secret, "another secret");
        assertThat(newcomer.withSecret("the first secret").get("/inbox").status())
                .isEqualTo(200);
        assertThat(reload(null).json().path("outcome").asText()).isEqualTo("UNCHANGED");
        assertThat(newcomer.withSecret("another secret").get("/inbox").status()).isEqualTo(200);
        assertThat(newcomer.withSecret("the first secret").get("/inbox").status())
                .isEqualTo(401);

        Files.delete(secret);
        assertThat(refused().at("/faults/0/file").asText()).isEqualTo(AGENCIES);
        assertThat(newcomer.withSecret("another secret").get("/inbox").status()).isEqualTo(200);
    }

    @Test
    void a_changed_route_takes_over_and_a_broken_one_does_not() {
        CamelContext camel = hub.bean(CamelContext.class);
        home.replace(
                DELIVERY,
                "        - setVariable:\n            id: minimise",
                "        - log:\n            id: say-so\n            description: Says that it is there.\n"
                        + "            message: delivering\n            loggingLevel: DEBUG\n"
                        + "        - setVariable:\n            id: minimise");
        accepted();
        assertThat(camel.getProcessor("say-so")).isNotNull();
        assertThat(hub.waiting(POLICE, call("1116"))).hasSize(1);

        home.replace(DELIVERY, "ref: delivery", "ref: delivry");
        JsonNode fault = refused().path("faults").path(0);
        assertThat(fault.path("file").asText()).isEqualTo(DELIVERY);
        assertThat(fault.path("line").asInt()).isPositive();
        assertThat(camel.getProcessor("say-so")).isNotNull();

        home.write(DELIVERY, original.get(DELIVERY));
        accepted();
        assertThat(camel.getProcessor("say-so")).isNull();
        assertThat(hub.waiting(POLICE, call("1116"))).hasSize(1);
    }

    @Test
    void going_back_is_one_command_and_what_was_left_is_not_taken_again_by_itself() throws Exception {
        String first = status().path("version").asText();
        home.replace(RULES, "id: violence\n", "id: violence-by-mistake\n");
        String second = accepted().json().path("version").asText();
        assertThat(rules(call("1116"))).contains("violence-by-mistake");

        Participant.Answer back = hub.as("operator")
                .post(
                        "/configuration/back",
                        "application/json",
                        "{\"reason\": \"The rule is wrong\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(back.status()).as(back.text()).isEqualTo(200);
        assertThat(back.json().at("/cause/reason").asText()).isEqualTo("The rule is wrong");
        assertThat(back.json().path("version").asText()).isEqualTo(first);
        assertThat(rules(call("1116"))).contains("violence");
        assertThat(status().path("inFiles").asText()).isEqualTo(second);

        // Neither a look at the files nor another start brings it in again.
        assertThat(hub.bean(LiveChange.class).reload(ChangeReport.Cause.FILES).outcome())
                .isEqualTo(ChangeReport.Outcome.UNCHANGED);
        hub.close();
        run();
        assertThat(status().path("version").asText()).isEqualTo(first);
        assertThat(status().path("inFiles").asText()).isEqualTo(second);
        assertThat(hub.as("operator")
                        .post(
                                "/configuration/back",
                                "application/json",
                                "{\"version\": \"000000000000\"}".getBytes(StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(404);

        // Asking for it does.
        assertThat(accepted().json().path("version").asText()).isEqualTo(second);
    }

    @Test
    void going_back_is_ordered_on_the_page_with_its_reason() {
        String first = status().path("version").asText();
        home.replace(RULES, "id: violence\n", "id: violence-by-mistake\n");
        accepted();
        try (Chromium.Visitor visitor = Chromium.shared()
                .visitor(hub.url(), new Chromium.View("mn", false, false))
                .signIn("operator")) {
            Page page = visitor.open("/routes").page();
            page.selectOption("select[name=version]", first);
            page.fill("form[action='/routes/back'] input[name=reason]", "Дүрэм буруу");
            visitor.isClean();
            page.click("form[action='/routes/back'] button");
            page.locator(".notice.good").waitFor();
        }
        ChangeReport last = hub.bean(LiveChange.class).status().last();
        assertThat(last).isNotNull();
        assertThat(last.version()).isEqualTo(first);
        assertThat(last.cause().reason()).isEqualTo("Дүрэм буруу");
    }

    @Test
    void a_hostile_name_of_an_agency_is_shown_on_every_page_and_does_nothing() {
        String name = "=1+1<script>window.stolen=1</script>\u202Egnikcah\u202C\uD83D\uDE00" + "х".repeat(120);
        home.replace(AGENCIES, "\"108 child helpline\"", '"' + name + '"');
        accepted();
        String referral = call("1116");
        try (Chromium.Visitor visitor = Chromium.shared()
                .visitor(hub.url(), new Chromium.View("en", false, true))
                .signIn("operator")) {
            for (String path : List.of("/referrals/" + referral, "/agencies/" + HELPLINE, "/agencies", "/referrals")) {
                Page page = visitor.open(path).isClean().page();
                assertThat(page.locator("main").textContent()).as(path).contains(name);
                assertThat(page.evaluate("() => window.stolen")).isNull();
            }
        }
    }
}
