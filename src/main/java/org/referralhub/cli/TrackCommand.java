package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Where a referral stands. */
@Command(
        name = "track",
        mixinStandardHelpOptions = true,
        description = "Show where a referral stands, for its parties and operators.")
final class TrackCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "REF", description = "Reference (RF-XXXX-XXXX-XXXX) or referralId.")
    private String reference = "";

    @Override
    int call(HubClient hub) {
        HubClient.Answer answer = hub.get("/referrals/" + HubClient.encode(reference));
        if (!answer.good()) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
            return ExitCodes.OK;
        }
        JsonNode referral = answer.json();
        out().println("%s  %s  from %s  opened %s%s"
                .formatted(
                        Print.text(referral, "reference"),
                        Print.text(referral, "urgency"),
                        Print.text(referral, "sender"),
                        Print.text(referral, "openedAt"),
                        referral.path("incomplete").asBoolean() ? "  INCOMPLETE" : ""));
        for (JsonNode assignment : referral.path("assignments")) {
            out().println("  %-28s %-12s acknowledge by %s, accept by %s"
                    .formatted(
                            Print.text(assignment, "recipient"),
                            Print.text(assignment, "state"),
                            Print.text(assignment, "acknowledgeBy"),
                            Print.text(assignment, "acceptBy")));
        }
        for (JsonNode event : referral.path("timeline")) {
            out().println("%s  %-9s from %s  %s"
                    .formatted(
                            Print.text(event, "at"),
                            Print.text(event, "messageType"),
                            Print.text(event, "sender"),
                            Print.text(event, "status")));
            for (JsonNode delivery : event.path("deliveries")) {
                out().println("    %-9s to %-28s %s"
                        .formatted(
                                Print.text(delivery, "messageType"),
                                Print.text(delivery, "recipient"),
                                Print.text(delivery, "state")));
            }
        }
        return ExitCodes.OK;
    }
}
