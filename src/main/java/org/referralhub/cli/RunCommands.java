package org.referralhub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Letters that are sent again together: beginning such a run, watching it, and ending it. */
final class RunCommands {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final String RUNS = "/dead-letters/runs";

    private RunCommands() {}

    private static byte[] bytes(ObjectNode body) throws JsonProcessingException {
        return JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
    }

    private static String describe(JsonNode run) {
        JsonNode progress = run.path("progress");
        return "%s  %-7s  %s  phase %d of %d  %d letters: %d waiting, %d on their way, %d resolved, %d failed, %d skipped%s"
                .formatted(
                        Print.text(run, "id"),
                        Print.text(run, "state"),
                        Print.text(run, "actor"),
                        run.path("phase").asInt(),
                        run.path("phases").size(),
                        run.path("letters").asInt(),
                        progress.path("waiting").asInt(),
                        progress.path("onTheirWay").asInt(),
                        progress.path("resolved").asInt(),
                        progress.path("failed").asInt(),
                        progress.path("skipped").asInt(),
                        run.path("cause").isTextual()
                                ? "  (%s, letter %s)".formatted(Print.text(run, "cause"), Print.text(run, "haltedBy"))
                                : "");
    }

    /** Begins one, or watches one. */
    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            description = {
                "Send many letters again, in phases: the next begins when the one before has really arrived.",
                "The first letter that fails again halts the run. Exits with 1 unless it is done without a failure."
            })
    static final class Begin extends ClientCommand {
        @Mixin
        private Chosen chosen = new Chosen();

        @Option(names = "--watch", paramLabel = "RUN", description = "Begin nothing; watch this run until it rests.")
        private @Nullable String watch;

        @Option(
                names = "--to",
                paramLabel = "AGENCY",
                description =
                        "Redirect them to this agency: only a REQUEST that its recipient has not read, and only to one"
                                + " that may be told.")
        private @Nullable String to;

        @Option(
                names = "--canary",
                paramLabel = "N",
                split = ",",
                description = "Letters that have gone at the end of each phase, before all go (default: 1,5,50).")
        private @Nullable List<Integer> canary;

        @Option(names = "--all-at-once", description = "No phases.")
        private boolean allAtOnce;

        @Option(
                names = "--per-minute",
                paramLabel = "N",
                description = "Letters a minute to one recipient at most (default: 600).")
        private @Nullable Integer perMinute;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why, without anything personal.")
        private @Nullable String reason;

        @Option(names = "--no-wait", description = "Return when it has begun.")
        private boolean noWait;

        @Override
        int call(HubClient hub) throws JsonProcessingException, InterruptedException {
            String run = watch;
            if (run == null) {
                HubClient.Answer begun = hub.post(RUNS, "application/json", bytes(plan()));
                if (!begun.good()) {
                    return refused(begun);
                }
                run = begun.json().path("id").asText();
                if (noWait) {
                    if (json()) {
                        Print.json(out(), begun);
                    } else {
                        out().println("Run " + run);
                    }
                    return ExitCodes.OK;
                }
            }
            return follow(hub, run);
        }

        private ObjectNode plan() {
            ObjectNode plan = chosen.selection(spec());
            if (to != null) {
                plan.put("to", to);
            }
            if (allAtOnce) {
                plan.putArray("canary");
            } else if (canary != null) {
                ArrayNode ends = plan.putArray("canary");
                canary.forEach(ends::add);
            }
            if (perMinute != null) {
                plan.put("perMinute", perMinute);
            }
            if (reason != null) {
                plan.put("reason", reason);
            }
            return plan;
        }

        private int follow(HubClient hub, String run) throws InterruptedException {
            String path = RUNS + "/" + HubClient.encode(run) + "?size=1";
            HubClient.Answer answer = hub.get(path);
            if (!answer.good()) {
                return refused(answer);
            }
            JsonNode now = answer.json().path("run");
            try (Progress bar = Progress.of("Letters", now.path("letters").asLong(), json())) {
                while (isGoing(now) && Progress.pause(LOOK)) {
                    answer = hub.get(path);
                    if (!answer.good()) {
                        return refused(answer);
                    }
                    now = answer.json().path("run");
                    JsonNode progress = now.path("progress");
                    bar.to(progress.path("resolved").asLong()
                            + progress.path("failed").asLong()
                            + progress.path("skipped").asLong());
                }
            }
            if (json()) {
                Print.json(out(), answer);
            } else {
                out().println(describe(now));
            }
            return "DONE".equals(Print.text(now, "state"))
                            && now.at("/progress/failed").asInt() == 0
                    ? ExitCodes.OK
                    : ExitCodes.REFUSED;
        }

        /** What has stopped may still have letters on their way. */
        private static boolean isGoing(JsonNode run) {
            return "RUNNING".equals(Print.text(run, "state"))
                    || run.at("/progress/onTheirWay").asInt() > 0;
        }
    }

    /** The runs. */
    @Command(name = "runs", mixinStandardHelpOptions = true, description = "List runs, the latest first.")
    static final class ListRuns extends ClientCommand {
        @Option(
                names = "--size",
                paramLabel = "N",
                defaultValue = "50",
                description = "Runs on a page, 1 to 500 (default: ${DEFAULT-VALUE}).")
        private int size;

        @Option(
                names = "--after",
                paramLabel = "RUN",
                description = "Go on after this run, the last of the page before.")
        private @Nullable String after;

        @Override
        int call(HubClient hub) {
            HubClient.Answer answer =
                    hub.get(RUNS + "?size=" + size + (after == null ? "" : "&after=" + HubClient.encode(after)));
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
            } else {
                answer.json().forEach(run -> out().println(describe(run)));
            }
            return ExitCodes.OK;
        }
    }

    /** An order about a run. */
    abstract static class RunOrder extends ClientCommand {
        @Parameters(index = "0", paramLabel = "RUN", description = "The run.")
        private String run = "";

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the other operators.")
        private String reason = "";

        private final String order;
        private final String done;

        RunOrder(String order, String done) {
            this.order = order;
            this.done = done;
        }

        @Override
        final int call(HubClient hub) throws JsonProcessingException {
            HubClient.Answer answer = hub.post(
                    RUNS + "/" + HubClient.encode(run) + "/" + order,
                    "application/json",
                    bytes(JSON.createObjectNode().put("reason", reason)));
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
            } else {
                out().println("done".equals(Print.text(answer.json(), "status")) ? done : "The order is kept.");
            }
            return ExitCodes.OK;
        }
    }

    /** Waits. */
    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            description = "Let a run wait; what is on its way arrives.")
    static final class Pause extends RunOrder {
        Pause() {
            super("pause", "It waits.");
        }
    }

    /** Goes on. */
    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            description = "Let a run go on that waits or has halted; a letter that failed stays at the desk.")
    static final class Resume extends RunOrder {
        Resume() {
            super("resume", "It goes on.");
        }
    }

    /** Ends. */
    @Command(
            name = "stop",
            mixinStandardHelpOptions = true,
            description = "End a run; what has not gone stays at the desk.")
    static final class Stop extends RunOrder {
        Stop() {
            super("stop", "It is over.");
        }
    }
}
