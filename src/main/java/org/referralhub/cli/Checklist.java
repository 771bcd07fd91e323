package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;

/** What an office's system must do before it goes live, point by point. */
final class Checklist {
    private static final Set<String> DECISIONS = Set.of("ACCEPT", "REJECT");
    private static final Set<String> ANSWERS = Set.of("ACK", "ACCEPT", "REJECT");

    private final Exercise exercise;
    private final String office;
    private final Duration patience;
    private final Duration quiet;
    private final Clock clock;
    private final List<Point> points = new ArrayList<>();

    enum Outcome {
        PASS,
        FAIL,
        SKIP
    }

    /**
     * One point of the list.
     *
     * @param id stable, for comparing reports
     * @param title what is expected of the office
     * @param mandatory whether it may go live without
     * @param found what was seen
     * @param remedy what to do about a failure; empty without one
     * @param millis what it took
     */
    record Point(String id, Text title, boolean mandatory, Outcome outcome, String found, String remedy, long millis) {}

    /** What a point came to. */
    private record Verdict(Outcome outcome, String found, String remedy) {
        static Verdict pass(String found) {
            return new Verdict(Outcome.PASS, found, "");
        }

        static Verdict fail(String found, String remedy) {
            return new Verdict(Outcome.FAIL, found, remedy);
        }

        static Verdict skip(String why) {
            return new Verdict(Outcome.SKIP, why, "");
        }
    }

    /**
     * @param patience how long each answer may take
     * @param quiet how long to listen for what should not come
     */
    Checklist(Exercise exercise, String office, Duration patience, Duration quiet, Clock clock) {
        this.exercise = exercise;
        this.office = office;
        this.patience = patience;
        this.quiet = quiet;
        this.clock = clock;
    }

    /** Plays the whole list, and calls everything off in the end whatever happened. */
    List<Point> play() {
        ObjectNode first = exercise.request("PRIORITY", "NEGLECT");
        ExerciseWording.describe(first, "Ө, Ү, “хашилт”, \"quotes\" & <angle brackets>,\nхоёр мөр / two lines");
        boolean safe = point(
                "exercise-only",
                new Text("Дасгал зөвхөн энэ байгууллагад очно", "An exercise reaches this office and nobody else"),
                true,
                () -> safe(first));
        if (!safe) {
            return points;
        }
        try {
            conversation(first);
        } finally {
            exercise.cleanUp();
        }
        return points;
    }

    private void conversation(ObjectNode first) {
        String referral = exercise.send(first, "accepted");
        boolean answered = point(
                "acknowledges",
                new Text("Хүлээн авснаа мэдэгдэнэ", "Acknowledges a referral"),
                true,
                () -> acknowledged(referral));
        boolean decided = point(
                "decides",
                new Text("Хүлээж авах эсэхээ хэлнэ", "Accepts or rejects it"),
                true,
                () -> answered ? decided(referral) : Verdict.skip("it has not been acknowledged"));
        point(
                "notices-a-duplicate",
                new Text(
                        "Давтагдсан мессежээс хоёр хэрэг үүсгэхгүй",
                        "Makes no second case of a message that comes twice"),
                true,
                () -> answered ? duplicate(first, referral) : Verdict.skip("it has not been acknowledged"));
        point(
                "takes-hardly-anything",
                new Text("Юу ч хэлээгүй хүүхдийн хүсэлтийг авна", "Takes the referral of a child who said nothing"),
                true,
                () -> acknowledged(exercise.send(exercise.request("URGENT", "UNKNOWN"), "accepted")));
        point(
                "takes-the-urgent-core",
                new Text(
                        "Алдаатай ч яаралтай хүсэлтийн цөмийг авна", "Takes the urgent core of a referral with faults"),
                true,
                this::urgentCore);
        point(
                "takes-everything",
                new Text("Бүх талбартай хүсэлтийг авна", "Takes a referral that says all there is"),
                true,
                () -> acknowledged(exercise.send(
                        ExerciseWording.everything(exercise.request("PRIORITY", "NEGLECT")), "accepted")));
        point(
                "takes-an-amendment",
                new Text("Нэмэлт, өөрчлөлтийг авна", "Takes an amendment"),
                false,
                () -> decided ? amended(referral) : Verdict.skip("it has not been decided on"));
        point(
                "acknowledges-a-recall",
                new Text("Буцаан татсаныг хүлээн авснаа мэдэгдэнэ", "Acknowledges that a referral was called off"),
                true,
                () -> answered ? recalled(referral) : Verdict.skip("it has not been acknowledged"));
        point(
                "keeps-the-order",
                new Text("Дараалал алдагдахгүй", "Keeps the order of what comes at once"),
                true,
                this::order);
    }

