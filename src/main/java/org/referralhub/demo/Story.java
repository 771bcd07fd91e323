package org.referralhub.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;

/** Invented referrals. No name, number or place in them is anybody's; the places are the pilot's khoroos. */
final class Story {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> CONCERNS =
            List.of("UNKNOWN", "PHYSICAL_VIOLENCE", "EMOTIONAL_VIOLENCE", "NEGLECT", "PEER_BULLYING");
    private static final List<String> KHOROOS = List.of("111095", "111054", "111653", "111669", "112567", "112569");
    private static final List<String> NARRATIVES = List.of(
            "Хүүхэд гэртээ харихаас айж байна.",
            "Хүүхэд хэдэн өдөр хичээлдээ ирсэнгүй.",
            "Айлын хүүхдийн уйлах чимээ шөнө бүр сонсогдож байна.",
            "Хүүхэд ганцаараа гудамжинд явж байна.");

    private Story() {}

    /** A helpline's call record; every third holds almost nothing. */
    static String call(Random random, String callId, String recipient, OffsetDateTime at) {
        ObjectNode call = JSON.objectNode();
        call.put("record_type", "CALL");
        call.put("call_id", callId);
        call.put("call_time", at.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
        call.put("send_to", recipient);
        ObjectNode caller = call.putObject("caller");
        caller.put("callback_number", "9900" + (1000 + random.nextInt(9000)));
        if (random.nextInt(3) == 0) {
            call.putArray("concerns").add("UNKNOWN");
            return call.toString();
        }
        caller.put("relation", "neighbour");
        call.put("response", one(random, List.of("NOW", "WITHIN_HOUR", "TODAY")));
        call.putArray("concerns").add(one(random, CONCERNS));
        String khoroo = one(random, KHOROOS);
        ObjectNode address = call.putObject("address");
        address.put("aimag", "11");
        address.put("soum", khoroo.substring(0, 4));
        address.put("bag", khoroo);
        call.put("story", one(random, NARRATIVES));
        return call.toString();
    }

    /** A canonical request, with the identifier that the hub is going to give it. */
    static ObjectNode request(Random random, String messageId, String sender, String recipient, OffsetDateTime at) {
        ObjectNode request = envelope(messageId, MessageType.REQUEST, sender, at);
        request.put("recipient", recipient);
        request.put("referralId", Identifiers.referralId(sender, messageId));
        ObjectNode body = request.putObject("body");
        body.put("urgency", one(random, List.of("URGENT", "PRIORITY", "ROUTINE")));
        body.putArray("concerns").add(one(random, CONCERNS));
        String khoroo = one(random, KHOROOS);
        ObjectNode address = body.putObject("child").putObject("address");
        address.put("state", "11");
        address.put("district", khoroo.substring(0, 4));
        address.put("subdistrict", khoroo);
        body.put("narrative", one(random, NARRATIVES));
        return request;
    }

    /** A recipient's canonical answer. */
    static ObjectNode answer(
            String messageId,
            MessageType type,
            String referralId,
            @Nullable String answered,
            String sender,
            OffsetDateTime at,
            String body) {
        ObjectNode answer = envelope(messageId, type, sender, at);
        answer.put("referralId", referralId);
        if (answered != null) {
            answer.put("correlationId", answered);
        }
        answer.set("body", read(body));
        return answer;
    }

    private static JsonNode read(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("what the demo says is no JSON", e);
        }
    }

    private static ObjectNode envelope(String messageId, MessageType type, String sender, OffsetDateTime at) {
        ObjectNode message = JSON.objectNode();
        message.put("messageId", messageId);
        message.put("messageType", type.name());
        message.put("schemaVersion", "1.0");
        message.put("version", 1);
        message.put("sentAt", at.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
        message.put("sender", sender);
        return message;
    }

    private static String one(Random random, List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
