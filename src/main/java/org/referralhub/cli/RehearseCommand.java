package org.referralhub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tries letters without sending them. */
@Command(
        name = "rehearse",
        mixinStandardHelpOptions = true,
        description = {
            "Try letters on today's routes, schemas, mappings, recipients and consent; nothing is sent.",
            "Exits with 1 when a letter would fail again or be refused."
        })
final class RehearseCommand extends ClientCommand {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Set<String> BAD = Set.of("FAILS", "REFUSED", "UNKNOWN");

    @Mixin
    private Chosen chosen = new Chosen();

    @Mixin
    private RehearsalPage page = new RehearsalPage();

    @Override
    int call(HubClient hub) throws JsonProcessingException, InterruptedException {
        ObjectNode selection = chosen.selection(spec());
        HubClient.Answer asked = hub.post(
                "/dead-letters/rehearsals",
                "application/json",
                JSON.writeValueAsString(selection).getBytes(StandardCharsets.UTF_8));
        if (!asked.good()) {
            return refused(asked);
        }
        String path = "/dead-letters/rehearsals/"
                + HubClient.encode(asked.json().path("id").asText());
        HubClient.Answer answer;
        try (Progress progress =
                Progress.of("Rehearsing", asked.json().path("letters").asLong(), json())) {
            do {
                answer = hub.get(path + "?size=0");
                if (!answer.good()) {
                    return refused(answer);
                }
                progress.to(answer.json().at("/rehearsal/tried").asLong());
            } while (answer.json().at("/rehearsal/endedAt").isNull() && Progress.pause(LOOK));
        }
        answer = hub.get(path + page.query());
        if (!answer.good()) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
        } else {
            RehearsalPage.print(out(), answer.json());
        }
        return verdict(answer.json().path("rehearsal"));
    }

    private static int verdict(JsonNode rehearsal) {
        for (JsonNode total : rehearsal.path("totals")) {
            if (BAD.contains(total.path("outcome").asText())) {
                return ExitCodes.REFUSED;
            }
        }
        return "DONE".equals(rehearsal.path("state").asText()) ? ExitCodes.OK : ExitCodes.REFUSED;
    }
}
