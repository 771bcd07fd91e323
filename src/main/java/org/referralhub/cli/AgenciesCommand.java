package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Who takes part, what waits for them, and how their couriers stand. */
@Command(
        name = "agencies",
        mixinStandardHelpOptions = true,
        description = {
            "List agencies with what waits for them and how their couriers and collectors stand.",
            "State: ok, paused by an operator, open (does not answer and is left alone), - (fetches by itself).",
            "pause ID --reason TEXT has courier and collector leave one alone, also over restarts; resume ID ends that."
        })
final class AgenciesCommand extends ClientCommand {
    private static final String LINE = "%-28s %8s  %-8s %-10s %-7s %-24s %-24s %s";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What to do with one agency. */
    enum Action {
        PAUSE,
        RESUME
    }

    @Parameters(index = "0", arity = "0..1", paramLabel = "pause|resume", description = "Left out: list.")
    private @Nullable Action action;

    @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "The agency to pause or resume.")
    private @Nullable String id;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Why, for the other operators; nothing personal. Kept with who did it and when.")
    private @Nullable String reason;

    @Option(names = "--served", description = "Only those that have a courier or a collector.")
    private boolean served;

    @Override
    int call(HubClient hub) {
        Action wanted = action;
        if (wanted != null) {
            return order(hub, wanted, id);
        }
        HubClient.Answer answer = hub.get("/agencies");
        if (!answer.good()) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
            return ExitCodes.OK;
        }
        out().println(LINE.formatted(
                "agency", "backlog", "courier", "collector", "state", "last taken", "last failure", "cause or reason"));
        for (JsonNode agency : answer.json()) {
            JsonNode courier = agency.path("courier");
            JsonNode collector = agency.path("collector");
            if (served && !courier.isObject() && !collector.isObject()) {
                continue;
            }
            JsonNode stands = courier.isObject() ? courier : collector;
            out().println(LINE.formatted(
                            Print.text(agency, "id"),
                            Print.text(agency, "backlog"),
                            Print.text(courier, "way"),
                            Print.text(collector, "way"),
                            state(agency),
                            Print.text(stands, "lastTaken"),
                            Print.text(stands, "lastFailed"),
                            agency.path("pause").isObject()
                                    ? Print.text(agency.path("pause"), "reason") + " ("
                                            + Print.text(agency.path("pause"), "by") + ")"
                                    : Print.text(stands, "lastCause"))
                    .stripTrailing());
        }
        return ExitCodes.OK;
    }

    private static String state(JsonNode agency) {
        if (agency.path("pause").isObject()) {
            return "paused";
        }
        if (agency.at("/courier/open").asBoolean()) {
            return "open";
        }
        return agency.path("courier").isObject() || agency.path("collector").isObject() ? "ok" : "-";
    }

    private int order(HubClient hub, Action wanted, @Nullable String agency) {
        if (agency == null) {
            throw new ParameterException(spec().commandLine(), "Which agency? ./hub agencies pause ID --reason TEXT");
        }
        if (wanted == Action.PAUSE && (reason == null || reason.isBlank())) {
            throw new ParameterException(
                    spec().commandLine(),
                    "Say why, for the other operators: --reason TEXT, without anything personal.");
        }
        byte[] body = JSON.createObjectNode()
                .put("reason", reason == null ? "" : reason)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        HubClient.Answer answer = hub.post(
                "/agencies/" + HubClient.encode(agency) + "/" + wanted.name().toLowerCase(Locale.ROOT),
                "application/json",
                body);
        if (!answer.good()) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
        } else {
            out().println(Print.text(answer.json(), "agency") + ": " + Print.text(answer.json(), "status"));
        }
        return ExitCodes.OK;
    }
}
