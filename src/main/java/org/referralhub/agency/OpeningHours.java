package org.referralhub.agency;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
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
}
