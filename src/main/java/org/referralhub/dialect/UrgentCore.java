package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.referralhub.message.Finding;
import org.referralhub.message.MessageType;
import org.referralhub.message.Report;
import org.referralhub.message.Urgency;

/**
 * What goes out at once of an immediate referral that has faults: who asks, how urgent, what for, and how to reach the
 * child. A fault of form never holds that back; that the sender is another, or the person no child, does.
 */
final class UrgentCore {
    /**
     * Findings that are no faults of form: who sends it, or whom it is about, is not sure, or it says that nothing is asked
     * for.
     */
    private static final Set<String> NOT_FORMAL = Set.of(
            "sender.forged",
            "child.not-a-child",
            "envelope.hub-only",
            "message-type.unknown",
            "fhir.modifier",
            "fhir.not-asked",
            "fhir.once",
            "fhir.reference",
            "fhir.focus");

    private static final List<String> ENVELOPE = List.of(
            "messageId",
            "messageType",
            "schemaVersion",
            "referralId",
            "version",
            "correlationId",
            "sentAt",
            "sender",
            "recipient",
            "partOf");

    private static final ZoneId ZONE = ZoneId.of("Asia/Ulaanbaatar");

    private UrgentCore() {}

    /** True for a referral that does not wait for its faults to be mended. */
    static boolean isUrgent(JsonNode canonical) {
        return canonical.path("messageType").asText().equals(MessageType.REQUEST.name())
                && canonical.path("body").path("urgency").asText().equals(Urgency.IMMEDIATE.name());
    }

    /**
     * The core of a canonical message, if it has one and may go out.
     *
     * @param canonical the message with its faults
     * @param report what the sender is told
     * @param findings the findings on the canonical message, with pointers into it
     */
    static Optional<ObjectNode> of(
            ObjectNode canonical, Report report, List<Finding> findings, CanonicalSchemas schemas, Instant now) {
        if (!isUrgent(canonical)
                || report.findings().stream().anyMatch(finding -> NOT_FORMAL.contains(finding.code()))) {
            return Optional.empty();
        }
        ObjectNode core = cut(canonical, sound(canonical, findings), now);
        boolean valid = schemas.isCore(core)
                && schemas.checkSchema(core).isEmpty()
                && schemas.checkCodes(core).isEmpty();
        return valid ? Optional.of(core) : Optional.empty();
    }

    /** The message without the fields that have errors; the last first, so that positions in lists stay right. */
    private static JsonNode sound(JsonNode canonical, List<Finding> findings) {
        JsonNode sound = canonical;
        List<String> wrong = findings.stream()
                .filter(Finding::refuses)
                .map(Finding::pointer)
                .filter(pointer -> !pointer.isEmpty())
                .distinct()
                .sorted(Comparator.comparingInt(String::length)
                        .thenComparing(Comparator.naturalOrder())
                        .reversed())
                .toList();
        for (String pointer : wrong) {
            if (!Tree.at(sound, pointer).isMissingNode()) {
                sound = Tree.withoutClosing(sound, pointer);
            }
        }
        return sound;
    }

    private static ObjectNode cut(JsonNode canonical, JsonNode sound, Instant now) {
        ObjectNode core = JsonNodeFactory.instance.objectNode();
        for (String field : ENVELOPE) {
            JsonNode value = sound.get(field);
            if (value != null) {
                core.set(field, value);
            } else if (field.equals("sentAt")) {
                core.put(
                        field,
                        OffsetDateTime.ofInstant(now.truncatedTo(ChronoUnit.SECONDS), ZONE)
                                .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
            } else if (field.equals("version")) {
                core.put(field, 1);
            } else if (field.equals("schemaVersion")) {
                core.put(field, "1.0");
            }
        }
        core.put("incomplete", true);
        ObjectNode body = core.putObject("body");
        JsonNode said = sound.path("body");
        copy(said, "urgency", body);
        JsonNode address = said.path("child").path("address");
        if (address.isObject() && !address.isEmpty()) {
            body.putObject("child").set("address", address);
        }
        copy(said, "callbackPhone", body);
        copy(said, "narrative", body);
        narratives(said.path("incidents"), body);
        // what decides who may see what goes along: consent, the withhold-from list, a reporter who stays unknown
        copy(said, "consent", body);
        copy(said, "legalBasis", body);
        copy(said, "reporter", body);
        body.set("concerns", concerns(canonical.path("body").path("concerns"), said.path("concerns")));
        return core;
    }

    private static void copy(JsonNode from, String field, ObjectNode to) {
        JsonNode value = from.get(field);
        if (value != null) {
            to.set(field, value);
        }
    }

    private static void narratives(JsonNode incidents, ObjectNode body) {
        ArrayNode narratives = JsonNodeFactory.instance.arrayNode();
        for (JsonNode incident : incidents) {
            if (incident.path("narrative").isTextual()) {
                narratives.addObject().set("narrative", incident.get("narrative"));
            }
        }
        if (!narratives.isEmpty()) {
            body.set("incidents", narratives);
        }
    }

    /** The concerns that are on the list; where the sender named one and none is, that is a concern not known. */
    private static ArrayNode concerns(JsonNode named, JsonNode sound) {
        ArrayNode concerns = JsonNodeFactory.instance.arrayNode();
        if (sound.isArray()) {
            sound.forEach(concerns::add);
        }
        if (concerns.isEmpty() && named.isArray() && !named.isEmpty()) {
            concerns.add("UNKNOWN");
        }
        return concerns;
    }
}
