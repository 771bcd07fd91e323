package org.referralhub.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Call records of the helpline. Half of them know next to nothing, a third know the child and the place, the rest are as full
 * as a call gets.
 */
final class HelplineCalls {
    private static final List<String> CONCERNS = List.of(
            "PHYSICAL_VIOLENCE",
            "EMOTIONAL_VIOLENCE",
            "NEGLECT",
            "DOMESTIC_VIOLENCE_WITNESS",
            "SUBSTANCE_ENVIRONMENT",
            "SEXUAL_VIOLENCE",
            "ONLINE_ABUSE",
            "NO_CAREGIVER");
    private static final List<String> RESPONSES = List.of("NOW", "WITHIN_HOUR", "TODAY", "PLANNED");
    private static final List<String> CALLERS =
            List.of("self", "neighbour", "relative", "teacher", "friend", "unknown");
    private static final List<String> RELATIONS = List.of("BIRTH_PARENT", "STEP_PARENT", "NEIGHBOUR", "UNKNOWN");

    private final List<PlaceCodes> places;
    private final OffsetDateTime now;

    HelplineCalls(List<PlaceCodes> places, OffsetDateTime now) {
        this.places = places;
        this.now = now;
    }

    /**
     * @param random what kind of call it is; the same gives a document of about the same size
     * @param child who it is about
     */
    ObjectNode next(String callId, RandomGenerator random, InventedChild child) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        record.put("record_type", "CALL");
        record.put("call_id", callId);
        record.put(
                "call_time", now.minusSeconds(random.nextInt(60, 3600)).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
        record.put("operator", "op-" + random.nextInt(10, 40));
        int known = random.nextInt(6);
        if (known < 3) {
            almostNothing(record, random);
        } else {
            childAndPlace(record, random, child);
            if (known == 5) {
                everything(record, random, child);
            }
        }
        return record;
    }

    /** A frightened child, or nobody who says a word. */
    private void almostNothing(ObjectNode record, RandomGenerator random) {
        boolean silent = random.nextInt(3) == 0;
        record.put("call_class", silent ? "SILENT" : "RIGHTS_PROTECTION");
        if (silent) {
            record.put("silent_calls", random.nextInt(3, 6));
        } else {
            record.put("response", Wording.one(RESPONSES, random));
        }
        record.putArray("concerns").add("UNKNOWN");
        record.putObject("caller")
                .put("relation", silent ? "unknown" : "self")
                .put("anonymous", true)
                .put("callback_number", Wording.phone(random));
        if (random.nextBoolean()) {
            address(record, random);
        }
        if (random.nextBoolean()) {
            record.put("story", Wording.story(1, random));
        }
    }

    private void childAndPlace(ObjectNode record, RandomGenerator random, InventedChild child) {
        record.put("call_class", "RIGHTS_PROTECTION");
        record.put("response", Wording.one(RESPONSES, random));
        record.put("danger_level", Wording.one(List.of("HIGH", "MEDIUM", "LOW"), random));
        record.putArray("concerns").add(Wording.one(CONCERNS, random));
        record.putObject("caller")
                .put("relation", Wording.one(CALLERS, random))
                .put("anonymous", false)
                .put("name", Wording.given(random))
                .put("callback_number", Wording.phone(random));
        boolean female = random.nextBoolean();
        record.putObject("child")
                .put("first_name", child.given())
                .put("father_name", child.patronymic())
                .put("age", random.nextInt(4, 17))
                .put("sex", female ? "female" : "male");
        address(record, random).put("details", random.nextInt(1, 80) + "-р байр, " + random.nextInt(1, 120) + " тоот");
        record.put("story", Wording.story(random.nextInt(2, 5), random));
    }

    private void everything(ObjectNode record, RandomGenerator random, InventedChild child) {
        ObjectNode known = record.withObjectProperty("child");
        LocalDate born = child.born(now.toLocalDate(), known.path("age").asInt());
        boolean female = "female".equals(known.path("sex").asText());
        known.put("born", born.toString());
        known.put("age", java.time.Period.between(born, now.toLocalDate()).getYears());
        known.put("register", child.register(born, female));
        known.putObject("school").put("code", "S" + random.nextInt(1, 150)).put("class", random.nextInt(1, 12) + "б");
        record.putArray("caregivers")
                .addObject()
                .put("name", Wording.patronymic(random))
                .put("relation", "MOTHER")
                .put("phone", Wording.phone(random));
        record.putArray("incidents")
                .addObject()
                .put("date", now.toLocalDate().minusDays(random.nextInt(1, 5)).toString())
                .put("time", Wording.one(List.of("MORNING", "EVENING", "NIGHT"), random))
                .put("place", "HOME")
                .put("story", Wording.story(2, random))
                .put("happened_before", random.nextBoolean());
        record.putArray("suspects").addObject().put("relation", Wording.one(RELATIONS, random));
        record.putArray("requests").addObject().put("service", "SAFETY").put("within", "P1D");
        record.put("legal_basis", "VITAL_INTERESTS");
        record.putObject("consent")
                .put("services", true)
                .put("disclosure", true)
                .put("from", "CHILD");
    }

    private ObjectNode address(ObjectNode record, RandomGenerator random) {
        PlaceCodes place = Wording.one(places, random);
        return record.putObject("address")
                .put("aimag", place.state())
                .put("soum", place.district())
                .put("bag", place.subdistrict());
    }
}
