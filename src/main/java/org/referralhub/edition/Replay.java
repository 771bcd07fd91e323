package org.referralhub.edition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.dialect.Dialect;
import org.referralhub.flow.Trial;
import org.referralhub.ledger.RecentMessages.Recent;

/**
 * Runs the last messages of each dialect through two editions, sending nothing, and tells what the next one would do
 * otherwise: where, and in how many of them. Values are never part of it.
 */
final class Replay {
    /** Differences that are told; who has more has changed everything. */
    private static final int MOST = 200;

    private final BiFunction<String, Integer, List<Recent>> messages;
    private final int each;

    private final Map<Difference, Integer> differences = new LinkedHashMap<>();
    private int tried;

    /** What can be otherwise. */
    enum Change {
        /** It was accepted, and would be refused. A change with this is not taken unless it is forced. */
        REFUSED(true),
        /** It went out whole, and only its urgent core would. */
        INCOMPLETE(true),
        /** A recipient could read it, and could not any more. */
        UNREADABLE(true),
        /** Somebody got it, and nobody would. */
        NOBODY(true),
        /** It was refused, and would be accepted. */
        ACCEPTED(false),
        /** Another value. */
        CHANGED(false),
        /** Not there before. */
        ADDED(false),
        /** Not there any more. */
        GONE(false);

        private final boolean harm;

        Change(boolean harm) {
            this.harm = harm;
        }

        boolean isHarm() {
            return harm;
        }
    }

    /**
     * One thing that is otherwise.
     *
     * @param dialect of the messages
     * @param where a JSON Pointer with {@code *} for a position in a list, after a word for what it points into
     */
    record Difference(String dialect, String where, Change change) {}

    /** @param each messages of one dialect at most; none are asked for when 0 */
    Replay(BiFunction<String, Integer, List<Recent>> messages, int each) {
        this.messages = messages;
        this.each = each;
    }

    /** Compares the editions. Once for each replay. */
    Replay run(Edition now, Edition next) {
        if (each > 0) {
            Trial before = trial(now);
            Trial after = trial(next);
            for (Dialect dialect : now.setup().dialects().all()) {
                if (next.setup().dialects().find(dialect.name()).isPresent()) {
                    for (Recent message : messages.apply(dialect.name(), each)) {
                        one(dialect.name(), message, before, now, after, next);
                    }
                }
            }
        }
        return this;
    }

    private static Trial trial(Edition edition) {
        return new Trial(
                edition.handbook().translator(),
                edition.setup().recipients(),
                edition.setup().disclosure());
    }

    private void one(String dialect, Recent message, Trial before, Edition now, Trial after, Edition next) {
        Optional<Agency> sender = now.setup().agencies().find(message.sender());
        Optional<Agency> later = next.setup().agencies().find(message.sender());
        // Who has left, or speaks another dialect by now, sends no such message any more.
        if (sender.isEmpty()
                || later.isEmpty()
                || !sender.get().dialect().equals(dialect)
                || !later.get().dialect().equals(dialect)) {
            return;
        }
        tried++;
        Set<Difference> found = new LinkedHashSet<>();
        new Comparison(dialect, found)
                .compare(
                        before.run(sender.get(), message.original(), message.arrivedAt()),
                        after.run(later.get(), message.original(), message.arrivedAt()));
        found.forEach(difference -> {
            if (differences.size() < MOST || differences.containsKey(difference)) {
                differences.merge(difference, 1, Integer::sum);
            }
        });
    }

    /** How many messages were run through both. */
    int tried() {
        return tried;
    }

    /** What is otherwise, and in how many messages. */
    Map<Difference, Integer> differences() {
        return differences;
    }

    /** What speaks against the next edition: messages that it would refuse, or that would not reach who read them so far. */
    List<ConfigurationFault> harm() {
        return differences.entrySet().stream()
                .filter(one -> one.getKey().change().isHarm())
                .map(one -> new ConfigurationFault(
                        "schemas/" + one.getKey().dialect(),
                        0,
                        0,
                        "%d of %d messages that came lately, accepted by the version that runs, would %s: %s"
                                .formatted(
                                        one.getValue(),
                                        tried,
                                        switch (one.getKey().change()) {
                                            case REFUSED -> "be refused";
                                            case INCOMPLETE -> "go out as their urgent core only";
                                            case UNREADABLE -> "not be written for a recipient";
                                            default -> "reach nobody";
                                        },
                                        one.getKey().where()),
                        "Correct the change; if it is meant so, take it with --force and a reason"))
                .toList();
    }

    /** Two outcomes of one message. */
    private record Comparison(String dialect, Set<Difference> found) {

