package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** With the configuration as it is shipped, and the demo's agencies. */
class TryCommandTest {
    private static final String CALL = """
            {"record_type": "CALL", "call_id": "call-7", "call_time": "2026-03-05T22:40:00+08:00",
             "response": "NOW", "danger_level": "HIGH", "concerns": ["PHYSICAL_VIOLENCE"],
             "caller": {"relation": "self", "callback_number": "99112233"},
             "child": {"first_name": "Номин", "born": "2014-05-02"},
             "address": {"aimag": "11", "soum": "1116", "bag": "111653"},
             "story": "I am afraid to go home.", "legal_basis": "VITAL_INTERESTS", "withhold_from": ["her stepfather"]}""";

    private record Outcome(int code, String out, String err) {}

    @TempDir
    private Path folder;

    @Test
    void everyStageOfADocumentIsShown() throws Exception {
        Outcome outcome = tryOut(CALL, "--json");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        JsonNode trial = new ObjectMapper().readTree(outcome.out());
        assertThat(trial.path("accepted").asBoolean()).isTrue();
        assertThat(trial.at("/canonical/body/concerns/0").asText()).isEqualTo("PHYSICAL_VIOLENCE");
        assertThat(trial.path("findings")).as("as the receipt would tell it").anySatisfy(finding -> {
            assertThat(finding.path("code").asText()).isEqualTo("consent.nobody-of-this-name");
            assertThat(finding.path("pointer").asText()).isEqualTo("/withhold_from/0");
            assertThat(finding.path("line").asInt()).isEqualTo(6);
        });
        List<String> agencies = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        trial.path("recipients").forEach(recipient -> {
            agencies.add(recipient.path("agency").asText());
            assertThat(recipient.path("rule").asText()).isNotBlank();
            assertThat(recipient.path("basis").asText()).isNotBlank();
            assertThat(recipient.path("document").asText()).contains("PHYSICAL_VIOLENCE");
            assertThat(recipient.path("findings")).isEmpty();
            // What differs is told as it differs: taking it away from one side gives the other.
            recipient.path("differences").forEach(difference -> {
                changed.add(recipient.path("agency").asText() + " "
                        + difference.path("change").asText() + " "
                        + difference.path("pointer").asText());
                JsonNode before =
                        trial.path("canonical").at(difference.path("pointer").asText());
                assertThat(before).isEqualTo(difference.has("before") ? difference.get("before") : before);
                assertThat(before.isMissingNode())
                        .isEqualTo(difference.path("change").asText().equals("added"));
            });
        });
        assertThat(agencies)
                .as("whom it is hidden from is told to nobody")
                .allMatch(agency -> changed.contains(agency + " left-out /body/consent"));
        assertThat(agencies).contains("social-work-111653").anyMatch(agency -> agency.startsWith("police-"));
    }

    @Test
    void aPersonReadsTheSameAsAList() throws Exception {
        Outcome outcome = tryOut(CALL);

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("1. Уншиж, шалгасан / Read and checked", "accepted", "2. ", "3. ", "4. ")
                .contains("social-work-111653", "by the rule")
                .contains("<?xml");
    }

    @Test
    void onATerminalTheDifferencesAreColoured() throws Exception {
        String before = System.setProperty("picocli.ansi", "true");
        try {
            assertThat(tryOut(CALL).out()).containsPattern("\u001B\\[31m  - /body/");
        } finally {
            if (before == null) {
                System.clearProperty("picocli.ansi");
            } else {
                System.setProperty("picocli.ansi", before);
            }
        }
        assertThat(tryOut(CALL).out()).contains("  - /body/").doesNotContain("\u001B");
    }

    @Test
    void whatIsWrongIsShownWithItsPlaceAlsoWhenTheUrgentCoreGoesOut() throws Exception {
        Outcome outcome = tryOut(CALL.replace("2014-05-02", "2014-15-02"));

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("accepted, the urgent core only", "/child/born (line 4, column")
                .doesNotContain("2014-15-02");
    }

    @Test
    void whatWouldBeRefusedIsShownAndNobodyWouldGetIt() throws Exception {
        Outcome outcome = tryOut("{\"record_type\": \"CALL\",}");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("refused", "(line 1, column").doesNotContain("2. ", "3. ");
    }

    @Test
    void aRequestThatNobodyWouldGetIsNotGood() {
        Outcome outcome =
                run("try", "schemas/canonical/samples/accepted/smallest-request.json", "--as", "exercise", "--demo");

        assertThat(outcome.out()).contains("Nobody: it would wait at the dead-letter desk.");
        assertThat(outcome.code()).isEqualTo(1);
    }

    @Test
    void anUnknownAgencyAndAMissingFileAreWrongUsage() throws Exception {
        Path file = Files.writeString(folder.resolve("call.json"), CALL);
        Outcome nobody = run("try", file.toString(), "--as", "nobody", "--demo");
        Outcome nothing = run("try", folder.resolve("none.json").toString(), "--as", "helpline-108", "--demo");

        assertThat(nobody.code()).isEqualTo(2);
        assertThat(nobody.err()).contains("There is no agency nobody.");
        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.err()).contains("There is no file");
    }

    private Outcome tryOut(String document, String... more) throws Exception {
        Path file = Files.writeString(folder.resolve("call.json"), document);
        List<String> arguments = new ArrayList<>(List.of("try", file.toString(), "--as", "helpline-108", "--demo"));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Hub.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Outcome(line.execute(arguments), out.toString(), err.toString());
    }
}
