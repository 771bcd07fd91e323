package org.referralhub.agency;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opening hours as people write them: {@code mon-fri,sun 08:30-17:30}. */
final class HoursText {
    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    private HoursText() {}

    /** The shift, or null when the text is not one. */
    static OpeningHours.@Nullable Shift parse(String text) {
        String[] parts = text.strip().split(" +", -1);
        if (parts.length != 2) {
            return null;
        }
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String range : parts[0].split(",", -1)) {
            String[] ends = range.split("-", -1);
            int first = DAYS.indexOf(ends[0]);
            int last = DAYS.indexOf(ends[ends.length - 1]);
            if (ends.length > 2 || first < 0 || last < 0) {
                return null;
            }
            for (int day = first; ; day = (day + 1) % 7) {
                days.add(DayOfWeek.of(day + 1));
                if (day == last) {
                    break;
                }
            }
        }
        String[] times = parts[1].split("-", -1);
        if (times.length != 2) {
            return null;
        }
        try {
            return new OpeningHours.Shift(days, LocalTime.parse(times[0]), LocalTime.parse(times[1]));
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
