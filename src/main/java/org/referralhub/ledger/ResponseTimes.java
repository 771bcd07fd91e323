package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.Map;
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
    public static final ResponseTimes PROPOSED = new ResponseTimes(Map.of(
            Urgency.IMMEDIATE, new Times(Duration.ofMinutes(15), Duration.ofHours(1)),
            Urgency.URGENT, new Times(Duration.ofHours(1), Duration.ofHours(3)),
            Urgency.PRIORITY, new Times(Duration.ofHours(4), Duration.ofHours(24)),
            Urgency.ROUTINE, new Times(Duration.ofHours(24), Duration.ofHours(72))));

    /** Time allowed from the moment the referral is recorded. */
    record Times(Duration acknowledge, Duration accept) {}

    /** The moments at which the clocks run out. */
    record Deadlines(Instant acknowledgeBy, Instant acceptBy) {}

    private final Map<Urgency, Times> times;

    ResponseTimes(Map<Urgency, Times> times) {
        this.times = new EnumMap<>(times);
    }

    /** Reads the file; what is wrong with it is added to the faults. */
    public static ResponseTimes load(HubHome home, Faults faults) {
        Located file = YamlFile.read(home, home.config().resolve(FILE + ".yaml"), FILE, faults);
        if (!file.isSound()) {
            return PROPOSED;
        }
        Map<Urgency, Times> times = new EnumMap<>(Urgency.class);
        for (Urgency urgency : Urgency.values()) {
            String pointer = "/urgency/" + urgency.name();
            JsonNode entry = file.tree().at(pointer);
            Duration acknowledge = duration(file, entry, pointer, "acknowledgeWithin", faults);
            Duration accept = duration(file, entry, pointer, "acceptWithin", faults);
            if (accept.compareTo(acknowledge) < 0) {
                faults.add(file.fault(
                        pointer + "/acceptWithin",
                        "the time to accept is shorter than the time to acknowledge",
                        "make acceptWithin at least as long as acknowledgeWithin"));
            }
            times.put(urgency, new Times(acknowledge, accept));
        }
        return new ResponseTimes(times);
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

    Deadlines deadlines(Urgency urgency, OpeningHours office, Instant from) {
        Times allowed = times.getOrDefault(urgency, new Times(Duration.ofHours(1), Duration.ofHours(3)));
        return new Deadlines(from.plus(allowed.acknowledge()), from.plus(allowed.accept()));
    }
}
