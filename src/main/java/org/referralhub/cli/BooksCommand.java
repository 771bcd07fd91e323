package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whether everything is accounted for. */
@Command(
        name = "books",
        mixinStandardHelpOptions = true,
        description = {
            "Show whether everything that was accepted is accounted for.",
            "owed = delivered + waiting + desk + withdrawn; exit code 1 when something does not agree.",
            "With --manifest: what passed between the hub and one agency on one day, as CSV; agencies may ask for their own."
        })
final class BooksCommand extends ClientCommand {
    private static final String LINE = "%-32s %9s %9s %9s %9s %9s";
    private static final Duration FIRST_STEP = Duration.ofDays(1);
    /** A step of the verification that takes less than this is followed by one of twice its length. */
    private static final Duration QUICK = Duration.ofSeconds(1);
    /** One that takes more is followed by one of half its length, long before anybody loses patience. */
    private static final Duration SLOW = Duration.ofSeconds(10);

    private static final Duration SHORTEST_STEP = Duration.ofHours(1);
    private static final Duration LONGEST_STEP = Duration.ofDays(32);

    private static final ZoneId DAY_AND_NIGHT = ZoneId.of("Asia/Ulaanbaatar");

    @ArgGroup
    private What what = new What();

    @Option(names = "--agency", paramLabel = "ID", description = "With --hours or --manifest: this agency alone.")
    private @Nullable String agency;

    @Option(
            names = "--day",
            paramLabel = "DATE",
            description = "With --hours or --manifest: 2026-11-22; today when it is missing."
                    + " With --verify: look at this day and later ones only.")
    private @Nullable LocalDate day;

    /** One of these. */
    static final class What {
        @Option(
                names = "--verify",
                description =
                        "Look at every row again, and name those that are wrong; some seconds for each million messages.")
        private boolean verify;

        @Option(names = "--hours", description = "What each hour of a day took in, and what has become of it.")
        private boolean hours;

        @Option(names = "--manifest", description = "Ids and digests of what passed between the hub and an agency.")
        private boolean manifest;
    }

    @Override
    int call(HubClient hub) {
        if (what.manifest) {
            return manifest(hub);
        }
        if (what.hours) {
            return hours(hub);
        }
        HubClient.Answer answer = hub.get("/books");
        if (!answer.good()) {
            return refused(answer);
        }
        return what.verify ? verify(hub, answer) : show(answer);
    }