    private boolean point(String id, Text title, boolean mandatory, Supplier<Verdict> test) {
        Instant begin = clock.instant();
        Verdict verdict;
        try {
            verdict = test.get();
        } catch (Exercise.Failed e) {
            verdict = Verdict.fail(
                    String.valueOf(e.getMessage()), "This is the hub's side: ask its operators, then begin again");
        }
        points.add(new Point(
                id,
                title,
                mandatory,
                verdict.outcome(),
                verdict.found(),
                verdict.remedy(),
                Duration.between(begin, clock.instant()).toMillis()));
        return verdict.outcome() == Outcome.PASS;
    }

    private Verdict safe(ObjectNode message) {
        JsonNode trial = exercise.whoWouldGet(message);
        List<String> others = new ArrayList<>();
        JsonNode own = null;
        for (JsonNode recipient : trial.path("recipients")) {
            if (recipient.path("agency").asText().equals(office)) {
                own = recipient;
            } else {
                others.add(recipient.path("agency").asText());
            }
        }
        if (!others.isEmpty()) {
            return Verdict.fail(
                    "it would also reach " + String.join(", ", others),
                    "Use an agency with exercise: true in its entry (--as); nothing was sent");
        }
        if (own == null) {
            return Verdict.fail(
                    "the hub knows no agency " + office,
                    "Write its entry first: ./hub new agency " + office + "; nothing was sent");
        }
        if (!own.has("document")) {
            return Verdict.fail(
                    "the message can't be written in the office's format",
                    "Mend its dialect: ./hub check, and ./hub try shows what is wrong; nothing was sent");
        }
        return Verdict.pass("it would read " + own.path("dialect").asText());
    }

    private Verdict acknowledged(String referral) {
        Optional<Exercise.Event> answer = exercise.await(referral, patience, Checklist::isAnswer);
        return answer.map(event -> Verdict.pass(event.messageType() + after(referral, event)))
                .orElseGet(() -> silent(referral, "no ACK, ACCEPT or REJECT"));
    }

    private Verdict decided(String referral) {
        return exercise.await(
                        referral,
                        patience,
                        event -> event.kind().equals("MESSAGE") && DECISIONS.contains(event.messageType()))
                .map(event -> Verdict.pass(event.messageType() + after(referral, event)))
                .orElseGet(() -> silent(referral, "neither ACCEPT nor REJECT"));
    }

    private static boolean isAnswer(Exercise.Event event) {
        return event.kind().equals("MESSAGE") && ANSWERS.contains(event.messageType());
    }

    private Verdict silent(String referral, String missing) {
        boolean arrived = exercise.events(referral).stream()
                .anyMatch(event ->
                        event.kind().equals("DELIVERED") && event.agency().equals(office));
        String found = missing + " within " + patience.toSeconds() + " s";
        if (!arrived) {
            return Verdict.fail(found, "The message has not reached the office: ./hub dead-letters list shows why");
        }
        List<Exercise.Event> refused = exercise.said(referral).stream()
                .filter(event -> event.kind().equals("REFUSED"))
                .toList();
        return Verdict.fail(
                found,
                refused.isEmpty()
                        ? "The message is in the office's inbox. Does its system fetch it? If it answered, the answer was"
                                + " refused for its form: the 422, or the receipt in its inbox, says where"
                        : "Its " + refused.get(0).messageType() + " was refused: the receipt in its inbox says why");
    }

    private Verdict duplicate(ObjectNode message, String referral) {
        long before = deliveries(referral);
        int said = exercise.said(referral).size();
        exercise.send(message, "duplicate");
        Instant end = clock.instant().plus(patience);
        while (deliveries(referral) == before) {
            if (clock.instant().isAfter(end)) {
                return Verdict.fail(
                        "the message did not reach the office a second time",
                        "This is the hub's side: ./hub dead-letters list shows why");
            }
            Exercise.pause(Duration.ofMillis(200));
        }
        if (!hasRead()) {
            return unread();
        }
        List<Exercise.Event> all = exercise.said(referral);
        List<Exercise.Event> again = all.subList(said, all.size()).stream()
                .filter(event -> ANSWERS.contains(event.messageType()))
                .toList();
        return again.isEmpty()
                ? Verdict.pass("nothing new was said")
                : Verdict.fail(
                        "it answered once more: " + again.get(0).messageType() + " as a new message",
                        "Remember the ids of the messages that were taken; answer one that comes again with the same message"
                                + " id, or not at all");
    }

