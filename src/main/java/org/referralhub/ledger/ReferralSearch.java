package org.referralhub.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Urgency;

/**
 * Finds referrals, the latest first. A page costs little however many referrals there are: it starts from the rarest of the
 * terms that are asked for, and when that takes it past {@link #LOOKED_AT} referrals it answers what it has found so far and
 * where to go on.
 */
public final class ReferralSearch {
    /** Referrals that one page looks at. */
    public static final int LOOKED_AT = 5_000;
    /** Rows on a page at most. */
    public static final int LARGEST_PAGE = 500;

    /** Rows read at once, to begin with. */
    private static final int CHUNK = 256;
    /** Terms that are this frequent need not be told apart. */
    private static final int FREQUENT = 2_000;

    private static final String OVERDUE =
            "exists (select 1 from clock c where c.opened_at = p.opened_at and c.referral_id = p.referral_id"
                    + " and c.ended_at is null and c.due_at < ?)";
    private static final String HAS_TERM =
            "exists (select 1 from posting q where q.term = ? and q.opened_at = p.opened_at"
                    + " and q.referral_id = p.referral_id)";

    private final DataSource readers;
    private final ChildKeys keys;
    private final Clock clock;

    /**
     * Which referrals; null means any. What is given must all be true.
     *
     * @param agency that sent it or is one of its recipients
     * @param place code; what lies in the place counts too
     * @param concern code
     * @param state code of the state in which at least one recipient stands
     * @param from opened at this moment or later
     * @param to opened before this moment
     * @param overdue true: a recipient has let its time to acknowledge or to accept pass, or to acknowledge that the referral
     *     is called off, and has still not done it
     * @param child a child whose referrals are wanted
     */
    public record Query(
            @Nullable String agency,
            @Nullable String place,
            @Nullable String concern,
            @Nullable String state,
            @Nullable Urgency urgency,
            @Nullable Instant from,
            @Nullable Instant to,
            boolean overdue,
            ChildKeys.@Nullable Child child) {
        /** Every referral. */
        public static final Query ANY = new Query(null, null, null, null, null, null, null, false, null);
    }

    /**
     * One line of the list of referrals.
     *
     * @param states how many recipients stand in each state, by its code
     */
    public record Found(
            String referralId,
            String reference,
            String sender,
            Urgency urgency,
            List<String> concerns,
            @Nullable String place,
            int version,
            boolean incomplete,
            Instant openedAt,
            Map<String, Integer> states) {}

    /**
     * One page of referrals.
     *
     * @param next where the next page begins; null after the last. A page may hold fewer than were asked for, even none, and
     *     still have a next one.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(List<Found> items, @Nullable String next) {}

    /** A place in the order of referrals. */
    private record Position(long openedAt, String referralId) {
        static final Position START = new Position(Long.MAX_VALUE, "");

        static Position of(String written) {
            int dash = written.indexOf('-');
            try {
                return new Position(
                        Long.parseLong(written.substring(0, Math.max(0, dash))), written.substring(dash + 1));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("not the next of a page");
            }
        }

        String written() {
            return openedAt + "-" + referralId;
        }
    }

    /** @param keys by which a child's referrals are found; {@link ChildKeys#OFF} when they can't be */
    public ReferralSearch(DataSource readers, ChildKeys keys, Clock clock) {
        this.readers = readers;
        this.keys = keys;
        this.clock = clock;
    }

    /** False when nobody can be looked for by name or number. */
    public boolean findsChildren() {
        return keys.isOn();
    }

