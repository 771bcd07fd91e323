package org.referralhub.agency;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * When somebody is in the office.
 *
 * @param shifts times of the week; empty means always
 * @param zone the office's time zone
 */
public record OpeningHours(List<Shift> shifts, ZoneId zone) {

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

        private ZonedDateTime begins(LocalDate day, ZoneId zone) {
            return day.atTime(from).atZone(zone);
        }

        private ZonedDateTime ends(LocalDate day, ZoneId zone) {
            return (to.isAfter(from) ? day : day.plusDays(1)).atTime(to).atZone(zone);
        }

        private boolean covers(DayOfWeek day, LocalTime time) {
            boolean overnight = !to.isAfter(from);
            if (days.contains(day) && !time.isBefore(from) && (overnight || time.isBefore(to))) {
                return true;
            }
            return overnight && days.contains(day.minus(1)) && time.isBefore(to);
        }
    }

    public OpeningHours {
        shifts = List.copyOf(shifts);
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
        ZonedDateTime local = at.atZone(zone);
        return shifts.stream().anyMatch(shift -> shift.covers(local.getDayOfWeek(), local.toLocalTime()));
    }

    /**
     * When the office will have been open for so long, counted from this moment: while it is closed, no time passes.
     *
     * @param open not negative
     * @return a time that runs out just as the office closes ends then, and not when it opens again
     */
    public Instant after(Instant from, Duration open) {
        if (isAlways()) {
            return from.plus(open);
        }
        List<Shift> inOrder =
                shifts.stream().sorted(Comparator.comparing(Shift::from)).toList();
        Duration left = open;
        Instant counted = from;
        // From the day before: its last shift may run into this one. Shifts that overlap count once.
        for (LocalDate day = from.atZone(zone).toLocalDate().minusDays(1); ; day = day.plusDays(1)) {
            for (Shift shift : inOrder) {
                Instant ends = shift.ends(day, zone).toInstant();
                if (!shift.days().contains(day.getDayOfWeek()) || !ends.isAfter(counted)) {
                    continue;
                }
                Instant begins = shift.begins(day, zone).toInstant();
                Instant since = begins.isAfter(counted) ? begins : counted;
                Duration there = Duration.between(since, ends);
                if (left.compareTo(there) <= 0) {
                    return since.plus(left);
                }
                left = left.minus(there);
                counted = ends;
            }
        }
    }
}
