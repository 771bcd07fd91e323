package org.referralhub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What letters hold: masked, unmasked, and mended. */
final class LetterCommands {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NO_PERSONAL = "without anything personal.";

    private LetterCommands() {}

    private static HubClient.Answer post(HubClient hub, String path, ObjectNode body) {
        return hub.post(path, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The content of a letter. */
    @Command(
            name = "content",
            mixinStandardHelpOptions = true,
            description =
                    "Show what a letter holds: codes and identifiers, of all else the kind and the length, and what you"
                            + " have unmasked.")
    static final class ShowContent extends ClientCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The letter.")
        private String id = "";

        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.get("/dead-letters/" + HubClient.encode(id) + "/content");
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
            } else {
                print(answer.json());
            }
            return ExitCodes.OK;
        }

        private void print(JsonNode content) {
            out().println("%s, %s bytes, SHA-256 %s"
                    .formatted(
                            Print.text(content, "mediaType"),
                            Print.text(content, "bytes"),
                            Print.text(content, "sha256")));
            if (content.has("root")) {
                line(content.path("root"));
            } else {
                out().println("It can't be read, so nothing of it is shown.");
            }
            Print.findings(out(), content.path("findings"));
        }

        private void line(JsonNode field) {
            String kind = field.path("kind").asText();
            if (!kind.equals("object") && !kind.equals("list")) {
                out().println("%s %s  %s"
                        .formatted(
                                field.path("findings").isEmpty() ? " " : "!",
                                Print.text(field, "pointer"),
                                value(field, kind)));
            }
            field.path("fields").forEach(this::line);
            if (field.has("left")) {
                out().println("  %s  and %s more".formatted(Print.text(field, "pointer"), Print.text(field, "left")));
            }
        }

