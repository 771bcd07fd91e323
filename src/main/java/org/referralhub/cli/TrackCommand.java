package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Where a referral stands, and which ones there are. */
@Command(
        name = "track",
        mixinStandardHelpOptions = true,
        description = {
            "Show where a referral stands, for its parties and operators; or, without REF, which ones match.",
            "A child's register number and names are asked for on the terminal: on the command line others could see them."
        })
final class TrackCommand extends ClientCommand {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "REF",
            description = "Reference (RF-XXXX-XXXX-XXXX) or referralId.")
    private @Nullable String reference;

    @Option(names = "--timeline", description = "With REF: every message, state, deadline and delivery in order.")
    private boolean timeline;

    @ArgGroup(validate = false, heading = "%nWithout REF, for operators:%n")
    private Wanted wanted = new Wanted();

    /** What to look for; everything given must be true. */
    static final class Wanted {
        @Option(names = "--agency", paramLabel = "ID", description = "Sent or received by this agency.")
        private @Nullable String agency;

        @Option(names = "--place", paramLabel = "CODE", description = "In this place or in what lies in it.")
        private @Nullable String place;

        @Option(names = "--concern", paramLabel = "CODE", description = "About this concern.")
        private @Nullable String concern;

        @Option(names = "--state", paramLabel = "STATE", description = "A recipient stands in this state.")
        private @Nullable String state;

        @Option(names = "--urgency", paramLabel = "URGENCY", description = "Of this urgency.")
        private @Nullable String urgency;

        @Option(names = "--from", paramLabel = "TIME", description = "Opened then or later: 2026-11-22T08:00:00+08:00.")
        private @Nullable String from;

        @Option(names = "--to", paramLabel = "TIME", description = "Opened before.")
        private @Nullable String to;

        @Option(names = "--overdue", description = "An answer is overdue.")
        private boolean overdue;

        @Option(names = "--all", description = "Every referral, the latest first.")
        private boolean all;

        @Option(
                names = "--child",
                description = "Read a child from the input as JSON: {\"registerNo\": ...} or {\"givenName\": ...,"
                        + " \"patronymic\": ..., \"birthDate\": ...}. With --agency and --place only.")
        private boolean child;

        @Option(names = "--after", paramLabel = "NEXT", description = "Go on where the page before ended.")
        private @Nullable String after;

        @Option(names = "--size", defaultValue = "50", paramLabel = "N", description = "Referrals on a page.")
        private int size = 50;

        boolean isAnything() {
            return all
                    || child
                    || overdue
                    || agency != null
                    || place != null
                    || concern != null
                    || state != null
                    || urgency != null
                    || from != null
                    || to != null
                    || after != null;
        }

        /** True for what the search for a child does not take. */
        boolean isMoreThanAChild() {
            return all || overdue || concern != null || state != null || urgency != null || from != null || to != null;
        }

        String query() {
            StringJoiner query = new StringJoiner("&", "/referrals?", "");
            add(query, "agency", agency);
            add(query, "place", place);
            add(query, "concern", concern);
            add(query, "state", state);
            add(query, "urgency", urgency);
            add(query, "from", from);
            add(query, "to", to);
            add(query, "overdue", overdue ? "true" : null);
            add(query, "after", after);
            add(query, "size", Integer.toString(size));
            return query.toString();
        }

        private static void add(StringJoiner query, String name, @Nullable String value) {
            if (value != null) {
                query.add(name + "=" + HubClient.encode(value));
            }
        }
    }

    @Override
    int call(HubClient hub) throws Exception {
        if (reference != null) {
            return timeline ? showTimeline(hub, reference) : show(hub, reference);
        }
        if (timeline || !wanted.isAnything()) {
            throw new ParameterException(
                    spec().commandLine(),
                    "Name a referral, or say which ones: --all, --agency, --place, --overdue ...");
        }
        if (wanted.child && wanted.isMoreThanAChild()) {
            throw new ParameterException(
                    spec().commandLine(),
                    "--child goes with --agency, --place, --after and --size only; leave the others out.");
        }
        return search(hub);
    }

    private int search(HubClient hub) throws Exception {
        HubClient.Answer answer =
                wanted.child ? hub.post("/referrals/search", "application/json", child()) : hub.get(wanted.query());
        if (!answer.good()) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
            return ExitCodes.OK;
        }
        for (JsonNode referral : answer.json().path("items")) {
            StringJoiner states = new StringJoiner(", ");
            referral.path("states").properties().forEach(state -> states.add(state.getValue() + " " + state.getKey()));
            out().println("%s  %-9s %s  from %-28s %-8s %s%s"
                    .formatted(
                            Print.text(referral, "reference"),
                            Print.text(referral, "urgency"),
                            Print.text(referral, "openedAt"),
                            Print.text(referral, "sender"),
                            Print.text(referral, "place"),
                            states,
                            referral.path("incomplete").asBoolean() ? "  INCOMPLETE" : ""));
        }
        String next = answer.json().path("next").asText(null);
        if (next != null) {
            out().println("More with --after " + next);
        }
        return ExitCodes.OK;
    }

    /** The child as it was written on the input, with the filters that go with it. */
    private byte[] child() throws Exception {
        HubClient.Answer written =
                new HubClient.Answer(200, new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
        if (!(written.json() instanceof ObjectNode child)) {
            throw new ParameterException(spec().commandLine(), "The input is not a JSON object.");
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode().setAll(child);
        body.put("agency", wanted.agency);
        body.put("place", wanted.place);
        body.put("after", wanted.after);
        body.put("size", wanted.size);
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private int showTimeline(HubClient hub, String wantedReference) {
        HubClient.Answer answer = hub.get("/referrals/" + HubClient.encode(wantedReference) + "/timeline");
        if (!answer.good()) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
            return ExitCodes.OK;
        }
        for (JsonNode entry : answer.json()) {
            StringJoiner rest = new StringJoiner("  ");
            for (String field : new String[] {"messageType", "state", "basis", "cause"}) {
                if (entry.hasNonNull(field)) {
                    rest.add(entry.path(field).asText());
                }
            }
            if (entry.path("attempts").asInt(1) > 1) {
                rest.add("after " + entry.path("attempts").asInt() + " attempts");
            }
            out().println("%-24s  %-14s %-28s %s"
                    .formatted(Print.text(entry, "at"), Print.text(entry, "kind"), Print.text(entry, "agency"), rest));
        }
        return ExitCodes.OK;
    }

    private int show(HubClient hub, String wantedReference) {
        HubClient.Answer answer = hub.get("/referrals/" + HubClient.encode(wantedReference));
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
            groups("not shown", assignment.path("withheld"));
            groups("shown in part", assignment.path("reduced"));
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

    private void groups(String label, JsonNode groups) {
        StringJoiner names = new StringJoiner(", ", "    " + label + ": ", "");
        groups.forEach(group -> names.add(Print.text(group, "mn") + " / " + Print.text(group, "en")));
        if (!groups.isEmpty()) {
            out().println(names);
        }
    }
}
