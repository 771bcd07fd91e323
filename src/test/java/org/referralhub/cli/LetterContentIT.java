package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.referralhub.testing.Samples.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.message.Identifiers;
import org.referralhub.testing.Participant;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.Way;

/** A refused letter is shown masked, unmasked by the rules, and mended without being seen; on the whole hub. */
class LetterContentIT {
    private static final String HELPLINE = "helpline-108";
    private static final RunningHub HUB = RunningHub.shared();

    private final String callId = "call-" + UUID.randomUUID();
    private final String referralId = Identifiers.referralId(HELPLINE, callId);

    @TempDir
    private Path folder;

    @Test
    void the_masked_content_shows_where_it_fails_and_nothing_of_the_child() throws Exception {
        String letter = refusedCall();
        for (String role : List.of("operator", "integrator")) {
            Participant.Answer content = HUB.as(role).get("/dead-letters/" + letter + "/content");
            assertThat(content.status()).isEqualTo(200);
            assertThat(content.text()).doesNotContain("Анударь", "Батсүх", "Бор толгойн урд", "70112233", "NO_SUCH");
            assertThat(field(content.json(), "/call_id").path("value").asText()).isEqualTo(callId);
            assertThat(field(content.json(), "/concerns/0").path("findings").toString())
                    .contains("code.unknown");
        }
        for (String role : List.of("auditor", "administrator", HELPLINE)) {
            assertThat(HUB.as(role).get("/dead-letters/" + letter + "/content").status())
                    .isEqualTo(403);
        }
    }

    @Test
    void what_needs_a_reason_only_is_shown_to_who_gave_one_and_to_nobody_else() throws Exception {
        String letter = refusedCall();
        Participant operator = HUB.as("operator");
        assertThat(unmask(letter, "", "/child/age").status()).isEqualTo(400);
        assertThat(unmask(letter, "Why", "/no/such").status()).isEqualTo(400);
        assertThat(unmask(letter, "Why").status()).isEqualTo(400);
        assertThat(unmask("nothing", "Why", "/child/age").status()).isEqualTo(404);

        Participant.Answer granted = unmask(letter, "The age must be right", "/child/age");

        assertThat(granted.status()).isEqualTo(200);
        assertThat(granted.json().at("/detail/state").asText()).isEqualTo("GRANTED");
        JsonNode content = operator.get("/dead-letters/" + letter + "/content").json();
        assertThat(field(content, "/child/age").path("value").asText()).isEqualTo("12");
        assertThat(field(content, "/child/first_name").has("value")).isFalse();
        JsonNode others =
                HUB.as("integrator").get("/dead-letters/" + letter + "/content").json();
        assertThat(field(others, "/child/age").has("value")).isFalse();
        await().atMost(RunningHub.PATIENCE).untilAsserted(() -> assertThat(
                        HUB.as("auditor").get("/audit?size=500").text())
                .contains("see-unmasked", letter, "unmask", "The age must be right"));
    }

    @Test
    void a_name_is_shown_when_a_second_person_has_agreed_and_not_before() throws Exception {
        String letter = refusedCall();
        Participant operator = HUB.as("operator");
        String id = unmask(letter, "The name is needed to find the child", "/child/first_name", "/child/age")
                .json()
                .at("/detail/unmasking")
                .asText();
        JsonNode before = operator.get("/dead-letters/" + letter + "/content").json();
        assertThat(field(before, "/child/first_name").has("value")).isFalse();

        assertThat(decide("operator", id, "approve").status()).isEqualTo(409);
        assertThat(decide("auditor", id, "approve").status()).isEqualTo(403);
        assertThat(decide("integrator", id, "approve").status()).isEqualTo(403);
        assertThat(decide("administrator", "nothing", "approve").status()).isEqualTo(404);
        assertThat(decide("administrator", id, "approve").status()).isEqualTo(200);
        assertThat(decide("administrator", id, "refuse").status()).isEqualTo(409);

        JsonNode after = operator.get("/dead-letters/" + letter + "/content").json();
        assertThat(field(after, "/child/first_name").path("value").asText()).isEqualTo("Анударь");
        assertThat(field(after, "/child/father_name").has("value")).isFalse();
        JsonNode listed =
                HUB.as("auditor").get("/unmaskings?letter=" + letter).json().path("items");
        assertThat(listed).hasSize(1);
        assertThat(listed.path(0).path("decider").asText()).isEqualTo("administrator");
        assertThat(listed.toString()).doesNotContain("Анударь");
    }

