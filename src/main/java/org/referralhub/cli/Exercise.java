package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What the exercise agency says to one office and hears from it, through the running hub: its documents are canonical, what it
 * hears is the timeline of each referral.
 */
final class Exercise {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ZoneId ZONE = ZoneId.of("Asia/Ulaanbaatar");
    private static final Duration LOOK = Duration.ofMillis(300);

    private final HubClient hub;
    private final Clock clock;
    private final String office;
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    /** Referrals of this run by id, and the version that each is at. */
    private final Map<String, Integer> opened = new LinkedHashMap<>();

    private int number;

    /** One thing that the office did, or that was done for it. */
    record Event(Instant at, String kind, String agency, String messageType, String messageId, String state) {}

    Exercise(HubClient hub, Clock clock, String office) {
        this.hub = hub;
        this.clock = clock;
        this.office = office;
    }

    /** The hub said something else than it says to an exercise. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failed(String message) {
            super(message);
        }
    }

    /** A new referral to the office; everything in it says that it is an exercise. */
    ObjectNode request(String urgency, String concern) {
        ObjectNode message = envelope("REQUEST");
        message.put("recipient", office);
        ObjectNode body = message.putObject("body");
        body.put("urgency", urgency);
        body.putArray("concerns").add(concern);
        body.put("callbackPhone", "99000000");
        return message;
    }

    /** Another message about a referral that this exercise has opened. */
    ObjectNode about(String referralId, String type) {
        ObjectNode message = envelope(type);
        message.put("referralId", referralId);
        int version = opened.getOrDefault(referralId, 1);
        if (type.equals("AMEND")) {
            version++;
            opened.put(referralId, version);
        }
        message.put("version", version);
        message.putObject("body").put("reason", "Дасгал. / Exercise.");
        return message;
    }

    private ObjectNode envelope(String type) {
        ObjectNode message = JSON.createObjectNode();
        message.put("messageId", "exercise-%s-%d".formatted(run, ++number));
        message.put("messageType", type);
        message.put(
                "sentAt",
                OffsetDateTime.ofInstant(clock.instant(), ZONE)
                        .truncatedTo(ChronoUnit.MILLIS)
                        .toString());
        return message;
    }

    /** Everybody whom the hub would hand the message to; each with the document it would read, if there is one. */
    JsonNode whoWouldGet(ObjectNode message) {
        HubClient.Answer answer = hub.post("/validate?stages=true", "application/json", bytes(message));
        if (!answer.good()) {
            throw new Failed("the hub answered %d; is --as the exercise agency, and its secret right?"
                    .formatted(answer.status()));
        }
        return answer.json();
    }

    /**
     * Sends it.
     *
     * @param expected what the hub should say, for example {@code accepted}
     * @return the referral's id
     */
    String send(ObjectNode message, String expected) {
        HubClient.Answer answer = hub.post("/messages", "application/json", bytes(message));
        JsonNode said = answer.json();
        String status = said.path("status").asText();
        if (!answer.good() || !status.equals(expected)) {
            throw new Failed("the hub answered %d %s to %s, not %s"
                    .formatted(
                            answer.status(), status, message.path("messageType").asText(), expected));
        }
        String referral = said.path("referralId").asText();
        opened.putIfAbsent(referral, 1);
        return referral;
    }

    /** What the timeline of the referral says, in order. */
    List<Event> events(String referralId) {
        HubClient.Answer answer = hub.get("/referrals/" + HubClient.encode(referralId) + "/timeline");
        List<Event> events = new ArrayList<>();
        for (JsonNode entry : answer.good() ? answer.json() : JSON.createArrayNode()) {
            events.add(new Event(
                    Instant.parse(entry.path("at").asText()),
                    entry.path("kind").asText(),
                    entry.path("agency").asText(),
                    entry.path("messageType").asText(),
                    entry.path("messageId").asText(),
                    entry.path("state").asText()));
        }
        return events;
    }

    /** What the office itself said about the referral, refused or not. */
    List<Event> said(String referralId) {
        return events(referralId).stream()
                .filter(event -> event.agency().equals(office))
                .filter(event -> event.kind().equals("MESSAGE") || event.kind().equals("REFUSED"))
                .toList();
    }

    /** Looks until such an event is there, or the time is over. */
    Optional<Event> await(String referralId, Duration time, Predicate<Event> wanted) {
        Instant end = clock.instant().plus(time);
        while (true) {
            Optional<Event> found = events(referralId).stream()
                    .filter(event -> event.agency().equals(office))
                    .filter(wanted)
                    .findFirst();
            if (found.isPresent() || !clock.instant().isBefore(end)) {
                return found;
            }
            pause(LOOK);
        }
    }

    /** Waits while the office may still say something that it should not. */
    static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed("interrupted");
        }
    }

    /** Calls everything off that is still open, and empties the exercise's own inbox of what came back. */
    void cleanUp() {
        for (String referral : opened.keySet()) {
            hub.post("/messages", "application/json", bytes(about(referral, "RECALL")));
        }
        JsonNode inbox = hub.get("/inbox?max=100").json();
        for (JsonNode message : inbox) {
            if (opened.containsKey(message.path("referralId").asText())) {
                hub.delete("/inbox/" + HubClient.encode(message.path("id").asText()));
            }
        }
    }

    private static byte[] bytes(ObjectNode message) {
        return message.toString().getBytes(StandardCharsets.UTF_8);
    }
}
