package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.OpeningHours;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;
import org.referralhub.message.Urgency;

/** How soon a recipient must acknowledge and accept, from {@code config/response-times.yaml}. */
public final class ResponseTimes {
    private static final String FILE = "response-times";

    /** The proposal of the trade; used when the file has faults, so that the others can be found in the same run. */
    public static final ResponseTimes PROPOSED = new ResponseTimes(
            Map.of(
                    Urgency.IMMEDIATE, new Times(Duration.ofMinutes(15), Duration.ofHours(1), Calendar.ALWAYS),
                    Urgency.URGENT, new Times(Duration.ofHours(1), Duration.ofHours(3), Calendar.ALWAYS),
                    Urgency.PRIORITY, new Times(Duration.ofHours(4), Duration.ofHours(24), Calendar.OFFICE),
                    Urgency.ROUTINE, new Times(Duration.ofHours(24), Duration.ofHours(72), Calendar.OFFICE)),
            null);

    /** When time passes for a recipient. */
    enum Calendar {
        /** Day and night. */
        ALWAYS,
        /** While its office is open. */
        OFFICE
    }

    /** Time allowed from the moment the referral is recorded. */
    record Times(Duration acknowledge, Duration accept, Calendar calendar) {}

    /**
     * Other times for what comes in at night.
     *
     * @param from on the clock of the recipient's office
     * @param to the first moment that is not night; before {@code from} when the night goes over midnight
     */
    record Night(LocalTime from, LocalTime to, Map<Urgency, Times> times) {
        boolean covers(LocalTime time) {
            return from.isBefore(to)
                    ? !time.isBefore(from) && time.isBefore(to)
                    : !time.isBefore(from) || time.isBefore(to);
        }
    }

    /** The moments at which the clocks run out. */
    record Deadlines(Instant acknowledgeBy, Instant acceptBy) {}

    private final Map<Urgency, Times> times;
    private final @Nullable Night night;

    ResponseTimes(Map<Urgency, Times> times, @Nullable Night night) {
        this.times = new EnumMap<>(times);
        this.night = night;
    }

    /** Reads the file; what is wrong with it is added to the faults. */
    public static ResponseTimes load(HubHome home, Faults faults) {
        Located file = YamlFile.read(home, home.config().resolve(FILE + ".yaml"), FILE, faults);
        if (!file.isSound()) {
            return PROPOSED;
        }
        int before = faults.all().size();
        Map<Urgency, Times> times = new EnumMap<>(Urgency.class);
        for (Urgency urgency : Urgency.values()) {
            String pointer = "/urgency/" + urgency.name();
            boolean office =
                    "office".equals(file.tree().at(pointer + "/calendar").asText());
            times.put(urgency, times(file, pointer, office ? Calendar.OFFICE : Calendar.ALWAYS, faults));
        }
        if (faults.all().size() == before) {
            mostUrgentFirst(file, times, faults);
        }
        return new ResponseTimes(times, file.tree().has("night") ? night(file, times, faults) : null);
    }

    /** An urgency that waits longer than a lesser one is a slip of the pen. */
    private static void mostUrgentFirst(Located file, Map<Urgency, Times> times, Faults faults) {
        Times lesser = null;
        List<Urgency> leastFirst = new ArrayList<>(times.keySet());
        Collections.reverse(leastFirst);
        for (Urgency urgency : leastFirst) {
            Times own = times.get(urgency);
            if (own != null && lesser != null) {
                boolean acknowledge = own.acknowledge().compareTo(lesser.acknowledge()) > 0;
                if (acknowledge || own.accept().compareTo(lesser.accept()) > 0) {
                    faults.add(file.fault(
                            "/urgency/" + urgency.name() + (acknowledge ? "/acknowledgeWithin" : "/acceptWithin"),
                            "%s is slower than what is less urgent".formatted(urgency),
                            "make it at most as long as the next below"));
                }
            }
            lesser = own;
        }
    }

    private static Night night(Located file, Map<Urgency, Times> byDay, Faults faults) {
        JsonNode night = file.tree().path("night");
        Map<Urgency, Times> times = new EnumMap<>(Urgency.class);
        for (Urgency urgency : Urgency.values()) {
            String pointer = "/night/urgency/" + urgency.name();
            Times day = byDay.get(urgency);
            if (day == null || file.tree().at(pointer).isMissingNode()) {
                continue;
            }
            Times own = times(file, pointer, Calendar.ALWAYS, faults);
            if (own.acknowledge().compareTo(day.acknowledge()) > 0
                    || own.accept().compareTo(day.accept()) > 0) {
                faults.add(file.fault(
                        pointer, "the times at night are longer than by day", "make them shorter, or leave them out"));
            }
            times.put(urgency, own);
        }
        return new Night(
                LocalTime.parse(night.path("from").asText()),
                LocalTime.parse(night.path("to").asText()),
                times);
    }

    private static Times times(Located file, String pointer, Calendar calendar, Faults faults) {
        JsonNode entry = file.tree().at(pointer);
        Duration acknowledge = duration(file, entry, pointer, "acknowledgeWithin", faults);
        Duration accept = duration(file, entry, pointer, "acceptWithin", faults);
        if (accept.compareTo(acknowledge) < 0) {
            faults.add(file.fault(
                    pointer + "/acceptWithin",
                    "the time to accept is shorter than the time to acknowledge",
                    "make acceptWithin at least as long as acknowledgeWithin"));
        }
        return new Times(acknowledge, accept, calendar);
    }

    private static Duration duration(Located file, JsonNode entry, String pointer, String field, Faults faults) {
        try {
            Duration duration = Duration.parse(entry.path(field).asText());
            if (!duration.isNegative() && !duration.isZero()) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // The same fault as for a duration that is not positive.
        }
        faults.add(file.fault(
                pointer + "/" + field, "not a positive duration", "write an ISO 8601 duration such as PT15M or PT24H"));
        return Duration.ofHours(1);
    }

    /**
     * When this office must have acknowledged and accepted.
     *
     * @param office its opening hours and time zone
     * @param from when the hub recorded what it has to answer
     */
    Deadlines deadlines(Urgency urgency, OpeningHours office, Instant from) {
        Times allowed = times(urgency, office, from);
        OpeningHours open = allowed.calendar() == Calendar.OFFICE ? office : OpeningHours.ALWAYS;
        return new Deadlines(open.after(from, allowed.acknowledge()), open.after(from, allowed.accept()));
    }

    /**
     * When somebody must have acknowledged what has come in now.
     *
     * @param recipient whose hours count; empty when it is nobody's yet, and every hour counts
     */
    public Instant acknowledgeBy(Urgency urgency, Optional<Agency> recipient, Instant from) {
        return deadlines(urgency, recipient.map(Agency::hours).orElse(OpeningHours.ALWAYS), from)
                .acknowledgeBy();
    }

    private Times times(Urgency urgency, OpeningHours office, Instant from) {
        Times byDay = times.getOrDefault(urgency, new Times(Duration.ofHours(1), Duration.ofHours(3), Calendar.ALWAYS));
        Night rule = night;
        return rule != null && rule.covers(from.atZone(office.zone()).toLocalTime())
                ? rule.times().getOrDefault(urgency, byDay)
                : byDay;
    }
}
