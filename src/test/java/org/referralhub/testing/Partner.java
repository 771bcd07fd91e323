package org.referralhub.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The system of an office that speaks canonical JSON over HTTP, well-mannered or not. Ends when it is closed. */
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

    private record Answer(Instant due, String document) {}

    private final Participant office;
    private final Manner manner;
    private final Set<String> known = new HashSet<>();
    private final List<Answer> answers = new ArrayList<>();
    private volatile boolean closed;

    public Partner(Participant office, Manner manner) {
        this.office = office;
        this.manner = manner;
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
                    take(JSON.readTree(message.path("body").asText()));
                    office.call("DELETE", "/inbox/" + message.path("id").asText(), null, new byte[0]);
                }
                for (Answer answer : List.copyOf(answers)) {
                    if (!Instant.now().isBefore(answer.due())) {
                        answers.remove(answer);
                        office.send("application/json", answer.document());
                    }
                }
            } catch (java.io.IOException | RuntimeException e) {
                if (!closed) {
                    throw new IllegalStateException("the office's system fell over", e);
                }
            }
        }
    }

    private void take(JsonNode message) {
        boolean first = known.add(message.path("messageId").asText());
        if (!first && manner != Manner.MAKES_TWO_CASES) {
            if (manner == Manner.STOPS_LOOKING) {
                close();
            }
            return;
        }
        switch (message.path("messageType").asText()) {
            case "REQUEST" -> {
                if (manner == Manner.CHOKES_ON_LITTLE
                        && message.at("/body/narrative").isMissingNode()) {
                    return;
                }
                answer(message, "ACK");
                if (manner != Manner.NEVER_DECIDES) {
                    answer(message, "ACCEPT");
                }
            }
            case "RECALL" -> {
                if (manner != Manner.IGNORES_RECALLS) {
                    answer(message, "ACK");
                }
                if (manner == Manner.GOES_ON_AFTER_A_RECALL) {
                    answers.add(new Answer(Instant.now().plusSeconds(1), document(message, "START")));
                }
            }
            default -> {
                // Receipts and amendments need no answer.
            }
        }
    }

    private void answer(JsonNode message, String type) {
        answers.add(
                new Answer(manner == Manner.LATE ? Instant.now().plus(LATE) : Instant.now(), document(message, type)));
    }

    private String document(JsonNode message, String type) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("messageId", "office-" + UUID.randomUUID());
        answer.put(manner == Manner.WRONG_FORMAT ? "type" : "messageType", type);
        answer.put("referralId", message.path("referralId").asText());
        answer.put("version", message.path("version").asInt(1));
        answer.put("correlationId", message.path("messageId").asText());
        answer.put("sentAt", Samples.now().toString());
        answer.putObject("body");
        return answer.toString();
    }
}
