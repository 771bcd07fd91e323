package org.referralhub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;

/** How answers look on a terminal. */
final class Print {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Print() {}

    /** The answer as JSON, indented. */
    static void json(PrintWriter out, HubClient.Answer answer) {
        JsonNode tree = answer.json();
        try {
            out.println(
                    tree.isMissingNode()
                            ? answer.body()
                            : JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree));
        } catch (JsonProcessingException e) {
            out.println(answer.body());
        }
    }

    /** A refusal or a problem, for people; returns the exit code that goes with it. */
    static int refusal(PrintWriter err, HubClient.Answer answer) {
        JsonNode body = answer.json();
        if ("OperationOutcome".equals(body.path("resourceType").asText())) {
            err.println("Refused:");
            outcome(err, body);
        } else if (body.has("rows")) {
            err.println("Refused:");
            rows(err, body);
        } else if (body.has("title")) {
            err.println(text(body, "title") + " (" + answer.status() + ").");
            String detail = body.path("detail").asText("");
            if (!detail.isBlank() && !"null".equals(detail)) {
                err.println(printable(detail));
            }
            err.println(printable(body.at("/remedy/en").asText()));
        } else {
            err.println("The hub answered " + answer.status() + ".");
        }
        return ExitCodes.REFUSED;
    }

    /** Every issue of an OperationOutcome on a line of its own. */
    static void outcome(PrintWriter out, JsonNode outcome) {
        for (JsonNode issue : outcome.path("issue")) {
            String code =
                    issue.at("/details/coding/0/code").asText(issue.path("code").asText());
            out.println("  %-11s %s  %s  %s"
                    .formatted(
                            text(issue, "severity"),
                            printable(code),
                            printable(issue.at("/expression/0").asText("")),
                            printable(issue.at("/details/text")
                                    .asText(issue.path("diagnostics").asText("")))));
        }
    }

    /** What became of each row of a file, with what was found in it. */
    static void rows(PrintWriter out, JsonNode file) {
        for (JsonNode row : file.path("rows")) {
            out.println("row %d  %s  %s  %s"
                    .formatted(
                            row.path("row").asInt(),
                            text(row, "status"),
                            text(row, "reference"),
                            text(row, "messageId")));
            findings(out, row.path("findings"));
        }
        out.println("%d of %d rows are on their way."
                .formatted(file.path("accepted").asInt(), file.path("rows").size()));
    }

    /** Every finding on a line of its own. */
    static void findings(PrintWriter out, JsonNode findings) {
        for (JsonNode finding : findings) {
            out.println("  %-11s %s  %s (line %d, column %d)  %s"
                    .formatted(
                            text(finding, "severity"),
                            text(finding, "code"),
                            text(finding, "pointer"),
                            finding.path("line").asInt(),
                            finding.path("column").asInt(),
                            text(finding, "en")));
        }
    }

    /** What is shown may come from somebody hostile to the terminal: names of fields, notes, references. */
    static String printable(String value) {
        StringBuilder text = new StringBuilder();
        value.codePoints().forEach(point -> {
            int type = Character.getType(point);
            boolean strange = type == Character.CONTROL || type == Character.FORMAT;
            text.appendCodePoint(strange ? 0xFFFD : point);
        });
        return text.toString();
    }

    /** A value of the answer without what a terminal would obey, or a dash. */
    static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isMissingNode() || value.isNull() ? "-" : printable(value.asText());
    }

    /** Every field with its value. */
    static void fields(PrintWriter out, JsonNode node) {
        node.fields()
                .forEachRemaining(field -> out.println("%-14s %s"
                        .formatted(
                                field.getKey(),
                                field.getValue().isValueNode()
                                                && !field.getValue().isNull()
                                        ? printable(field.getValue().asText())
                                        : field.getValue().isNull()
                                                ? "-"
                                                : printable(field.getValue().toString()))));
    }

    /** What was ordered, the latest first. */
    static void history(PrintWriter out, JsonNode events) {
        for (JsonNode event : events) {
            out.println("  %s  %-12s %s  %s  %s  %s"
                    .formatted(
                            text(event, "at"),
                            text(event, "action"),
                            text(event, "actor"),
                            text(event, "outcome"),
                            printable(text(event, "reason")),
                            printable(text(event, "fields")))
                    .stripTrailing());
        }
    }
}