        void compare(ObjectNode before, ObjectNode after) {
            boolean accepted = before.path("accepted").asBoolean();
            if (accepted != after.path("accepted").asBoolean()) {
                if (accepted) {
                    findings(after).forEach((finding, refuses) -> {
                        if (refuses) {
                            add(finding, Change.REFUSED);
                        }
                    });
                } else {
                    add("message", Change.ACCEPTED);
                }
                return;
            }
            if (after.path("incomplete").asBoolean()
                    && !before.path("incomplete").asBoolean()) {
                added(findings(before), findings(after)).forEach(finding -> add(finding, Change.INCOMPLETE));
                return;
            }
            warnings(findings(before), findings(after));
            values("canonical ", "", before.path("canonical"), after.path("canonical"));
            recipients(byAgency(before), byAgency(after));
        }

        private void warnings(Map<String, Boolean> before, Map<String, Boolean> after) {
            added(before, after).forEach(finding -> add(finding, Change.ADDED));
            added(after, before).forEach(finding -> add(finding, Change.GONE));
        }

        private static List<String> added(Map<String, Boolean> before, Map<String, Boolean> after) {
            return after.keySet().stream()
                    .filter(finding -> !before.containsKey(finding))
                    .toList();
        }

        private void recipients(Map<String, JsonNode> before, Map<String, JsonNode> after) {
            if (!before.isEmpty() && after.isEmpty()) {
                add("recipients", Change.NOBODY);
                return;
            }
            after.forEach((agency, recipient) -> {
                JsonNode known = before.get(agency);
                if (known == null) {
                    add("recipient " + agency, Change.ADDED);
                } else {
                    recipient(agency, known, recipient);
                }
            });
            before.keySet().stream()
                    .filter(agency -> !after.containsKey(agency))
                    .forEach(agency -> add("recipient " + agency, Change.GONE));
        }

        private void recipient(String agency, JsonNode before, JsonNode after) {
            if (before.has("document") && !after.has("document")) {
                add("document for " + agency, Change.UNREADABLE);
                return;
            }
            if (!before.path("rule").equals(after.path("rule"))) {
                add("rule for " + agency, Change.CHANGED);
            }
            Set<String> hidden = hidden(before);
            Set<String> hiddenNow = hidden(after);
            String kind = "view of " + after.path("kind").asText() + ' ';
            hiddenNow.stream().filter(one -> !hidden.contains(one)).forEach(one -> add(kind + one, Change.ADDED));
            hidden.stream().filter(one -> !hiddenNow.contains(one)).forEach(one -> add(kind + one, Change.GONE));
            if (!before.path("document").equals(after.path("document"))) {
                add("document in " + after.path("dialect").asText(), Change.CHANGED);
            }
        }

        /** What a recipient is not shown, or shown less of: pointer and kind of change. */
        private static Set<String> hidden(JsonNode recipient) {
            Set<String> hidden = new LinkedHashSet<>();
            for (JsonNode difference : recipient.path("differences")) {
                hidden.add(masked(difference.path("pointer").asText())
                        + ' '
                        + difference.path("change").asText());
            }
            return hidden;
        }

        /** Code and place of each finding, and whether it refuses. */
        private static Map<String, Boolean> findings(JsonNode trial) {
            Map<String, Boolean> findings = new TreeMap<>();
            for (JsonNode finding : trial.path("findings")) {
                String severity = finding.path("severity").asText();
                findings.merge(
                        "finding " + finding.path("code").asText() + " at "
                                + masked(finding.path("pointer").asText()),
                        severity.equals("error") || severity.equals("fatal"),
                        Boolean::logicalOr);
            }
            return findings;
        }

        private static Map<String, JsonNode> byAgency(JsonNode trial) {
            Map<String, JsonNode> recipients = new LinkedHashMap<>();
            trial.path("recipients")
                    .forEach(
                            recipient -> recipients.put(recipient.path("agency").asText(), recipient));
            return recipients;
        }

        private void values(String what, String pointer, @Nullable JsonNode before, @Nullable JsonNode after) {
            if (before == null || before.isMissingNode()) {
                if (after != null && !after.isMissingNode()) {
                    add(what + masked(pointer), Change.ADDED);
                }
            } else if (after == null || after.isMissingNode()) {
                add(what + masked(pointer), Change.GONE);
            } else if (before.isObject() && after.isObject()) {
                Set<String> names = new LinkedHashSet<>();
                before.fieldNames().forEachRemaining(names::add);
                after.fieldNames().forEachRemaining(names::add);
                names.forEach(name -> values(what, pointer + "/" + name, before.get(name), after.get(name)));
            } else if (before.isArray() && after.isArray()) {
                for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
                    values(what, pointer + "/" + i, before.get(i), after.get(i));
                }
            } else if (!before.equals(after)) {
                add(what + masked(pointer), Change.CHANGED);
            }
        }

        private void add(String where, Change change) {
            found.add(new Difference(dialect, where, change));
        }

        /** Positions in lists would make a difference of each. */
        private static String masked(String pointer) {
            return pointer.replaceAll("/[0-9]+(?=/|$)", "/*");
        }
    }
}
