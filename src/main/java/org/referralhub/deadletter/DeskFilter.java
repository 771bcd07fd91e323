package org.referralhub.deadletter;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Urgency;

/**
 * Which letters. Null means any.
 *
 * @param group fingerprint of letters that failed alike
 * @param agency sender or recipient
 * @param failure {@code refused}, {@code permanent}, {@code exhausted} or {@code unknown}
 * @param referral identifier or reference of a referral
 * @param since captured then or later
 * @param until captured before
 * @param dueBefore must have been answered before
 * @param owner operator who looks after it; {@code -} for nobody
 * @param detail finer points
 * @param q identifier of a letter, a message, a delivery or a referral, or a reference
 */
public record DeskFilter(
        @Nullable LetterState state,
        @Nullable String cause,
        @Nullable String group,
        @Nullable String agency,
        @Nullable String sender,
        @Nullable String recipient,
        @Nullable String dialect,
        @Nullable String stage,
        @Nullable Urgency urgency,
        @Nullable String failure,
        @Nullable String referral,
        @Nullable Instant since,
        @Nullable Instant until,
        @Nullable Instant dueBefore,
        @Nullable String owner,
        Detail detail,
        @Nullable String q) {

    /**
     * Finer points. Null means any.
     *
     * @param risk code of the referral's risk
     * @param place code; what lies in the place counts too
     * @param configuration the version under which it failed
     * @param finding code of what was found
     * @param exception part of the name of what was thrown
     * @param note part of what is noted on the letter
     */
    public record Detail(
            @Nullable String risk,
            @Nullable String place,
            @Nullable String configuration,
            @Nullable String finding,
            @Nullable String exception,
            @Nullable String note) {
        private static final Detail ANY = new Detail(null, null, null, null, null, null);
    }

    /** All letters. */
    public static final DeskFilter ANY = new DeskFilter(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, Detail.ANY, null);

    /** What waits for an operator. */
    public static final DeskFilter OPEN = ANY.in(LetterState.OPEN);

    /** Names of all filters. */
    public static final List<String> NAMES = List.of(
            "state",
            "cause",
            "group",
            "agency",
            "sender",
            "recipient",
            "dialect",
            "stage",
            "urgency",
            "failure",
            "referral",
            "since",
            "until",
            "due-before",
            "owner",
            "risk",
            "place",
            "configuration",
            "finding",
            "exception",
            "note",
            "q");

    /**
     * As a person or a program names them; of the open letters when no state is named, and of all with the state {@code ANY}.
     *
     * @throws IllegalArgumentException when there is no such filter, or a value can't be; its text tells no value
     */
    public static DeskFilter of(Map<String, String> given) {
        if (!NAMES.containsAll(given.keySet())) {
            throw new IllegalArgumentException("the filters are %s.".formatted(NAMES));
        }
        return new DeskFilter(
                state(given.getOrDefault("state", LetterState.OPEN.name())),
                given.get("cause"),
                given.get("group"),
                given.get("agency"),
                given.get("sender"),
                given.get("recipient"),
                given.get("dialect"),
                given.get("stage"),
                urgency(given.get("urgency")),
                given.get("failure"),
                given.get("referral"),
                moment("since", given),
                moment("until", given),
                moment("due-before", given),
                given.get("owner"),
                new Detail(
                        given.get("risk"),
                        given.get("place"),
                        given.get("configuration"),
                        given.get("finding"),
                        given.get("exception"),
                        given.get("note")),
                given.get("q"));
    }

    private static @Nullable LetterState state(String name) {
        if ("ANY".equalsIgnoreCase(name)) {
            return null;
        }
        return Arrays.stream(LetterState.values())
                .filter(state -> state.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "state is one of ANY, %s.".formatted(Arrays.toString(LetterState.values()))));
    }

    private static @Nullable Urgency urgency(@Nullable String name) {
        if (name == null) {
            return null;
        }
        return Arrays.stream(Urgency.values())
                .filter(urgency -> urgency.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "urgency is one of %s.".formatted(Arrays.toString(Urgency.values()))));
    }

    private static @Nullable Instant moment(String name, Map<String, String> given) {
        String text = given.get(name);
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("%s is a date and time with offset, ISO 8601.".formatted(name), e);
        }
    }

    /** The same in this state. */
    public DeskFilter in(@Nullable LetterState other) {
        return new DeskFilter(
                other, cause, group, agency, sender, recipient, dialect, stage, urgency, failure, referral, since,
                until, dueBefore, owner, detail, q);
    }

    /** Of these, what this agency sent, instead of what it sent or was to get. */
    DeskFilter from(String agencyId) {
        return new DeskFilter(
                state, cause, group, null, agencyId, recipient, dialect, stage, urgency, failure, referral, since,
                until, dueBefore, owner, detail, q);
    }

    /** Of these, what this agency was to get, instead of what it sent or was to get. */
    DeskFilter to(String agencyId) {
        return new DeskFilter(
                state, cause, group, null, sender, agencyId, dialect, stage, urgency, failure, referral, since, until,
                dueBefore, owner, detail, q);
    }

    /** The same of this group only. */
    public DeskFilter of(@Nullable String fingerprint) {
        return new DeskFilter(
                state,
                cause,
                fingerprint,
                agency,
                sender,
                recipient,
                dialect,
                stage,
                urgency,
                failure,
                referral,
                since,
                until,
                dueBefore,
                owner,
                detail,
                q);
    }
}
