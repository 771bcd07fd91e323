package org.referralhub.alarm;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.Lease;
import org.referralhub.ledger.LedgerUnavailableException;

/** What operators are alarmed for now. */
public final class OpenAlarms {
    /** Every {@link Alarm#fault}. */
    public static final List<String> FAULTS = List.of(
            "overdue-acknowledge",
            "overdue-accept",
            "overdue-recall",
            "nobody-left-acknowledge",
            "nobody-left-accept",
            "nobody-left-recall",
            "dead-letter",
            "dead-letter-late",
            "silent-agency");

    /** One reading serves all who ask within this time. */
    private static final Duration FRESH = Duration.ofSeconds(3);
    /** So many take seconds to read. */
    static final int STORM = 1_000;
    /** The node that raises alarms reads more often than this, so that in a storm nobody who asks has to wait for a reading. */
    private static final Duration FRESH_IN_A_STORM = Duration.ofSeconds(15);

    private final Troubles troubles;
    private final Lease lease;
    private volatile @Nullable Seen seen;

    /** What was open at that moment, and the keys of what had been told of by then. */
    private record Seen(Instant at, List<Trouble> troubles, Set<String> told) {
        boolean isFresh(Instant now) {
            return Duration.between(at, now).abs().compareTo(troubles.size() < STORM ? FRESH : FRESH_IN_A_STORM) < 0;
        }
    }

    /**
     * One thing that an operator must look at. Nothing in it is about a person.
     *
     * @param fault stable code, for example {@code overdue-acknowledge} or {@code dead-letter}
     * @param urgency of the referral
     * @param reference of the referral; null when a dead letter belongs to none
     * @param place code of the district, soum, capital or aimag; null when nobody knows it
     * @param agency the one that is silent; null for a referral's
     * @param since when the deadline ran out, or the letter came to the desk
     * @param told whether an alarm was raised for it; a channel that does not take the alarm is asked again and again
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Alarm(
            String fault,
            String urgency,
            @Nullable String reference,
            @Nullable String place,
            @Nullable String agency,
            Instant since,
            boolean told) {}

    /**
     * What is open.
     *
     * @param total all of them; a storm is counted to some thousands
     * @param alarms the most urgent first and of these the latest, not more than were asked for
     */
    public record Open(int total, List<Alarm> alarms) {}

    OpenAlarms(Troubles troubles, Lease lease) {
        this.troubles = troubles;
        this.lease = lease;
    }

    /**
     * What is open now.
     *
     * @param most how many at most
     * @throws LedgerUnavailableException when the ledger can't be read now
     */
    public Open open(int most) {
        try {
            Seen now = seen();
            return new Open(
                    now.troubles().size(),
                    now.troubles().stream()
                            .limit(most)
                            .map(trouble -> new Alarm(
                                    trouble.fault(),
                                    trouble.urgency(),
                                    trouble.reference(),
                                    trouble.place(),
                                    trouble.agency(),
                                    trouble.since(),
                                    now.told().contains(trouble.key())))
                            .toList());
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /** What was read to raise alarms need not be read again to be shown. */
    void saw(List<Trouble> open, Set<String> told) {
        seen = new Seen(troubles.clock().instant(), open, told);
    }

    private Seen seen() throws SQLException {
        Seen last = seen;
        return last != null && last.isFresh(troubles.clock().instant()) ? last : read();
    }

    /** Those who find nothing fresh wait for the first of them. */
    private synchronized Seen read() throws SQLException {
        Instant now = troubles.clock().instant();
        Seen last = seen;
        if (last != null && last.isFresh(now)) {
            return last;
        }
        Set<String> told = Standing.read(lease.note()).told();
        Seen read = new Seen(now, troubles.open(), told == null ? Set.of() : told);
        seen = read;
        return read;
    }
}
