package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which letters of a rehearsal are listed, and how. */
final class RehearsalPage {
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

    /** The parameters of the request. */
    String query() {
        return "?size=" + most + (outcome == null ? "" : "&outcome=" + HubClient.encode(outcome));
    }

    static void print(PrintWriter out, JsonNode answer) {
        JsonNode rehearsal = answer.path("rehearsal");
        for (JsonNode letter : answer.path("items")) {
            out.println("%6d  %s  %-9s  %s"
                    .formatted(
                            letter.path("number").asInt(),
                            Print.text(letter, "letter"),
                            Print.text(letter, "outcome"),
                            Print.text(letter, "cause")));
            for (JsonNode recipient : letter.path("recipients")) {
                out.println("          -> %s  %s"
                        .formatted(Print.text(recipient, "agency"), Print.text(recipient, "cause")));
            }
            Print.findings(out, letter.path("findings"));
            for (JsonNode difference : letter.path("differences")) {
                out.println(
                        "          %s %s".formatted(Print.text(difference, "change"), Print.text(difference, "where")));
            }
        }
        out.println("Rehearsal %s, %s: %d of %d letters tried on configuration %s."
                .formatted(
                        Print.text(rehearsal, "id"),
                        Print.text(rehearsal, "state"),
                        rehearsal.path("tried").asInt(),
                        rehearsal.path("letters").asInt(),
                        Print.text(rehearsal, "version")));
        for (JsonNode total : rehearsal.path("totals")) {
            out.println("%6d  %-9s  %s"
                    .formatted(
                            total.path("letters").asInt(), Print.text(total, "outcome"), Print.text(total, "cause")));
        }
        if (answer.hasNonNull("next")) {
            out.println("More: ./hub dead-letters rehearsal show %s --after %d"
                    .formatted(Print.text(rehearsal, "id"), answer.path("next").asInt()));
        }
    }
}
