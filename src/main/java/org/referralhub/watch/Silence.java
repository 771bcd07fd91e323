package org.referralhub.watch;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.ledger.LastHeard;
import org.referralhub.ledger.LedgerDatabase;

/**
 * Which agencies are silent that usually speak. Each is compared with its own past: an hour is <em>usual</em> for it when it
 * sent something in that hour of the week in at least three of the four weeks before, and a day likewise. It is silent when it
 * has missed three usual hours or two usual days since it last spoke, or, where its entry says how often it is expected, when
 * that time is over.
 *
 * <p>It rests on the books by the hour, which the ledger keeps anyway: five weeks of them are read once, and then only what is
 * new. What is known is therefore exact to an hour.
 */
public final class Silence implements Reading {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final int DAY = 24;
    private static final int WEEK = 7 * DAY;
    private static final int WEEKS = 4;

    /** Hours that are known of each agency: the weeks before the one that runs, and that one. */
    private static final int KNOWN = (WEEKS + 1) * WEEK;

    private static final int OFTEN = 3;
    private static final int MISSED_HOURS = 3;
    private static final int MISSED_DAYS = 2;

    /** Days begin at midnight in Ulaanbaatar. */
    private static final int OFFSET = 8;

    private static final String SPOKEN =
            "select agency, hour from account_hour where hour >= ? and accepted + refused > 0";

    private final LedgerDatabase database;
    private final LastHeard lastHeard;
    private final Supplier<AgencyRegistry> agencies;
    private final Clock clock;
    private final Map<String, Past> past = new HashMap<>();
    /** Since when those are waited for that are expected and are not in the past that is known. */
    private final Map<String, Instant> unheard = new HashMap<>();
    /** The hour that was read last; 0 before the first reading. */
    private long readTo;

    private volatile @Nullable List<Silent> silent;
    private volatile int speaking;

    /**
     * An agency from which something should have come.
     *
     * @param agency its id
     * @param since when the hour in which it last spoke was over; for one that never has, when it was first waited for
     */
    public record Silent(String agency, Instant since) {}

    /** The hours in which an agency spoke, by their number modulo {@link #KNOWN}. */
    private static final class Past {
        private final BitSet hours = new BitSet(KNOWN);
        private long last;

        boolean spokeIn(long hour) {
            return hours.get(slot(hour));
        }

        private static int slot(long hour) {
            return (int) (hour % KNOWN);
        }

        private boolean usualHour(long hour) {
            int weeks = 0;
            for (int back = 1; back <= WEEKS; back++) {
                weeks += spokeIn(hour - (long) back * WEEK) ? 1 : 0;
            }
            return weeks >= OFTEN;
        }

        /** @param day its first hour */
        private boolean usualDay(long day) {
            int weeks = 0;
            for (int back = 1; back <= WEEKS; back++) {
                weeks += spokeOn(day - (long) back * WEEK) ? 1 : 0;
            }
            return weeks >= OFTEN;
        }

        private boolean spokeOn(long day) {
            for (int hour = 0; hour < DAY; hour++) {
                if (spokeIn(day + hour)) {
                    return true;
                }
            }
            return false;
        }

        /** @param now the hour that runs; it does not count yet */
        boolean isSilent(long now) {
            int hours = 0;
            for (long hour = last + 1; hour < now && hour <= last + WEEK; hour++) {
                hours += usualHour(hour) ? 1 : 0;
            }
            int days = 0;
            for (long day = firstHour(last) + DAY; day + DAY <= now && day <= last + WEEK; day += DAY) {
                days += usualDay(day) ? 1 : 0;
            }
            return hours >= MISSED_HOURS || days >= MISSED_DAYS;
        }

        /** It has hours or days in this week at which it usually speaks. */
        boolean speaks(long now) {
            for (long day = firstHour(now); day > now - WEEK; day -= DAY) {
                if (usualDay(day)) {
                    return true;
                }
            }
            return false;
        }

        private static long firstHour(long hour) {
            return Math.floorDiv(hour + OFFSET, DAY) * DAY - OFFSET;
        }
    }

    /** @param agencies who takes part now */
    Silence(LedgerDatabase database, Supplier<AgencyRegistry> agencies, Clock clock) {
        this.database = database;
        this.lastHeard = new LastHeard(database);
        this.agencies = agencies;
        this.clock = clock;
    }

    /** Who is silent, as it was seen last; empty before the books have been read, when nobody can say. */
    public Optional<List<Silent>> known() {
        return Optional.ofNullable(silent);
    }

    /** Who is silent, as far as it is known. */
    List<Silent> silent() {
        return known().orElse(List.of());
    }

    /** How many agencies usually speak, or are expected to. */
    int speaking() {
        return speaking;
    }

    @Override
    public String name() {
        return "the silence of agencies";
    }

    @Override
    public synchronized void take() throws SQLException {
        Instant now = clock.instant();
        long hour = now.toEpochMilli() / HOUR;
        forget(hour);
        read(hour);
        judge(now, hour);
    }

    /** What is five weeks old makes room for what comes. */
    private void forget(long hour) {
        if (readTo == 0 || hour - readTo >= KNOWN || hour < readTo) {
            past.clear();
            unheard.clear();
            readTo = 0;
            return;
        }
        for (long fresh = readTo + 1; fresh <= hour; fresh++) {
            int slot = Past.slot(fresh);
            past.values().forEach(one -> one.hours.clear(slot));
        }
    }

    private void read(long hour) throws SQLException {
        // The hour before, too: a batch that began in it may have been committed after the last look.
        long from = readTo == 0 ? hour - KNOWN + 1 : readTo - 1;
        try (Connection connection = database.longReaders().getConnection();
                PreparedStatement select = connection.prepareStatement(SPOKEN)) {
            select.setLong(1, from * HOUR);
            select.setFetchSize(1000);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    long spoken = rows.getLong(2) / HOUR;
                    if (spoken <= hour) {
                        Past one = past.computeIfAbsent(rows.getString(1), agency -> new Past());
                        one.hours.set(Past.slot(spoken));
                        one.last = Math.max(one.last, spoken);
                    }
                }
            }
        }
        readTo = hour;
    }

    private void judge(Instant now, long hour) throws SQLException {
        List<Silent> found = new ArrayList<>();
        int speak = 0;
        for (Agency agency : agencies.get().all()) {
            if (agency.exercise()) {
                continue;
            }
            Past known = past.get(agency.id());
            Duration expected = agency.expectedEvery();
            if (known == null && expected == null) {
                continue;
            }
            Instant since = known == null ? unheard(agency.id(), now) : Instant.ofEpochMilli((known.last + 1) * HOUR);
            if (expected != null || known != null && known.speaks(hour)) {
                speak++;
            }
            boolean isSilent =
                    expected == null ? known != null && known.isSilent(hour) : now.isAfter(since.plus(expected));
            if (isSilent) {
                found.add(new Silent(agency.id(), since));
            }
        }
        silent = List.copyOf(found);
        speaking = speak;
    }

    private Instant unheard(String agency, Instant now) throws SQLException {
        Instant since = unheard.get(agency);
        if (since == null) {
            since = lastHeard.since(agency, now);
            unheard.put(agency, since);
        }
        return since;
    }

    /** When the hour in which the agency last spoke was over; null when it has not for five weeks. */
    public synchronized @Nullable Instant lastHeard(String agency) {
        Past known = past.get(agency);
        return known == null ? null : Instant.ofEpochMilli((known.last + 1) * HOUR);
    }
}