    /**
     * A page of the referrals that match.
     *
     * @param after {@link Page#next} of the page before; null for the first
     * @param size rows on the page, 1 to {@link #LARGEST_PAGE}
     * @throws IllegalArgumentException when after is nothing that was a page's next, or too little is said of the child
     */
    public Page search(Query query, @Nullable String after, int size) {
        Position from = after == null ? Position.START : Position.of(after);
        if (query.to() != null && query.to().toEpochMilli() < from.openedAt()) {
            from = new Position(query.to().toEpochMilli(), "");
        }
        try (Connection connection = readers.getConnection()) {
            Set<String> terms = terms(query);
            String rarest = rarest(connection, terms, query);
            terms.remove(rarest);
            return page(connection, query, rarest, terms, from, size);
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    private Set<String> terms(Query query) {
        Set<String> terms = new LinkedHashSet<>();
        add(terms, query.agency(), SearchIndex::agency);
        add(terms, query.place(), SearchIndex::place);
        add(terms, query.concern(), SearchIndex::concern);
        add(terms, query.state(), SearchIndex::state);
        if (query.urgency() != null) {
            terms.add(SearchIndex.urgency(query.urgency().name()));
        }
        if (query.overdue()) {
            terms.add(SearchIndex.UNANSWERED);
        }
        if (query.child() != null) {
            Set<String> wanted = keys.wanted(query.child());
            if (wanted.isEmpty()) {
                throw new IllegalArgumentException("too little is said of the child");
            }
            terms.addAll(wanted);
        }
        if (terms.isEmpty()) {
            terms.add(SearchIndex.ALL);
        }
        return terms;
    }

    private static void add(Set<String> terms, @Nullable String value, java.util.function.UnaryOperator<String> term) {
        if (value != null && !value.isBlank()) {
            terms.add(term.apply(value.strip()));
        }
    }

    /** Each is counted only so far that it can be told from the others. */
    private static String rarest(Connection connection, Collection<String> terms, Query query) throws SQLException {
        String rarest = terms.iterator().next();
        if (terms.size() == 1) {
            return rarest;
        }
        int fewest = FREQUENT;
        try (PreparedStatement count = connection.prepareStatement("select count(*) from (select 1 from posting where"
                + " term = ? and opened_at >= ? and opened_at < ? limit ?) counted")) {
            for (String term : terms) {
                count.setString(1, term);
                count.setLong(2, first(query));
                count.setLong(
                        3, query.to() == null ? Long.MAX_VALUE : query.to().toEpochMilli());
                count.setInt(4, fewest);
                try (ResultSet rows = count.executeQuery()) {
                    if (rows.next() && rows.getInt(1) < fewest) {
                        fewest = rows.getInt(1);
                        rarest = term;
                    }
                }
                if (fewest == 0) {
                    return rarest;
                }
            }
        }
        return rarest;
    }

    private static long first(Query query) {
        return query.from() == null ? 0 : query.from().toEpochMilli();
    }

    private Page page(Connection connection, Query query, String rarest, Set<String> others, Position start, int size)
            throws SQLException {
        boolean checked = query.overdue() || !others.isEmpty();
        String sql = "select p.opened_at, p.referral_id, "
                + (checked ? "case when " + conditions(query, others) : "case when 1 = 1")
                + " then 1 else 0 end from posting p where p.term = ? and (p.opened_at, p.referral_id) < (?, ?)"
                + " and p.opened_at >= ? order by p.opened_at desc, p.referral_id desc limit ?";
        List<Position> hits = new ArrayList<>();
        Position last = start;
        int looked = 0;
        int chunk = checked ? CHUNK : size + 1;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            while (looked < LOOKED_AT) {
                int i = 1;
                if (query.overdue()) {
                    select.setLong(i++, clock.millis());
                }
                for (String term : others) {
                    select.setString(i++, term);
                }
                select.setString(i++, rarest);
                select.setLong(i++, last.openedAt());
                select.setString(i++, last.referralId());
                select.setLong(i++, first(query));
                select.setInt(i, chunk);
                int read = 0;
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        read++;
                        Position at = new Position(rows.getLong(1), rows.getString(2));
                        if (rows.getInt(3) == 1) {
                            if (hits.size() == size) {
                                // One more than fits: there is a next page, and it begins after the last that fits.
                                return new Page(
                                        read(connection, hits),
                                        hits.get(size - 1).written());
                            }
                            hits.add(at);
                        }
                        last = at;
                    }
                }
                looked += read;
                if (read < chunk) {
                    return new Page(read(connection, hits), null);
                }
                chunk = Math.min(chunk * 4, LOOKED_AT);
            }
        }
        return new Page(read(connection, hits), last.written());
    }

    private static String conditions(Query query, Set<String> others) {
        List<String> conditions = new ArrayList<>();
        if (query.overdue()) {
            conditions.add(OVERDUE);
        }
        others.forEach(term -> conditions.add(HAS_TERM));
        return String.join(" and ", conditions);
    }

    private static List<Found> read(Connection connection, List<Position> hits) throws SQLException {
        List<Found> found = new ArrayList<>(hits.size());
        try (PreparedStatement select =
                connection.prepareStatement("select id, reference, sender, urgency, concerns, place,"
                        + " version, incomplete, opened_at from referral where id = ?")) {
            for (Position hit : hits) {
                select.setString(1, hit.referralId());
                try (ResultSet rows = select.executeQuery()) {
                    if (rows.next()) {
                        String concerns = rows.getString(5);
                        found.add(new Found(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getString(3),
                                Urgency.valueOf(rows.getString(4)),
                                concerns.isEmpty() ? List.of() : List.of(concerns.split(",")),
                                rows.getString(6),
                                rows.getInt(7),
                                rows.getInt(8) != 0,
                                Instant.ofEpochMilli(rows.getLong(9)),
                                states(connection, rows.getString(1))));
                    }
                }
            }
        }
        return List.copyOf(found);
    }

    private static Map<String, Integer> states(Connection connection, String referralId) throws SQLException {
        Map<String, Integer> states = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select state, count(*) from assignment where referral_id = ? group by state order by state")) {
            select.setString(1, referralId);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    states.put(rows.getString(1), rows.getInt(2));
                }
            }
        }
        return states;
    }
}