    /**
     * Waits until the office has read what was sent so far, however seldom it looks: it answers another referral that came after
     * it. Then listens a little longer, for what it may say too much.
     */
    private boolean hasRead() {
        ObjectNode message = exercise.request("PRIORITY", "NEGLECT");
        ExerciseWording.describe(message, "Дараагийн дасгал. / The next exercise.");
        String later = exercise.send(message, "accepted");
        boolean answered = exercise.await(later, patience, Checklist::isAnswer).isPresent();
        if (answered) {
            Exercise.pause(quiet);
        }
        return answered;
    }

    private Verdict unread() {
        return Verdict.fail(
                "it did not answer a referral that came after this within " + patience.toSeconds()
                        + " s, so nobody knows whether it has read this",
                "Give it longer than its system takes to look (--wait), and begin again");
    }

    private long deliveries(String referral) {
        return exercise.events(referral).stream()
                .filter(event -> event.kind().equals("DELIVERED")
                        && event.agency().equals(office)
                        && event.messageType().equals("REQUEST"))
                .count();
    }

    /** An urgent referral with a fault that only a person can mend: it goes out at once, marked as incomplete. */
    private Verdict urgentCore() {
        ObjectNode message = exercise.request("IMMEDIATE", "UNKNOWN");
        message.withObject("/body/child/address").put("district", "0000");
        return acknowledged(exercise.send(message, "accepted"));
    }

    private Verdict amended(String referral) {
        ObjectNode message = exercise.about(referral, "AMEND");
        message.withObject("/body/changes").put("narrative", "Дасгал, засвартай. / Exercise, amended.");
        int said = exercise.said(referral).size();
        exercise.send(message, "accepted");
        String id = message.path("messageId").asText();
        if (exercise.await(
                        referral,
                        patience,
                        event -> event.kind().equals("DELIVERED")
                                && event.messageId().equals(id))
                .isEmpty()) {
            return Verdict.skip("it had nothing to be told, or had ended its part before");
        }
        if (!hasRead()) {
            return unread();
        }
        List<Exercise.Event> all = exercise.said(referral);
        Optional<Exercise.Event> refused = all.subList(said, all.size()).stream()
                .filter(event -> event.kind().equals("REFUSED"))
                .findFirst();
        return refused.map(event -> Verdict.fail(
                        "it answered with a " + event.messageType() + " that was refused",
                        "An amendment needs no answer; FEEDBACK is allowed. The receipt in its inbox says why"))
                .orElseGet(() -> Verdict.pass("delivered, and nothing that contradicts it came"));
    }

    private Verdict recalled(String referral) {
        exercise.send(exercise.about(referral, "RECALL"), "accepted");
        return recallKnown(referral);
    }

    private Verdict recallKnown(String referral) {
        Optional<Exercise.Event> known = exercise.await(
                referral,
                patience,
                event -> event.kind().equals("RECALL_BY") && event.state().matches("met|late"));
        if (known.isEmpty()) {
            return Verdict.fail(
                    "the recall was not acknowledged within " + patience.toSeconds() + " s",
                    "Answer a RECALL with an ACK that names it as the message it answers (correlationId): somebody may"
                            + " be on the way to a child who is safe");
        }
        int said = exercise.said(referral).size();
        if (!hasRead()) {
            return unread();
        }
        List<Exercise.Event> all = exercise.said(referral);
        return all.subList(said, all.size()).stream()
                .filter(event -> !event.messageType().equals("ACK"))
                .findFirst()
                .map(event -> Verdict.fail(
                        "it sent " + event.messageType() + " for what had been called off",
                        "Close the case when the recall is acknowledged"))
                .orElseGet(() -> Verdict.pass("acknowledged, and then silence"));
    }

    /** Three messages in one breath: what was called off must be known to be, in whatever order they were worked on. */
    private Verdict order() {
        ObjectNode message = exercise.request("PRIORITY", "NEGLECT");
        ExerciseWording.describe(message, "Гурван мессеж зэрэг. / Three messages at once.");
        String referral = exercise.send(message, "accepted");
        ObjectNode amendment = exercise.about(referral, "AMEND");
        amendment.withObject("/body/changes").put("narrative", "Дасгал, засвартай. / Exercise, amended.");
        exercise.send(amendment, "accepted");
        exercise.send(exercise.about(referral, "RECALL"), "accepted");
        return recallKnown(referral);
    }

    private String after(String referral, Exercise.Event answer) {
        @Nullable
        Instant arrived = exercise.events(referral).stream()
                .filter(event ->
                        event.kind().equals("DELIVERED") && event.agency().equals(office))
                .map(Exercise.Event::at)
                .findFirst()
                .orElse(null);
        return arrived == null
                ? ""
                : " after %.1f s"
                        .formatted(Math.max(
                                        0,
                                        Duration.between(arrived, answer.at()).toMillis())
                                / 1000.0);
    }
}
