package org.referralhub.alarm;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.Place;
import org.referralhub.configuration.Places;
import org.referralhub.message.Urgency;
import org.referralhub.watch.Silence;

/**
 * Reads what is open from the ledger: a short query on what has not ended.
 *
 * @param exercise whether all that an agency sends is an exercise
 * @param silent agencies that usually speak; empty before it is known
 */
record Troubles(
        DataSource readers,
        Supplier<Places> places,
        Predicate<String> exercise,
        Supplier<Optional<List<Silence.Silent>>> silent,
        Clock clock) {
    /** More than anybody reads; a storm counts to here. */
    private static final int MOST = 10_000;

    private static final Set<Place.Level> SHOWN =
            EnumSet.of(Place.Level.DISTRICT, Place.Level.SOUM, Place.Level.CAPITAL, Place.Level.AIMAG);

    private static final String OVERDUE =
            "select c.referral_id, c.agency, c.kind, c.due_at, c.ladder_end, r.urgency, r.reference, r.place, r.sender"
                    + " from clock c"
                    + " join referral r on r.id = c.referral_id where c.ended_at is null and c.state = 'OVERDUE'"
                    + " and (r.urgency = 'IMMEDIATE' or c.ladder_end = 1)"
                    + " order by case r.urgency when 'IMMEDIATE' then 0 else 1 end, c.due_at desc limit " + MOST;
    private static final String DEAD =
            "select l.id, l.urgency, r.reference, r.place, r.sender, l.captured_at from letter l"
                    + " left join referral r on r.id = l.referral_id where l.state = 'OPEN' and l.rank = "
                    + (9 - Urgency.IMMEDIATE.priority()) + " and l.urgency = 'IMMEDIATE'"
                    + " order by l.captured_at desc limit " + MOST;

    /** What is not IMMEDIATE is told when its time is over. */
    private static final String LATE = "select l.id, l.urgency, r.reference, r.place, r.sender, l.due_at from letter l"
            + " left join referral r on r.id = l.referral_id"
            + " where l.state = 'OPEN' and l.rank in (" + ranks() + ") and l.due_at <= ?"
            + " order by l.due_at desc limit " + MOST;

    private static final Map<String, Integer> PRIORITIES =
            Arrays.stream(Urgency.values()).collect(Collectors.toUnmodifiableMap(Urgency::name, Urgency::priority));

    /** A storm names the first few, and these must be the children in the greatest danger. */
    private static final Comparator<Trouble> GRAVEST = Comparator.<Trouble>comparingInt(
                    trouble -> -PRIORITIES.getOrDefault(trouble.urgency(), Integer.MAX_VALUE))
            .thenComparing(Trouble::since, Comparator.reverseOrder());

    private static String ranks() {
        return Arrays.stream(Urgency.values())
                .filter(urgency -> urgency != Urgency.IMMEDIATE)
                .map(urgency -> Integer.toString(9 - urgency.priority()))
                .collect(Collectors.joining(", "));
    }

    /** Whether the silence of agencies is known yet; once it is, it stays known. */
    boolean knowsSilence() {
        return silent.get().isPresent();
    }

    /**
     * What is open now, the most urgent first and of these the latest: what is new must be seen however much has been open for
     * long.
     */
    List<Trouble> open() throws SQLException {
        List<Trouble> open = new ArrayList<>();
        try (Connection connection = readers.getConnection()) {
            try (PreparedStatement select = connection.prepareStatement(OVERDUE);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    if (isExercise(rows.getString(9))) {
                        continue;
                    }
                    String kind = rows.getString(3).toLowerCase(Locale.ROOT);
                    open.add(new Trouble(
                            String.join(":", rows.getString(1), rows.getString(2), kind, rows.getString(4)),
                            (rows.getInt(5) == 1 ? "nobody-left-" : "overdue-") + kind,
                            rows.getString(6),
                            rows.getString(7),
                            district(rows.getString(8)),
                            Instant.ofEpochMilli(rows.getLong(4))));
                }
            }
            try (PreparedStatement select = connection.prepareStatement(DEAD);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    if (isExercise(rows.getString(5))) {
                        continue;
                    }
                    open.add(new Trouble(
                            rows.getString(1),
                            "dead-letter",
                            rows.getString(2),
                            rows.getString(3),
                            district(rows.getString(4)),
                            Instant.ofEpochMilli(rows.getLong(6))));
                }
            }
            try (PreparedStatement select = connection.prepareStatement(LATE)) {
                select.setLong(1, clock.millis());
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        String urgency = rows.getString(2);
                        if (isExercise(rows.getString(5))) {
                            continue;
                        }
                        open.add(new Trouble(
                                "late:" + rows.getString(1),
                                "dead-letter-late",
                                urgency == null ? Urgency.URGENT.name() : urgency,
                                rows.getString(3),
                                district(rows.getString(4)),
                                Instant.ofEpochMilli(rows.getLong(6))));
                    }
                }
            }
        }
        silent.get().orElse(List.of()).forEach(one -> open.add(Trouble.silence(one.agency(), one.since())));
        open.sort(GRAVEST);
        return open;
    }

    /** Nobody is woken for an exercise. A letter without a referral has no sender here, and is in earnest. */
    private boolean isExercise(@Nullable String sender) {
        return sender != null && exercise.test(sender);
    }

    /** A khoroo or bag is too near to a child for a mail. */
    private @Nullable String district(@Nullable String place) {
        return places.get().upward(place).stream()
                .filter(above -> SHOWN.contains(above.level()))
                .map(Place::code)
                .findFirst()
                .orElse(null);
    }
}
