package org.referralhub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Option(
            names = "--outcome",
            paramLabel = "OUTCOME",
            description = "List only letters with this outcome: DELIVERED, ACCEPTED, REFUSED, WITHDRAWN, FAILS, NOTHING"
                    + " or UNKNOWN.")
    private @Nullable String outcome;

    @Option(
            names = "--most",
            paramLabel = "N",
            defaultValue = "50",
            description = "Letters to list, 0 to 500 (default: 50).")
    private int most;

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
        answer = hub.get(path + "?size=" + most + (outcome == null ? "" : "&outcome=" + HubClient.encode(outcome)));
        if (!answer.good()) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
        } else {
            print(answer.json());
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

    private void print(JsonNode answer) {
        JsonNode rehearsal = answer.path("rehearsal");
        for (JsonNode letter : answer.path("items")) {
            out().println("%6d  %s  %-9s  %s"
                    .formatted(
                            letter.path("number").asInt(),
                            Print.text(letter, "letter"),
                            Print.text(letter, "outcome"),
                            Print.text(letter, "cause")));
            for (JsonNode recipient : letter.path("recipients")) {
                out().println("          -> %s  %s"
                        .formatted(Print.text(recipient, "agency"), Print.text(recipient, "cause")));
            }
            Print.findings(out(), letter.path("findings"));
            for (JsonNode difference : letter.path("differences")) {
                out().println("          %s %s"
                        .formatted(Print.text(difference, "change"), Print.text(difference, "where")));
            }
        }
        out().println("Rehearsal %s, %s: %d of %d letters tried on configuration %s."
                .formatted(
                        Print.text(rehearsal, "id"),
                        Print.text(rehearsal, "state"),
                        rehearsal.path("tried").asInt(),
                        rehearsal.path("letters").asInt(),
                        Print.text(rehearsal, "version")));
        for (JsonNode total : rehearsal.path("totals")) {
            out().println("%6d  %-9s  %s"
                    .formatted(
                            total.path("letters").asInt(), Print.text(total, "outcome"), Print.text(total, "cause")));
        }
    }
}
