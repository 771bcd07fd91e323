package org.referralhub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The dead-letter desk. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = "What could not go on, why, and what to do with it.",
        subcommands = {
            DeadLettersCommand.ListLetters.class,
            DeadLettersCommand.Groups.class,
            DeadLettersCommand.ShowLetter.class,
            LetterCommands.ShowContent.class,
            LetterCommands.Unmask.class,
            LetterCommands.ListUnmaskings.class,
            LetterCommands.Approve.class,
            LetterCommands.Refuse.class,
            LetterCommands.Correct.class,
            DeadLettersCommand.Replay.class,
            DeadLettersCommand.Discard.class,
            DeadLettersCommand.Restore.class,
            DeadLettersCommand.Return.class,
            DeadLettersCommand.Own.class,
            DeadLettersCommand.Note.class,
            GroupCommand.class,
            RehearseCommand.class,
            RehearsalCommand.class,
            RunCommands.ListRuns.class,
            RunCommands.Begin.class,
            RunCommands.Pause.class,
            RunCommands.Resume.class,
            RunCommands.Stop.class
        })
final class DeadLettersCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCodes.OK;
    }

    /** Which letters. */
    static final class Filter {
        @Option(
                names = "--state",
                paramLabel = "STATE",
                defaultValue = "OPEN",
                description = "OPEN, REPLAYED, RESOLVED, WITHDRAWN, DISCARDED, RETURNED, SUPERSEDED or ANY"
                        + " (default: OPEN).")
        private String state = "OPEN";

        @Option(names = "--cause", paramLabel = "CODE", description = "Only letters with this cause.")
        private @Nullable String cause;

        @Option(names = "--group", paramLabel = "ID", description = "Only letters of this group.")
        private @Nullable String group;

        @Option(names = "--agency", paramLabel = "ID", description = "Only letters from or for this agency.")
        private @Nullable String agency;

        @Option(names = "--sender", paramLabel = "ID", description = "Only letters from this agency.")
        private @Nullable String sender;

        @Option(names = "--recipient", paramLabel = "ID", description = "Only letters for this agency.")
        private @Nullable String recipient;

        @Option(names = "--dialect", paramLabel = "NAME", description = "Only letters in this format.")
        private @Nullable String dialect;

        @Option(names = "--stage", paramLabel = "NAME", description = "Only letters that failed at this step.")
        private @Nullable String stage;

        @Option(
                names = "--failure",
                paramLabel = "CODE",
                description = "Only refused, permanent, exhausted or unknown failures.")
        private @Nullable String failure;

        @Option(names = "--since", paramLabel = "TIME", description = "Only letters captured then or later.")
        private @Nullable String since;

        @Option(names = "--until", paramLabel = "TIME", description = "Only letters captured before.")
        private @Nullable String until;

        @Option(names = "--urgency", paramLabel = "CODE", description = "Only letters of this urgency.")
        private @Nullable String urgency;

        @Option(names = "--referral", paramLabel = "REF", description = "Only letters of this referral.")
        private @Nullable String referral;

        @Option(names = "--due-before", paramLabel = "TIME", description = "Only what must be answered before.")
        private @Nullable String dueBefore;

        @Option(
                names = "--owner",
                paramLabel = "USER",
                description = "Only letters that USER looks after; - for nobody.")
        private @Nullable String owner;

        @Option(
                names = "--risk",
                paramLabel = "CODE",
                description = "Only letters about referrals of this risk: LOW, MEDIUM or HIGH.")
        private @Nullable String risk;

        @Option(
                names = "--place",
                paramLabel = "CODE",
                description = "Only letters of this place, or of what lies in it.")
        private @Nullable String place;

        @Option(
                names = "--configuration",
                paramLabel = "VERSION",
                description = "Only letters that failed under this version.")
        private @Nullable String configuration;

        @Option(names = "--finding", paramLabel = "CODE", description = "Only letters in which this was found.")
        private @Nullable String finding;

        @Option(names = "--exception", paramLabel = "NAME", description = "Part of the class name of the failure.")
        private @Nullable String exception;

        @Option(names = "--note", paramLabel = "TEXT", description = "Part of the note on the letter.")
        private @Nullable String note;

        @Option(names = "--find", paramLabel = "TEXT", description = "An identifier, or a reference.")
        private @Nullable String find;

        String query() {
            Map<String, @Nullable String> all = new LinkedHashMap<>();
            all.put("state", state);
            all.put("cause", cause);
            all.put("group", group);
            all.put("agency", agency);
            all.put("sender", sender);
            all.put("recipient", recipient);
            all.put("dialect", dialect);
            all.put("stage", stage);
            all.put("failure", failure);
            all.put("since", since);
            all.put("until", until);
            all.put("urgency", urgency);
            all.put("referral", referral);
            all.put("due-before", dueBefore);
            all.put("owner", owner);
            all.put("risk", risk);
            all.put("place", place);
            all.put("configuration", configuration);
            all.put("finding", finding);
            all.put("exception", exception);
            all.put("note", note);
            all.put("q", find);
            StringJoiner query = new StringJoiner("&");
            all.forEach((name, value) -> {
                if (value != null) {
                    query.add(name + "=" + HubClient.encode(value));
                }
            });
            return query.toString();
        }
    }

    /** The letters. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List letters: the most urgent first, of these the ones that must be answered first.")
    static final class ListLetters extends ClientCommand {
        @ArgGroup(validate = false)
        private Filter filter = new Filter();

        @Option(names = "--size", paramLabel = "N", description = "Letters on a page, 1 to 500 (default: 50).")
        private @Nullable Integer size;

        @Option(names = "--after", paramLabel = "PLACE", description = "Go on where the page before has ended.")
        private @Nullable String after;

        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.get("/dead-letters?" + filter.query()
                    + (size == null ? "" : "&size=" + size)
                    + (after == null ? "" : "&after=" + HubClient.encode(after)));
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
                return ExitCodes.OK;
            }
            for (JsonNode letter : answer.json().path("items")) {
                out().println("%s  %-9s due %s  %-10s %-24s %s -> %s  %s  attempts %s  %s"
                        .formatted(
                                Print.text(letter, "id"),
                                Print.text(letter, "urgency"),
                                Print.text(letter, "dueAt"),
                                Print.text(letter, "state"),
                                Print.text(letter, "cause"),
                                Print.text(letter, "sender"),
                                Print.text(letter, "recipient"),
                                Print.text(letter, "stage"),
                                Print.text(letter, "attempts"),
                                Print.text(letter, "owner")));
            }
            String next = answer.json().path("next").asText("");
            out().println(
                            next.isEmpty() || next.equals("null")
                                    ? "%d in all."
                                            .formatted(
                                                    answer.json().path("items").size())
                                    : "There are more: --after " + next);
            return ExitCodes.OK;
        }
    }

    /** The groups. */
    @Command(
            name = "groups",
            mixinStandardHelpOptions = true,
            description = "List letters that failed alike, the most pressing group first.")
    static final class Groups extends ClientCommand {
        @Option(names = "--all", description = "Also groups of which nothing is open any more.")
        private boolean all;

        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.get("/dead-letters/groups" + (all ? "?all=true" : ""));
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
                return ExitCodes.OK;
            }
            for (JsonNode group : answer.json().path("items")) {
                out().println("%s  %6s open of %-6s  %-9s %-24s %s  %s %s  since %s  last %s  %s"
                        .formatted(
                                Print.text(group, "fingerprint"),
                                Print.text(group, "open"),
                                Print.text(group, "total"),
                                Print.text(group, "urgency"),
                                Print.text(group, "cause"),
                                Print.text(group, "recipient"),
                                Print.text(group, "stage"),
                                Print.text(group, "findings"),
                                Print.text(group, "firstSeen"),
                                Print.text(group, "lastSeen"),
                                Print.text(group, "remedy")));
                if (group.path("note").isTextual()) {
                    out().println("    " + Print.text(group, "note"));
                }
            }
            return ExitCodes.OK;
        }
    }

    /** One letter. */
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Show all that is known of a letter but its content.")
    static final class ShowLetter extends ClientCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The letter.")
        private String id = "";

        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.get("/dead-letters/" + HubClient.encode(id));
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
                return ExitCodes.OK;
            }
            JsonNode letter = answer.json();
            Print.fields(out(), letter.path("summary"));
            out().println("%-14s %s".formatted("exception", Print.text(letter, "exception")));
            out().println("%-14s %s".formatted("remedy", Print.text(letter, "remedy")));
            Print.findings(out(), letter.path("findings"));
            Print.history(out(), letter.path("history"));
            return ExitCodes.OK;
        }
    }

    /** Something that is ordered about one letter. */
    abstract static class LetterOrder extends ClientCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The letter.")
        private String id = "";

        @Option(
                names = "--expected",
                paramLabel = "N",
                description = "The revision that you saw; when the letter has changed since, nothing is done.")
        private @Nullable Integer expected;

        /** As the path names it. */
        abstract String action();

        /** What has been done. */
        abstract String done();

        /** Adds what only this order has. */
        abstract void fill(ObjectNode body);

        @Override
        int call(HubClient hub) throws JsonProcessingException {
            ObjectNode body = JSON.createObjectNode();
            if (expected != null) {
                body.put("expected", expected);
            }
            fill(body);
            HubClient.Answer answer = hub.post(
                    "/dead-letters/" + HubClient.encode(id) + "/" + action(),
                    "application/json",
                    JSON.writeValueAsBytes(body));
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
            } else {
                boolean requested = answer.json().path("status").asText().equals("requested");
                out().println(requested ? "The order is kept; the hub will carry it out." : done());
            }
            return ExitCodes.OK;
        }
    }

    /** Once more. */
    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description = "Send a letter again; however often it is asked for, it goes once.")
    static final class Replay extends LetterOrder {
        @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the other operators.")
        private String reason = "";

        @Override
        String action() {
            return "replay";
        }

        @Override
        String done() {
            return "It is sent again.";
        }

        @Override
        void fill(ObjectNode body) {
            body.put("reason", reason);
        }
    }

    /** Away with it. */
    @Command(
            name = "discard",
            mixinStandardHelpOptions = true,
            description = "Put a letter away; it can be restored until its time is over.")
    static final class Discard extends LetterOrder {
        @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; nothing personal.")
        private String reason = "";

        @Override
        String action() {
            return "discard";
        }

        @Override
        String done() {
            return "It is put away. The recipient's clock goes on.";
        }

        @Override
        void fill(ObjectNode body) {
            body.put("reason", reason);
        }
    }

    /** Back again. */
    @Command(name = "restore", mixinStandardHelpOptions = true, description = "Bring back a letter that was put away.")
    static final class Restore extends LetterOrder {
        @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the other operators.")
        private String reason = "";

        @Override
        String action() {
            return "restore";
        }

        @Override
        String done() {
            return "It is open again.";
        }

        @Override
        void fill(ObjectNode body) {
            body.put("reason", reason);
        }
    }

    /** To its sender. */
    @Command(
            name = "return",
            mixinStandardHelpOptions = true,
            description = "Give a letter back to its sender, with what was found at which places, and your words.")
    static final class Return extends LetterOrder {
        @Option(
                names = "--reason",
                paramLabel = "TEXT",
                required = true,
                description = "What the sender should do, in words that it reads; nothing personal.")
        private String reason = "";

        @Override
        String action() {
            return "return";
        }

        @Override
        String done() {
            return "Its sender is told.";
        }

        @Override
        void fill(ObjectNode body) {
            body.put("reason", reason);
        }
    }

    /** Whose it is. */
    @Command(name = "own", mixinStandardHelpOptions = true, description = "Say who looks after a letter.")
    static final class Own extends LetterOrder {
        @Option(
                names = "--owner",
                paramLabel = "USER",
                defaultValue = "me",
                description = "Who looks after it; empty for nobody (default: me).")
        private String owner = "me";

        @Override
        String action() {
            return "own";
        }

        @Override
        String done() {
            return "It is recorded.";
        }

        @Override
        void fill(ObjectNode body) {
            body.put("owner", owner);
        }
    }

    /** For the others. */
    @Command(name = "note", mixinStandardHelpOptions = true, description = "Leave a note on a letter.")
    static final class Note extends LetterOrder {
        @Parameters(index = "1", paramLabel = "TEXT", description = "The note; nothing personal. Empty takes it off.")
        private String note = "";

        @Override
        String action() {
            return "note";
        }

        @Override
        String done() {
            return "It is recorded.";
        }

        @Override
        void fill(ObjectNode body) {
            body.put("note", note);
        }
    }
}
