package org.referralhub.agency;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * When somebody is in the office.
 *
 * @param shifts times of the week; empty means always, and then holidays and duty add nothing
 * @param zone the office's time zone
 * @param holidays days on which no shift begins
 * @param duty shifts of its duty rosters, which are kept on holidays too
 */
public record OpeningHours(List<Shift> shifts, ZoneId zone, List<Days> holidays, List<Duty> duty) {

    /** Nobody is waited for who does not open for so long. */
    private static final int MOST_YEARS = 3;

    /** Day and night. */
    public static final OpeningHours ALWAYS = new OpeningHours(List.of(), ZoneId.of("Asia/Ulaanbaatar"));

    /**
     * A time of some days of the week. One that ends at or before its start runs into the next day: 22:00-02:00 on Monday
     * ends on Tuesday, 00:00-00:00 is the whole day.
     *
     * @param days the days on which it begins
     * @param from first minute
     * @param to the minute when it is over
     */
    public record Shift(Set<DayOfWeek> days, LocalTime from, LocalTime to) {
        public Shift {
            days = Set.copyOf(days);
            if (days.isEmpty()) {
                throw new IllegalArgumentException("a shift on no day");
            }
        }

        private LocalDateTime begins(LocalDate day) {
            return day.atTime(from);
        }

        private LocalDateTime ends(LocalDate day) {
            return (to.isAfter(from) ? day : day.plusDays(1)).atTime(to);
        }

        private boolean covers(LocalDate day, LocalDateTime time) {
            return !time.isBefore(begins(day)) && time.isBefore(ends(day));
        }
    }

    /** Some days of the calendar. */
    public sealed interface Days {
        /** True for one of them. */
        boolean include(LocalDate day);

        /**
         * The same days of every year.
         *
         * @param first not after the last
         * @param last included
         */
        record Yearly(MonthDay first, MonthDay last) implements Days {
            @Override
            public boolean include(LocalDate day) {
                MonthDay own = MonthDay.from(day);
                return !own.isBefore(first) && !own.isAfter(last);
            }
        }

        /**
         * Days of one year, or of more.
         *
         * @param first not after the last
         * @param last included
         */
        record Dated(LocalDate first, LocalDate last) implements Days {
            /** Every day. */
            static final Dated ALL = new Dated(LocalDate.MIN, LocalDate.MAX);

            @Override
            public boolean include(LocalDate day) {
                return !day.isBefore(first) && !day.isAfter(last);
            }
        }
    }

    /**
     * A shift of a duty roster.
     *
     * @param days between which days it is kept
     */
    public record Duty(Days days, Shift shift) {}

    public OpeningHours {
        shifts = List.copyOf(shifts);
        holidays = List.copyOf(holidays);
        duty = List.copyOf(duty);
    }

    /** Hours without holidays and duty rosters. */
    public OpeningHours(List<Shift> shifts, ZoneId zone) {
        this(shifts, zone, List.of(), List.of());
    }

    /** True when the office is never closed. */
    public boolean isAlways() {
        return shifts.isEmpty();
    }

    /** True when somebody is there at this moment. */
    public boolean isOpen(Instant at) {
        if (isAlways()) {
            return true;
        }
        LocalDateTime local = LocalDateTime.ofInstant(at, zone);
        LocalDate today = local.toLocalDate();
        LocalDate before = today.minusDays(1);
        return beginning(today).anyMatch(shift -> shift.covers(today, local))
                || beginning(before).anyMatch(shift -> shift.covers(before, local));
    }

    /** Who is there at a moment. */
    public enum Presence {
        /** The office is never closed. */
        ALWAYS,
        /** It is open as on every such day. */
        OPEN,
        /** Somebody is there because a duty roster says so. */
        DUTY,
        /** Nobody is there. */
        CLOSED
    }

    /** Who is there at this moment. */
    public Presence presence(Instant at) {
        if (isAlways()) {
            return Presence.ALWAYS;
        }
        if (!isOpen(at)) {
            return Presence.CLOSED;
        }
        return new OpeningHours(shifts, zone, holidays, List.of()).isOpen(at) ? Presence.OPEN : Presence.DUTY;
    }

    /** When somebody is there again, or this very moment when somebody is; empty when nobody will be for years. */
    public Optional<Instant> opens(Instant at) {
        if (isOpen(at)) {
            return Optional.of(at);
        }
        Instant opens = after(at, Duration.ofMillis(1)).minusMillis(1);
        return isOpen(opens) ? Optional.of(opens) : Optional.empty();
    }

    /** The shifts that begin on this day. */
    private Stream<Shift> beginning(LocalDate day) {
        Stream<Shift> regular =
                holidays.stream().anyMatch(days -> days.include(day)) ? Stream.empty() : shifts.stream();
        return Stream.concat(
                        regular,
                        duty.stream().filter(own -> own.days().include(day)).map(Duty::shift))
                .filter(shift -> shift.days().contains(day.getDayOfWeek()));
    }

    /**
     * When the office will have been open for so long, counted from this moment: while it is closed, no time passes.
     *
     * @param open not negative
     * @return a time that runs out just as the office closes ends then, and not when it opens again; where the office does
     *     not open for years, the time by the clock, so that a deadline comes at all
     */
    public Instant after(Instant from, Duration open) {
        if (isAlways()) {
            return from.plus(open);
        }
        Duration left = open;
        Instant counted = from;
        // From the day before: its last shift may run into this one. Shifts that overlap count once.
        LocalDate opened = from.atZone(zone).toLocalDate().minusDays(1);
        for (LocalDate day = opened; day.isBefore(opened.plusYears(MOST_YEARS)); day = day.plusDays(1)) {
            for (Shift shift :
                    beginning(day).sorted(Comparator.comparing(Shift::from)).toList()) {
                Instant ends = shift.ends(day).atZone(zone).toInstant();
                if (!ends.isAfter(counted)) {
                    continue;
                }
                Instant begins = shift.begins(day).atZone(zone).toInstant();
                Instant since = begins.isAfter(counted) ? begins : counted;
                Duration there = Duration.between(since, ends);
                if (left.compareTo(there) <= 0) {
                    return since.plus(left);
                }
                left = left.minus(there);
                counted = ends;
                opened = day;
            }
        }
        return counted.plus(left);
    }
}
