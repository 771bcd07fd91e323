package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.referralhub.testing.Samples.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.ledger.LastSent;
import org.referralhub.message.Identifiers;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.Way;

/** What operators watch on a running hub: when agencies were last heard of, how routes do, who did what, who may do what. */
class OperationsIT {
    private static final RunningHub HUB = RunningHub.shared();
    private static final String HELPLINE = "helpline-108";
    private static final String POLICE = "police-family-division";

    @TempDir
    Path folder;

    private record Printed(int code, String text) {}

    @Test
    void an_agency_is_last_heard_of_when_it_sends_and_when_it_takes() throws Exception {
        String callId = "call-" + UUID.randomUUID();
        Way.REST.send(HUB.as(HELPLINE), "helpline", bytes(Samples.callWithEverything(callId)));
        Way.STOMP.take(HUB.as(POLICE), "REQUEST", Identifiers.referralId(HELPLINE, callId));

        await().atMost(RunningHub.PATIENCE).untilAsserted(() -> {
            assertThat(agency(HELPLINE).has("lastSent")).isTrue();
            assertThat(agency(POLICE).has("lastTaken")).isTrue();
        });
        assertThat(Instant.parse(agency(HELPLINE).path("lastSent").asText())).isBefore(Instant.now());
        assertThat(HUB.bean(LastSent.class).of(HELPLINE).orElseThrow()).isBefore(Instant.now());
        assertThat(agency(HELPLINE).path("presence").asText()).isEqualTo("ALWAYS");
    }

    private static JsonNode agency(String id) {
        for (JsonNode agency : HUB.as("integrator").get("/agencies").json()) {
            if (agency.path("id").asText().equals(id)) {
                return agency;
            }
        }
        throw new AssertionError("no agency " + id);
    }

    @Test
    void routes_count_what_they_carry() throws Exception {
        Way.REST.send(HUB.as(HELPLINE), "helpline", bytes(Samples.callWithEverything("call-" + UUID.randomUUID())));
        HUB.settle();

        JsonNode deliver = new ObjectMapper()
                .createArrayNode()
                .addAll(HUB.as("integrator").get("/routes").json().findParents("state").stream()
                        .filter(route -> "deliver".equals(route.path("id").asText()))
                        .toList())
                .path(0);
        assertThat(deliver.path("state").asText()).isEqualTo("started");
        assertThat(deliver.path("messages").asLong()).isPositive();
        assertThat(deliver.path("meanMillis").asDouble()).isPositive();
        assertThat(deliver.path("description").asText()).isNotBlank();
        assertThat(run("integrator", "routes").text()).contains("intake-helpline", "started");
    }

    @Test
    void an_auditor_reads_who_did_what_and_follows_the_chain() throws Exception {
        String stranger = "invented-" + UUID.randomUUID();
        assertThat(HUB.as("operator")
                        .post("/referrals/search", "application/json", bytes("{\"registerNo\": \"УБ16250415\"}"))
                        .status())
                .isEqualTo(200);

        await().atMost(RunningHub.PATIENCE).untilAsserted(() -> assertThat(
                        run("auditor", "audit --actor operator --max 5").text())
                .contains("search-child"));
        assertThat(run("auditor", "audit list --actor " + stranger).text()).doesNotContain(stranger);

        Printed verified = run("auditor", "audit verify");
        assertThat(verified.code()).as(verified.text()).isZero();
        assertThat(verified.text()).contains("The chain is whole");
        String last = verified.text().replaceAll("(?s).*Last: (\\S+).*", "$1");
        assertThat(run("auditor", "audit verify --json --holds " + last).text()).contains("\"held\" : true");
        Printed cut = run("auditor", "audit verify --holds " + "999999999:" + "0".repeat(64));
        assertThat(cut.code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(cut.text()).contains("cut off or rewritten");
        assertThat(run("auditor", "audit verify --holds nonsense").code()).isEqualTo(2);
        assertThat(run("operator", "audit").code()).isEqualTo(ExitCodes.REFUSED);
    }

    @Test
    void what_is_open_is_told_with_its_exit_code() throws Exception {
        Printed alarms = run("integrator", "alarms --max 5");
        int open =
                HUB.as("integrator").get("/alarms?max=5").json().path("total").asInt();
        assertThat(alarms.text()).contains("open.");
        assertThat(alarms.code()).isEqualTo(open == 0 ? ExitCodes.OK : ExitCodes.REFUSED);
    }

    @Test
    void an_administrator_sees_the_users_and_no_secret() throws Exception {
        assertThat(run("administrator", "users").text())
                .contains("auditor", "AUDITOR")
                .doesNotContain("demo-auditor");
        assertThat(run("administrator", "users --json").text()).contains("\"lastSeen\"");
    }

    /** What {@code ./hub} prints and ends with. */
    private Printed run(String user, String command) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret-" + user), "demo-" + user + "\n");
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(List.of("--as", user, "--url", HUB.url().toString(), "--secret-file", secret.toString()));
        StringWriter out = new StringWriter();
        int code = Hub.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(arguments.toArray(String[]::new));
        return new Printed(code, out.toString());
    }
}