    @Test
    void who_is_refused_sees_nothing() throws Exception {
        String letter = refusedCall();
        String id =
                unmask(letter, "Everything", "").json().at("/detail/unmasking").asText();
        assertThat(decide("administrator", id, "refuse").status()).isEqualTo(200);
        assertThat(HUB.as("operator")
                        .get("/dead-letters/" + letter + "/content")
                        .text())
                .doesNotContain("Анударь");
    }

    @Test
    void a_letter_is_corrected_unseen_and_goes_out_once_in_its_place() throws Exception {
        String letter = refusedCall();
        Participant operator = HUB.as("operator");
        assertThat(correct(
                                letter,
                                "{\"send\": false, \"edits\": [{\"op\": \"set\", \"pointer\": \"/concerns/0\", \"value\": \"NOT_EITHER\"}]}")
                        .status())
                .isEqualTo(422);
        Participant.Answer fits = correct(
                letter,
                "{\"send\": false, \"edits\": [{\"op\": \"set\", \"pointer\": \"/concerns/0\", \"value\": \"NEGLECT\"}]}");
        assertThat(fits.status()).as(fits.text()).isEqualTo(200);
        assertThat(fits.json().path("status").asText()).isEqualTo("fits");
        assertThat(fits.text()).doesNotContain("Анударь");
        assertThat(state(letter)).isEqualTo("OPEN");
        Participant.Answer otherId = correct(
                letter,
                "{\"reason\": \"x\", \"edits\": [{\"op\": \"set\", \"pointer\": \"/call_id\", \"value\": \"other\"}]}");
        assertThat(otherId.status()).isEqualTo(422);
        assertThat(otherId.json().at("/remedy/en").asText()).contains("Return it to its sender");
        for (String pointer : List.of("/consent/services", "/withhold_from/0")) {
            Participant.Answer who = correct(
                    letter, "{\"send\": false, \"edits\": [{\"op\": \"remove\", \"pointer\": \"" + pointer + "\"}]}");
            assertThat(who.status()).as(pointer).isEqualTo(422);
            assertThat(who.text()).contains("the sender's to say", "Return it to its sender");
        }
        JsonNode history = operator.get("/dead-letters/" + letter).json().path("history");
        assertThat(history.findValuesAsText("action"))
                .as("what was asked of the checks, and nothing else")
                .containsExactly("try-correction", "try-correction");
        assertThat(history.toString()).contains("/concerns/0").doesNotContain("NEGLECT");
        for (String wrong : List.of(
                "{\"reason\": \"x\"}",
                "{\"reason\": \"x\", \"edits\": []}",
                "{\"reason\": \"x\", \"edits\": [{\"op\": \"move\", \"pointer\": \"/a\"}]}",
                "{\"reason\": \"x\", \"edits\": [{\"op\": \"set\", \"pointer\": \"/a\"}]}",
                "{\"reason\": \"x\", \"edits\": [{\"op\": \"set\", \"pointer\": \"a\", \"value\": 1}]}",
                "{\"edits\": [{\"op\": \"remove\", \"pointer\": \"/a\"}]}")) {
            assertThat(correct(letter, wrong).status()).as(wrong).isEqualTo(400);
        }
        String order =
                "{\"expected\": 0, \"reason\": \"A code of last year\", \"edits\": [{\"op\": \"set\", \"pointer\": \"/concerns/0\", \"value\": \"NEGLECT\"}]}";

        Participant.Answer sent = correct(letter, order);

        assertThat(sent.status()).as(sent.text()).isEqualTo(200);
        String child = sent.json().path("letter").asText();
        assertThat(state(letter)).isEqualTo("SUPERSEDED");
        assertThat(correct(letter, order).status()).isEqualTo(409);
        assertThat(correct(letter, order.replace("\"expected\": 0", "\"send\": false"))
                        .status())
                .as("nothing is told of a letter that is done with")
                .isEqualTo(409);
        assertThat(operator.post("/dead-letters/" + letter + "/replay", "application/json", new byte[0])
                        .status())
                .isEqualTo(409);
        await().atMost(RunningHub.PATIENCE)
                .untilAsserted(() -> assertThat(state(child)).isEqualTo("RESOLVED"));
        HUB.settle();
        JsonNode childLetter = operator.get("/dead-letters/" + child).json().path("summary");
        assertThat(childLetter.path("parent").asText()).isEqualTo(letter);
        assertThat(HUB.referral(referralId)).isNotNull();
        // Its bytes are what the sender sent.
        JsonNode parent = operator.get("/dead-letters/" + letter + "/content").json();
        assertThat(field(parent, "/concerns/0").path("size").asInt()).isEqualTo("NO_SUCH".length());
    }

