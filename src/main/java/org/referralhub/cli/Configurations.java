package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the configuration looks on a terminal. */
final class Configurations {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DIFFERENCES = 40;

    private Configurations() {}

    /** A body for the hub; what is null is left out. */
    static byte[] body(Map<String, @Nullable String> fields) {
        ObjectNode body = JSON.createObjectNode();
        fields.forEach((field, value) -> {
            if (value != null) {
                body.put(field, value);
            }
        });
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What runs, and what was refused. */
    static void status(PrintWriter out, JsonNode status) {
        String version = Print.text(status, "version");
        out.println("Configuration %s, since %s".formatted(version, Print.text(status, "since")));
        JsonNode refused = status.path("refused");
        if (refused.isObject()) {
            out.println("REFUSED: %s, %s".formatted(Print.text(refused, "version"), Print.text(refused, "at")));
            faults(out, refused);
        } else if (!version.equals(Print.text(status, "inFiles"))) {
            out.println("The files hold %s, which was gone back from; ./hub reload takes it again."
                    .formatted(Print.text(status, "inFiles")));
        }
    }

    /** What became of an attempt; returns the exit code that goes with it. */
    static int report(PrintWriter out, JsonNode report) {
        String version = Print.text(report, "version");
        switch (Print.text(report, "outcome")) {
            case "UNCHANGED" -> out.println("Nothing has changed; %s runs.".formatted(version));
            case "ACCEPTED" ->
                out.println("%s runs, instead of %s.".formatted(version, Print.text(report, "previous")));
            default -> out.println("%s is refused; %s goes on.".formatted(version, Print.text(report, "previous")));
        }
        faults(out, report);
        differences(out, report);
        report.path("atNextStart")
                .forEach(file -> out.println(file.asText() + " has changed; that takes effect at the next start."));
        return Print.text(report, "outcome").equals("REFUSED") ? ExitCodes.REFUSED : ExitCodes.OK;
    }

    private static void faults(PrintWriter out, JsonNode report) {
        for (JsonNode fault : report.path("faults")) {
            int line = fault.path("line").asInt();
            int column = fault.path("column").asInt();
            out.println("%s%s%s: %s. %s"
                    .formatted(
                            Print.text(fault, "file"),
                            line > 0 ? ":" + line : "",
                            line > 0 && column > 0 ? ":" + column : "",
                            Print.text(fault, "problem"),
                            Print.text(fault, "remedy")));
        }
    }

    private static void differences(PrintWriter out, JsonNode report) {
        int tried = report.path("replayed").asInt();
        if (tried == 0) {
            return;
        }
        JsonNode differences = report.path("differences");
        out.println("Tried on the last %d messages: %s"
                .formatted(tried, differences.isEmpty() ? "no difference." : "values are not shown."));
        for (int i = 0; i < Math.min(DIFFERENCES, differences.size()); i++) {
            JsonNode one = differences.path(i);
            out.println("  %-12s %-10s %s, %d messages"
                    .formatted(
                            Print.text(one, "dialect"),
                            Print.text(one, "change"),
                            Print.text(one, "where"),
                            one.path("messages").asInt()));
        }
        if (differences.size() > DIFFERENCES) {
            out.println("  and %d more (--json)".formatted(differences.size() - DIFFERENCES));
        }
    }
}
