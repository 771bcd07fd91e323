package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Who did what, and whether anybody has meddled with the record of it. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {
            "Show who did what, the latest first, for auditors and administrators.",
            "verify follows the whole chain, each row of which holds the hash of the one before; exit code 1 when a row does",
            "not fit. It ends with the number and the hash of the last row: note both elsewhere, and give them with --holds",
            "next time, to tell that nothing was cut off at the end."
        })
final class AuditCommand extends ClientCommand {
    private static final String LINE = "%9s  %-24s  %-24s %-28s %-36s  %s";

    /** What to do. */
    enum Action {
        LIST,
        VERIFY
    }

    @Parameters(index = "0", arity = "0..1", paramLabel = "list|verify", description = "Left out: list.")
    private Action wanted = Action.LIST;

    @Option(names = "--actor", paramLabel = "ID", description = "Only what this user or program did.")
    private @Nullable String actor;

    @Option(
            names = "--action",
            paramLabel = "CODE",
            description = "Only this, for example replay, pause, search-child.")
    private @Nullable String action;

    @Option(names = "--subject", paramLabel = "ID", description = "Only what was done to this.")
    private @Nullable String subject;

    @Option(names = "--from", paramLabel = "TIME", description = "From this moment on: 2026-11-22T08:00+08:00.")
    private @Nullable OffsetDateTime from;

    @Option(names = "--to", paramLabel = "TIME", description = "Before this moment.")
    private @Nullable OffsetDateTime to;

    @Option(
            names = "--max",
            paramLabel = "N",
            defaultValue = "50",
            description = "Rows at most, 1 to 500; ${DEFAULT-VALUE} without it.")
    private int max;

    @Option(names = "--after", paramLabel = "NUMBER", description = "Only rows before this one, for the next page.")
    private @Nullable Long after;

    @Option(
            names = "--holds",
            paramLabel = "NUMBER:HASH",
            description = "With verify: the last row of an earlier verification, which must still be there.")
    private @Nullable String holds;

    @Override
    int call(HubClient hub) {
        return wanted == Action.VERIFY ? verify(hub) : list(hub);
    }

    private int list(HubClient hub) {
        HubClient.Answer answer = hub.get("/audit?size=" + max
                + parameter("actor", actor)
                + parameter("action", action)
                + parameter("subject", subject)
                + parameter("from", from)
                + parameter("to", to)
                + parameter("after", after));
        if (!answer.good()) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
            return ExitCodes.OK;
        }
        out().println(LINE.formatted("number", "at", "actor", "action", "subject", "reason"));
        for (JsonNode row : answer.json().path("items")) {
            out().println(LINE.formatted(
                    Print.text(row, "number"),
                    Print.text(row, "at"),
                    Print.text(row, "actor"),
                    Print.text(row, "action"),
                    Print.text(row, "subject"),
                    Print.text(row, "reason")));
        }
        if (answer.json().has("next")) {
            out().println("More: --after " + Print.text(answer.json(), "next"));
        }
        return ExitCodes.OK;
    }

    private static String parameter(String name, @Nullable Object value) {
        return value == null ? "" : "&" + name + "=" + HubClient.encode(value.toString());
    }

    private int verify(HubClient hub) {
        if (holds != null && !holds.matches("\\d{1,18}:[0-9a-f]{64}")) {
            throw new ParameterException(spec().commandLine(), "--holds is what verify ended with: NUMBER:HASH");
        }
        boolean held = holds == null || holds.startsWith("0:") || isHeld(hub, holds);
        long next = 1;
        while (true) {
            HubClient.Answer answer = hub.get("/audit/verification?from=" + next);
            if (!answer.good()) {
                return refused(answer);
            }
            JsonNode step = answer.json();
            if (step.has("next")) {
                next = step.path("next").asLong();
                if (!json()) {
                    err().println("followed until row " + (next - 1));
                }
                continue;
            }
            return told(answer, step, held);
        }
    }

    /** The chain until that row must come to that hash: the verification of the one row says it. */
    private static boolean isHeld(HubClient hub, String holds) {
        String[] parts = holds.split(":", -1);
        HubClient.Answer answer = hub.get("/audit/verification?max=1&from=" + parts[0]);
        return answer.good()
                && answer.json().path("last").asText().equals(parts[0])
                && answer.json().path("hash").asText().equals(parts[1]);
    }

    private int told(HubClient.Answer answer, JsonNode step, boolean held) {
        boolean whole = step.path("whole").asBoolean() && held;
        if (step instanceof ObjectNode object) {
            object.put("from", 1);
            object.put("whole", whole);
            if (holds != null) {
                object.put("held", held);
            }
        }
        if (json()) {
            Print.json(out(), new HubClient.Answer(answer.status(), step.toString()));
        } else {
            if (step.has("broken")) {
                out().println("Row " + Print.text(step, "broken")
                        + " does NOT fit: it, or one before it, was changed, removed or put in.");
            }
            if (!held) {
                out().println("Row " + holds + " is NOT there as it was: rows were cut off or rewritten.");
            }
            if (whole) {
                out().println("The chain is whole: %s rows.".formatted(Print.text(step, "last")));
            }
            out().println("Last: " + Print.text(step, "last") + ":" + Print.text(step, "hash"));
        }
        return whole ? ExitCodes.OK : ExitCodes.REFUSED;
    }
}