    @Test
    void the_command_line_can_do_the_same() throws Exception {
        String letter = refusedCall();
        assertThat(hub("operator", "dead-letters", "content", letter))
                .contains("! /concerns/0  (text of 7, a reason is enough)", callId)
                .doesNotContain("Анударь");
        assertThat(hub(
                        "operator",
                        "dead-letters",
                        "unmask",
                        letter,
                        "--field",
                        "/concerns/0",
                        "--reason",
                        "Which code"))
                .contains("until");
        assertThat(hub("operator", "dead-letters", "content", letter)).contains("! /concerns/0  NO_SUCH");
        String asked = hub("operator", "dead-letters", "unmask", letter, "--reason", "All of it", "--json");
        String id = new com.fasterxml.jackson.databind.ObjectMapper()
                .readTree(asked)
                .at("/detail/unmasking")
                .asText();
        assertThat(hub("administrator", "dead-letters", "unmaskings", "--state", "ASKED"))
                .contains(id);
        assertThat(hub("administrator", "dead-letters", "refuse", id, "--reason", "One field is enough"))
                .contains("refused");
        assertThat(hub("operator", "dead-letters", "correct", letter, "--set", "/concerns/0=NEGLECT", "--try"))
                .contains("would take it");
        assertThat(hub(
                        "operator",
                        "dead-letters",
                        "correct",
                        letter,
                        "--set",
                        "/concerns/0=NEGLECT",
                        "--reason",
                        "Old code"))
                .contains("It is sent as letter");
    }

    private String refusedCall() throws Exception {
        String call = Samples.callWithEverything(callId)
                .replace("\"response\" : \"NOW\"", "\"response\" : \"TODAY\"")
                .replace("PHYSICAL_VIOLENCE", "NO_SUCH");
        Way.AMQP.send(HUB.as(HELPLINE), "helpline", bytes(call));
        List<String> ids = new ArrayList<>();
        await().atMost(RunningHub.PATIENCE).until(() -> {
            for (JsonNode letter : HUB.as("operator")
                    .get("/dead-letters?sender=" + HELPLINE)
                    .json()
                    .path("items")) {
                String id = letter.path("id").asText();
                if (ids.isEmpty()
                        && HUB.as("operator")
                                .get("/dead-letters/" + id + "/content")
                                .text()
                                .contains(callId)) {
                    ids.add(id);
                }
            }
            return !ids.isEmpty();
        });
        return ids.get(0);
    }

    private static String state(String letter) {
        return HUB.as("operator")
                .get("/dead-letters/" + letter)
                .json()
                .at("/summary/state")
                .asText();
    }

    private static Participant.Answer unmask(String letter, String reason, String... fields) {
        var body = new com.fasterxml.jackson.databind.ObjectMapper()
                .createObjectNode()
                .put("reason", reason);
        var list = body.putArray("fields");
        for (String field : fields) {
            list.add(field);
        }
        return HUB.as("operator")
                .post("/dead-letters/" + letter + "/unmask", "application/json", bytes(body.toString()));
    }

    private static Participant.Answer decide(String who, String id, String verb) {
        return HUB.as(who).post("/unmaskings/" + id + "/" + verb, "application/json", bytes("{\"reason\": \"Seen\"}"));
    }

    private static Participant.Answer correct(String letter, String body) {
        return HUB.as("operator").post("/dead-letters/" + letter + "/correct", "application/json", bytes(body));
    }

    private static JsonNode field(JsonNode content, String pointer) {
        List<JsonNode> found = new ArrayList<>();
        collect(content.path("root"), pointer, found);
        assertThat(found).as(pointer).hasSize(1);
        return found.get(0);
    }

    private static void collect(JsonNode field, String pointer, List<JsonNode> found) {
        if (field.path("pointer").asText().equals(pointer)) {
            found.add(field);
        }
        field.path("fields").forEach(child -> collect(child, pointer, found));
    }

    private String hub(String who, String... command) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret-" + who), "demo-" + who + "\n");
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--as", who, "--url", HUB.url().toString(), "--secret-file", secret.toString()));
        StringWriter out = new StringWriter();
        int code = Hub.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(arguments.toArray(String[]::new));
        assertThat(code).as(out.toString()).isZero();
        return out.toString();
    }
}