        private static String value(JsonNode field, String kind) {
            if (!field.has("needs")) {
                return kind.equals("missing")
                        ? "(missing)"
                        : Print.printable(field.path("value").asText());
            }
            return "(%s of %s, %s)"
                    .formatted(
                            kind,
                            Print.text(field, "size"),
                            field.path("needs").asText().equals("reason")
                                    ? "a reason is enough"
                                    : "needs a second person");
        }
    }

    /** Asking to see what is masked. */
    @Command(
            name = "unmask",
            mixinStandardHelpOptions = true,
            description = "Ask to see what is masked. Names, addresses, stories and who reports need a second person.")
    static final class Unmask extends ClientCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The letter.")
        private String id = "";

        @Option(
                names = "--field",
                paramLabel = "POINTER",
                description =
                        "A field as content shows it; may be given several times. Without it everything is asked for.")
        private List<String> fields = new ArrayList<>();

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, " + NO_PERSONAL)
        private String reason = "";

        @Override
        int call(HubClient hub) {
            ObjectNode body = JSON.createObjectNode().put("reason", reason);
            ArrayNode pointers = body.putArray("fields");
            (fields.isEmpty() ? List.of("") : fields).forEach(pointers::add);
            HubClient.Answer answer = post(hub, "/dead-letters/" + HubClient.encode(id) + "/unmask", body);
            if (!answer.good()) {
                return refused(answer);
            }
            JsonNode detail = answer.json().path("detail");
            if (json()) {
                Print.json(out(), answer);
            } else if (detail.path("state").asText().equals("GRANTED")) {
                out().println("You may see it until " + Print.text(detail, "until") + ".");
            } else {
                out().println("A second person has to agree: ./hub dead-letters approve "
                        + Print.text(detail, "unmasking"));
            }
            return ExitCodes.OK;
        }
    }

    /** Who asked. */
    @Command(
            name = "unmaskings",
            mixinStandardHelpOptions = true,
            description = "List who asked to see what, and who agreed; the latest first.")
    static final class ListUnmaskings extends ClientCommand {
        @Option(
                names = "--state",
                paramLabel = "STATE",
                defaultValue = "ANY",
                description = "ASKED, GRANTED, REFUSED or ANY (default: ANY).")
        private String state = "ANY";

        @Option(names = "--letter", paramLabel = "ID", description = "Only of this letter.")
        private @Nullable String letter;

        @Option(names = "--after", paramLabel = "PLACE", description = "Go on where the page before has ended.")
        private @Nullable String after;

        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.get("/unmaskings?state=" + HubClient.encode(state)
                    + (letter == null ? "" : "&letter=" + HubClient.encode(letter))
                    + (after == null ? "" : "&after=" + HubClient.encode(after)));
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
                return ExitCodes.OK;
            }
            for (JsonNode one : answer.json().path("items")) {
                out().println("%s  %-7s  letter %s  %s asked at %s: %s  %s"
                        .formatted(
                                Print.text(one, "id"),
                                Print.text(one, "state"),
                                Print.text(one, "letter"),
                                Print.text(one, "asker"),
                                Print.text(one, "askedAt"),
                                Print.text(one, "reason"),
                                one.path("decider").isTextual() ? "decided by " + Print.text(one, "decider") : ""));
            }
            if (answer.json().path("next").isTextual()) {
                out().println("There are more: --after " + Print.text(answer.json(), "next"));
            }
            return ExitCodes.OK;
        }
    }

    /** A second person. */
    private abstract static class Decide extends ClientCommand {
        @Parameters(index = "0", paramLabel = "UNMASKING", description = "As unmaskings lists it.")
        private String id = "";

        int decide(HubClient hub, String verb, String reason, String done) {
            HubClient.Answer answer = post(
                    hub,
                    "/unmaskings/" + HubClient.encode(id) + "/" + verb,
                    JSON.createObjectNode().put("reason", reason));
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
            } else {
                out().println(done);
            }
            return ExitCodes.OK;
        }
    }

    /** Agreeing. */
    @Command(
            name = "approve",
            mixinStandardHelpOptions = true,
            description = "Agree that somebody else sees what is sensitive; their time begins now.")
    static final class Approve extends Decide {
        @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "Why, " + NO_PERSONAL)
        private String reason = "";

        @Override
        int call(HubClient hub) {
            return decide(hub, "approve", reason, "It is granted.");
        }
    }

    /** Refusing. */
    @Command(
            name = "refuse",
            mixinStandardHelpOptions = true,
            description = "Refuse that somebody sees what is sensitive.")
    static final class Refuse extends Decide {
        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, " + NO_PERSONAL)
        private String reason = "";

        @Override
        int call(HubClient hub) {
            return decide(hub, "refuse", reason, "It is refused.");
        }
    }

    /** Mending a document. */
    @Command(
            name = "correct",
            mixinStandardHelpOptions = true,
            description = {
                "Mend the sender's document where it fails, without seeing the rest, and send it in the letter's"
                        + " place. Edits are made in the order set, add, remove, or as the file has them.",
                "Values on the command line can be seen by others on this machine and stay in the shell's history:"
                        + " give what is personal with --edits."
            })
    static final class Correct extends ClientCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The letter.")
        private String id = "";

        @Option(
                names = "--set",
                paramLabel = "POINTER=VALUE",
                description = "Put this value there; made when it is missing. JSON, or else a text.")
        private List<String> set = new ArrayList<>();

        @Option(
                names = "--add",
                paramLabel = "POINTER=VALUE",
                description = "Add a field, or an entry of a list; /- is its end.")
        private List<String> add = new ArrayList<>();

        @Option(names = "--remove", paramLabel = "POINTER", description = "Take the field away.")
        private List<String> remove = new ArrayList<>();

        @Option(
                names = "--edits",
                paramLabel = "FILE",
                description = "A file, or - for what comes in, with a JSON list of edits as the API takes them:"
                        + " [{\"op\": \"set\", \"pointer\": \"/a/b\", \"value\": \"x\"}].")
        private @Nullable String file;

        @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "Why, " + NO_PERSONAL)
        private String reason = "";

        @Option(names = "--try", description = "Only tell what the checks would say; send nothing.")
        private boolean attempt;

        @Override
        int call(HubClient hub) {
            ObjectNode body = JSON.createObjectNode().put("reason", reason).put("send", !attempt);
            ArrayNode edits = body.putArray("edits");
            set.forEach(edit -> edits.add(edit("set", edit)));
            add.forEach(edit -> edits.add(edit("add", edit)));
            remove.forEach(pointer -> edits.addObject().put("op", "remove").put("pointer", pointer));
            if (file != null) {
                read(file).forEach(edits::add);
            }
            HubClient.Answer answer = post(hub, "/dead-letters/" + HubClient.encode(id) + "/correct", body);
            JsonNode json = answer.json();
            if (json.has("title") || !json.path("status").isTextual()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
            } else {
                out().println(
                                switch (json.path("status").asText()) {
                                    case "sent" -> "It is sent as letter " + Print.text(json, "letter") + ".";
                                    case "fits" -> "The checks would take it.";
                                    case "requested" -> "It will be sent; the ledger is behind.";
                                    default -> "The checks refuse it still; nothing was sent.";
                                });
                Print.findings(out(), json.at("/content/findings"));
            }
            return answer.good() ? ExitCodes.OK : ExitCodes.REFUSED;
        }

        private JsonNode read(String name) {
            try {
                JsonNode edits = name.equals("-")
                        ? JSON.readTree(System.in)
                        : JSON.readTree(Path.of(name).toFile());
                if (edits != null && edits.isArray()) {
                    return edits;
                }
            } catch (IOException e) {
                // Its text may quote a value.
            }
            throw new CommandLine.ParameterException(
                    spec().commandLine(), "--edits takes a file with a JSON list of edits.");
        }

        private ObjectNode edit(String op, String edit) {
            int equals = edit.indexOf('=');
            if (equals < 0) {
                throw new CommandLine.ParameterException(spec().commandLine(), "--" + op + " takes POINTER=VALUE.");
            }
            ObjectNode body = JSON.createObjectNode().put("op", op).put("pointer", edit.substring(0, equals));
            body.set("value", value(edit.substring(equals + 1)));
            return body;
        }

        private static JsonNode value(String written) {
            try {
                JsonNode json = JSON.readTree(written);
                return json == null || json.isMissingNode() || json.isNull() ? TextNode.valueOf(written) : json;
            } catch (JsonProcessingException e) {
                return TextNode.valueOf(written);
            }
        }
    }
}
