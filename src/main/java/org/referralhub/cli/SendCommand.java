package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends one document. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        description = {
            "Send a document in the agency's own dialect.",
            "Of a spreadsheet's file every row is answered; rows that are refused can be mended and sent again "
                    + "with the others, which are then duplicates."
        },
        footer = {"", "Example:", "  HUB_SECRET=... ./hub send call.json --as helpline-108"})
final class SendCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "FILE", description = "The document.")
    private Path file = Path.of("");

    @Option(names = "--content-type", paramLabel = "TYPE", description = "Media type (default: by the file's ending).")
    private @Nullable String contentType;

    @Option(names = "--check-only", description = "Only have it checked; nothing is sent.")
    private boolean checkOnly;

    @Override
    int call(HubClient hub) throws Exception {
        byte[] document = GivenFile.read(spec(), file);
        HubClient.Answer answer = hub.post(
                checkOnly ? "/validate" : "/messages", contentType == null ? typeOf(file) : contentType, document);
        if (!answer.good()) {
            return refused(answer);
        }
        JsonNode body = answer.json();
        boolean refuses = body.path("refused").asInt() > 0;
        for (JsonNode issue : body.path("issue")) {
            String severity = issue.path("severity").asText();
            refuses |= "error".equals(severity) || "fatal".equals(severity);
        }
        if (json()) {
            Print.json(out(), answer);
        } else if (checkOnly) {
            Print.outcome(out(), body);
        } else if (body.has("rows")) {
            Print.rows(out(), body);
        } else {
            out().println("%s  %s  %s"
                    .formatted(
                            Print.text(body, "status"), Print.text(body, "reference"), Print.text(body, "referralId")));
            if (body.path("incomplete").asBoolean()) {
                out().println("Only the urgent core could be read and is on its way; please amend.");
            }
            Print.findings(out(), body.path("findings"));
        }
        return refuses ? ExitCodes.REFUSED : ExitCodes.OK;
    }

    private static String typeOf(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".xml")) {
            return "application/xml";
        }
        return name.endsWith(".csv") ? "text/csv" : "application/json";
    }
}
