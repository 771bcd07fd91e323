package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One group of letters that failed alike. */
@Command(
        name = "group",
        description = "One group of letters that failed alike; to replay it: run --group FINGERPRINT.",
        subcommands = {GroupCommand.Show.class, GroupCommand.Own.class, GroupCommand.Note.class})
final class GroupCommand extends CommandGroup {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static String path(String fingerprint) {
        return "/dead-letters/groups/" + HubClient.encode(fingerprint);
    }

    /** All that is known of it. */
    @Command(name = "show", mixinStandardHelpOptions = true, description = "Show all that is known of a group.")
    static final class Show extends ClientCommand {
        @Parameters(index = "0", paramLabel = "FINGERPRINT", description = "The group.")
        private String fingerprint = "";

        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.get(path(fingerprint));
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
                return ExitCodes.OK;
            }
            JsonNode group = answer.json();
            Print.fields(out(), group.path("group"));
            group.path("affected").fields().forEachRemaining(other -> out().println("  open for %-30s %s"
                    .formatted(Print.printable(other.getKey()), other.getValue().asText())));
            Print.history(out(), group.path("history"));
            return ExitCodes.OK;
        }
    }

    /** Something that is said about a group. */
    abstract static class Label extends ClientCommand {
        @Parameters(index = "0", paramLabel = "FINGERPRINT", description = "The group.")
        private String fingerprint = "";

        @Option(
                names = "--expected",
                paramLabel = "N",
                description = "The revision that you saw; when somebody has said something since, nothing is done.")
        private @Nullable Integer expected;

        /** Adds what is said. */
        abstract void fill(ObjectNode body);

        @Override
        final int call(HubClient hub) {
            ObjectNode body = JSON.createObjectNode();
            if (expected != null) {
                body.put("expected", expected);
            }
            fill(body);
            HubClient.Answer answer = hub.post(
                    path(fingerprint), "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
            } else {
                out().println(
                                "done".equals(Print.text(answer.json(), "status"))
                                        ? "It is recorded."
                                        : "The order is kept; the hub will carry it out.");
            }
            return ExitCodes.OK;
        }
    }

    /** Whose it is. */
    @Command(name = "own", mixinStandardHelpOptions = true, description = "Say who looks after a group.")
    static final class Own extends Label {
        @Option(
                names = "--owner",
                paramLabel = "USER",
                defaultValue = "me",
                description = "Who looks after it; empty for nobody (default: me).")
        private String owner = "me";

        @Override
        void fill(ObjectNode body) {
            body.put("owner", owner);
        }
    }

    /** For the others. */
    @Command(name = "note", mixinStandardHelpOptions = true, description = "Leave a note on a group.")
    static final class Note extends Label {
        @Parameters(index = "1", paramLabel = "TEXT", description = "The note; nothing personal. Empty takes it off.")
        private String note = "";

        @Override
        void fill(ObjectNode body) {
            body.put("note", note);
        }
    }
}