    private int show(HubClient.Answer answer) {
        JsonNode books = answer.json();
        if (json()) {
            Print.json(out(), answer);
        } else {
            out().println(LINE.formatted("agency", "owed", "delivered", "waiting", "desk", "withdrawn"));
            for (JsonNode account : books.path("byAgency")) {
                account(account, Print.text(account, "agency"));
            }
            account(books.path("total"), "all");
            out().println("Messages accepted: %s, refused: %s. Dead letters open: %s."
                    .formatted(
                            Print.text(books, "acceptedMessages"),
                            Print.text(books, "refusedMessages"),
                            Print.text(books, "openLetters")));
            books.path("faults").forEach(fault -> out().println("  " + fault.asText()));
            out().println(books.path("balanced").asBoolean() ? "The books balance." : "The books do NOT balance.");
        }
        return books.path("balanced").asBoolean() ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    /** Step by step, so that no answer takes long and whoever waits sees how far it is. */
    private int verify(HubClient hub, HubClient.Answer first) {
        String since = first.json().path("since").asText("");
        Instant begin = Instant.now();
        Instant from = since.isEmpty() || "null".equals(since) ? begin : Instant.parse(since);
        if (day != null) {
            Instant wanted = day.atStartOfDay(DAY_AND_NIGHT).toInstant();
            from = wanted.isAfter(from) ? wanted : from;
        }
        Duration all = Duration.between(from, begin);
        Duration step = FIRST_STEP;
        Set<String> faults = new LinkedHashSet<>();
        HubClient.Answer answer = first;
        while (true) {
            Instant to = from.plus(step).truncatedTo(ChronoUnit.HOURS);
            boolean last = !to.isBefore(begin);
            Instant asked = Instant.now();
            answer = hub.get("/books?verify=true&from=" + from + (last ? "" : "&to=" + to));
            if (!answer.good()) {
                return refused(answer);
            }
            answer.json().path("faults").forEach(fault -> faults.add(fault.asText()));
            if (last) {
                break;
            }
            progress(
                    to,
                    all.isZero() ? 100 : 100 - 100 * Duration.between(to, begin).toMillis() / all.toMillis());
            step = next(step, Duration.between(asked, Instant.now()));
            from = to;
        }
        JsonNode books = answer.json();
        if (books instanceof ObjectNode object) {
            object.put("balanced", faults.isEmpty());
            ArrayNode every = object.putArray("faults");
            faults.forEach(every::add);
        }
        return show(new HubClient.Answer(answer.status(), books.toString()));
    }

    /** How much to look at next, after a step took so long. */
    static Duration next(Duration step, Duration took) {
        if (took.compareTo(QUICK) < 0) {
            Duration longer = step.multipliedBy(2);
            return longer.compareTo(LONGEST_STEP) > 0 ? LONGEST_STEP : longer;
        }
        if (took.compareTo(SLOW) > 0) {
            Duration shorter = step.dividedBy(2).truncatedTo(ChronoUnit.HOURS);
            return shorter.compareTo(SHORTEST_STEP) < 0 ? SHORTEST_STEP : shorter;
        }
        return step;
    }

    private void progress(Instant until, long percent) {
        if (!json()) {
            err().println("verified until %s, %d %%".formatted(until, percent));
        }
    }

    private int hours(HubClient hub) {
        LocalDate wanted = wanted();
        String query = "/books/hours?from=" + HubClient.encode(offset(wanted)) + "&to="
                + HubClient.encode(offset(wanted.plusDays(1)))
                + (agency == null ? "" : "&agency=" + HubClient.encode(agency));
        HubClient.Answer answer = hub.get(query);
        if (!answer.good()) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
            return ExitCodes.OK;
        }
        out().println(LINE.formatted("hour", "owed", "delivered", "waiting", "desk", "withdrawn"));
        for (JsonNode hour : answer.json()) {
            String begins = Instant.parse(hour.path("hour").asText())
                    .atZone(DAY_AND_NIGHT)
                    .toOffsetDateTime()
                    .toString();
            account(hour.path("account"), begins);
        }
        return ExitCodes.OK;
    }

    private int manifest(HubClient hub) {
        String query = "/manifest?day=" + wanted() + (agency == null ? "" : "&agency=" + HubClient.encode(agency));
        if (!json()) {
            HubClient.Answer answer = hub.get(query + "&format=csv");
            if (!answer.good()) {
                return refused(answer);
            }
            out().print(answer.body());
            out().flush();
            return ExitCodes.OK;
        }
        HubClient.Answer answer = hub.get(query + "&size=1000");
        if (!answer.good()) {
            return refused(answer);
        }
        JsonNode whole = answer.json();
        String next = whole.path("next").asText("");
        while (!next.isEmpty() && !"null".equals(next) && whole.path("lines") instanceof ArrayNode lines) {
            answer = hub.get(query + "&size=1000&after=" + HubClient.encode(next));
            if (!answer.good()) {
                return refused(answer);
            }
            answer.json().path("lines").forEach(lines::add);
            next = answer.json().path("next").asText("");
        }
        if (whole instanceof ObjectNode object) {
            object.remove("next");
        }
        Print.json(out(), new HubClient.Answer(answer.status(), whole.toString()));
        return ExitCodes.OK;
    }

    private LocalDate wanted() {
        return day == null ? LocalDate.now(DAY_AND_NIGHT) : day;
    }

    private static String offset(LocalDate day) {
        return day.atStartOfDay(DAY_AND_NIGHT).toOffsetDateTime().toString();
    }

    private void account(JsonNode account, String name) {
        out().println(LINE.formatted(
                name,
                Print.text(account, "owed"),
                Print.text(account, "delivered"),
                Print.text(account, "waiting"),
                Print.text(account, "desk"),
                Print.text(account, "withdrawn")));
    }
}
