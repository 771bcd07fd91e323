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

    private static final Duration FRESH = Duration.ofSeconds(3);

    private final Troubles troubles;
    private final Lease lease;
    private @Nullable Seen seen;

    /** What was read at that moment. */
    private record Seen(Instant at, List<Trouble> troubles) {}

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
            Set<String> raised = Standing.read(lease.note()).told();
            Set<String> told = raised == null ? Set.of() : raised;
            List<Trouble> open = open();
            return new Open(
                    open.size(),
                    open.stream()
                            .limit(most)
                            .map(trouble -> new Alarm(
                                    trouble.fault(),
                                    trouble.urgency(),
                                    trouble.reference(),
                                    trouble.place(),
                                    trouble.agency(),
                                    trouble.since(),
                                    told.contains(trouble.key())))
                            .toList());
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /** One reading serves all who ask within a few seconds: in a storm it is long, and every open page asks again and again. */
    private synchronized List<Trouble> open() throws SQLException {
        Instant now = troubles.clock().instant();
        if (seen == null || Duration.between(seen.at(), now).abs().compareTo(FRESH) >= 0) {
            seen = new Seen(now, troubles.open());
        }
        return seen.troubles();
    }
}
