package org.referralhub.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.referralhub.dialect.Speaker;

/** The system of an office that speaks one of the dialects over HTTP, well-mannered or not. Ends when it is closed. */
public final class Partner implements Runnable, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LATE = Duration.ofSeconds(12);

    /** How it behaves. */
    public enum Manner {
        /** Acknowledges, accepts, notices what comes twice, and acknowledges a recall. */
        GOOD,
        /** Takes every message for a new one. */
        MAKES_TWO_CASES,
        /** Never looks into its inbox again after a message that comes twice. */
        STOPS_LOOKING,
        IGNORES_RECALLS,
        /** Acknowledges a recall and begins to work. */
        GOES_ON_AFTER_A_RECALL,
        /** Acknowledges, and then nobody looks at it. */
        NEVER_DECIDES,
        /** Falls over a referral without a story. */
        CHOKES_ON_LITTLE,
        /** Needs twelve seconds for an answer. */
        LATE,
        /** Answers in words that the hub does not know. */
        WRONG_FORMAT
    }

    private record Answer(Instant due, byte[] document) {}

    private final Participant office;
    private final Manner manner;
    private final Speaker speaker;
    private final Set<String> known = new HashSet<>();
    private final List<Answer> answers = new ArrayList<>();
    private volatile boolean closed;

    public Partner(Participant office, Manner manner, String dialect) {
        this.office = office;
        this.manner = manner;
        this.speaker = new Speaker(dialect);
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void run() {
        while (!closed) {
            try {
                for (JsonNode message :
                        JSON.readTree(office.get("/inbox?max=20&wait=1").text())) {
                    if (closed) {
                        return;
                    }
                    take(
                            message.path("referralId").asText(),
                            message.path("messageType").asText(),
                            speaker.understand(message.path("body").asText().getBytes(StandardCharsets.UTF_8)));
                    office.call("DELETE", "/inbox/" + message.path("id").asText(), null, new byte[0]);
                }
                for (Answer answer : List.copyOf(answers)) {
                    if (!Instant.now().isBefore(answer.due())) {
                        answers.remove(answer);
                        office.post("/messages", speaker.mediaType(), answer.document());
                    }
                }
            } catch (java.io.IOException | RuntimeException e) {
                if (!closed) {
                    throw new IllegalStateException("the office's system fell over", e);
                }
            }
        }
    }

    private void take(String referral, String type, JsonNode message) {
        boolean first = known.add(message.path("messageId").asText());
        if (!first && manner != Manner.MAKES_TWO_CASES) {
            if (manner == Manner.STOPS_LOOKING) {
                close();
            }
            return;
        }
        switch (type) {
            case "REQUEST" -> {
                if (manner == Manner.CHOKES_ON_LITTLE
                        && message.at("/body/narrative").isMissingNode()) {
                    return;
                }
                answer(referral, message, "ACK");
                if (manner != Manner.NEVER_DECIDES) {
                    answer(referral, message, "ACCEPT");
                }
            }
            case "RECALL" -> {
                if (manner != Manner.IGNORES_RECALLS) {
                    answer(referral, message, "ACK");
                }
                if (manner == Manner.GOES_ON_AFTER_A_RECALL) {
                    answers.add(new Answer(Instant.now().plusSeconds(1), document(referral, message, "START")));
                }
            }
            default -> {
                // Receipts and amendments need no answer.
            }
        }
    }

    private void answer(String referral, JsonNode message, String type) {
        answers.add(new Answer(
                manner == Manner.LATE ? Instant.now().plus(LATE) : Instant.now(), document(referral, message, type)));
    }

    private byte[] document(String referral, JsonNode message, String type) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("messageId", "office-" + UUID.randomUUID());
        answer.put("messageType", type);
        answer.put("referralId", referral);
        answer.put("version", message.path("version").asInt(1));
        answer.put("correlationId", message.path("messageId").asText());
        answer.put("sentAt", Samples.now().toString());
        answer.putObject("body");
        if (manner == Manner.WRONG_FORMAT) {
            return answer.toString().replace("messageType", "type").getBytes(StandardCharsets.UTF_8);
        }
        return speaker.say(answer);
    }
}
