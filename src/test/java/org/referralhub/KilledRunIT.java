package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.testing.HubProcess;
import org.referralhub.testing.Inbox;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.Rest;

/** The process dies while it sends many letters again: it goes on where it was, and every letter arrives once. */
@Timeout(900)
class KilledRunIT {
    private static final int LETTERS = RepairIT.LETTERS;
    private static final int KILLS = Integer.getInteger("hub.test.run-kills", 2);
    private static final Duration LONG = Duration.ofSeconds(90 + LETTERS / 10);
    private static final String POLICE_MAPPING = "schemas/police/from-canonical.jslt";

    @TempDir
    private Path home;

    @Test
    void after_kills_in_the_middle_every_letter_has_arrived_once() throws Exception {
        try (HubProcess hub = HubProcess.in(home)) {
            Path mapping = home.resolve(POLICE_MAPPING);
            String good = Files.readString(mapping);
            Files.writeString(mapping, "{\"ChildProtectionReport\": {\"Broken\": .body.narrative}}");
            // What is broken here is what a hub would rather not take.
            Files.writeString(
                    home.resolve("config/application.yaml"),
                    "\n---\nhub:\n  configuration:\n    watch: false\n    start-on-last-good: false\n",
                    StandardOpenOption.APPEND);
            hub.start();
            Rest helpline = Rest.as(hub, "helpline-108");
            for (int i = 0; i < LETTERS; i++) {
                assertThat(helpline.send("application/json", Referrals.call("call-" + i))
                                .status())
                        .isEqualTo(202);
            }
            Rest operator = Rest.as(hub, "operator");
            await("letters").atMost(LONG).until(() -> open(operator) == LETTERS);
            hub.stop();

            Files.writeString(mapping, good);
            hub.start();
            String police = operator.get("/dead-letters?size=1")
                    .body()
                    .findValue("recipient")
                    .asText();
            JsonNode begun = operator.post(
                            "/dead-letters/runs",
                            "{\"search\":{\"cause\":\"translation-failed\"},\"perMinute\":%d,\"reason\":\"repaired\"}"
                                    .formatted(Math.max(3000, LETTERS * 6)))
                    .body();
            String run = "/dead-letters/runs/" + begun.path("id").asText();
            for (int kill = 1; kill <= KILLS; kill++) {
                int enough = LETTERS * kill / (KILLS + 2);
                await("some have arrived")
                        .atMost(LONG)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> progress(operator, run, "resolved") >= enough);
                hub.kill();
                hub.start();
            }
            await("all have arrived")
                    .atMost(LONG)
                    .until(() ->
                            operator.get(run).body().at("/run/state").asText().equals("DONE"));
            assertThat(progress(operator, run, "resolved")).isEqualTo(LETTERS);
            assertThat(open(operator)).isZero();

            List<String> arrived = Inbox.empty(hub, police).stream()
                    .map(Inbox.Letter::messageId)
                    .toList();
            assertThat(arrived).hasSize(LETTERS).doesNotHaveDuplicates();
            assertThat(operator.get("/books?verify=true")
                            .body()
                            .path("balanced")
                            .asBoolean())
                    .isTrue();
        }
    }

    private static int progress(Rest operator, String run, String what) throws Exception {
        return operator.get(run).body().at("/run/progress/" + what).asInt();
    }

    private static long open(Rest operator) throws Exception {
        long open = 0;
        for (JsonNode group : operator.get("/dead-letters/groups").body().findParents("fingerprint")) {
            open += group.path("open").asLong();
        }
        return open;
    }
}
