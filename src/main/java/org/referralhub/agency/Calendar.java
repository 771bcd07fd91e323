package org.referralhub.agency;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;

/**
 * Public holidays and duty rosters by name, from {@code config/calendar.yaml}; offices name those that they keep. Without the
 * file there are none.
 *
 * @param holidays days off by name
 * @param duty shifts by name of their roster
 */
record Calendar(Map<String, List<OpeningHours.Days>> holidays, Map<String, List<OpeningHours.Duty>> duty) {
    private static final String FILE = "calendar";
    /** In one year. An office that is closed on most days of every year would wait for ever. */
    private static final int MOST_DAYS_OFF = 120;

    /** What to do about {@link #tooMany}. */
    static final String REMEDY =
            "check the years; leave at most " + MOST_DAYS_OFF + " days in one year, or deadlines would never come";

    private static final int LEAP_YEAR = 2028;

    /** Reads the file; what is wrong with it is added to the faults. */
    static Calendar load(HubHome home, Faults faults) {
        Map<String, List<OpeningHours.Days>> holidays = new LinkedHashMap<>();
        Map<String, List<OpeningHours.Duty>> duty = new LinkedHashMap<>();
        Path path = home.config().resolve(FILE + ".yaml");
        if (Files.exists(path)) {
            Located file = YamlFile.read(home, path, FILE, faults);
            if (file.isSound()) {
                names(file, "holidays").forEach(name -> holidays.put(name, holidays(file, name, faults)));
                names(file, "duty").forEach(name -> duty.put(name, duty(file, name, faults)));
            }
        }
        return new Calendar(holidays, duty);
    }

    private static List<String> names(Located file, String part) {
        List<String> names = new ArrayList<>();
        for (Iterator<String> found = file.tree().path(part).fieldNames(); found.hasNext(); ) {
            names.add(found.next());
        }
        return names;
    }

    private static List<OpeningHours.Days> holidays(Located file, String name, Faults faults) {
        List<OpeningHours.Days> days = new ArrayList<>();
        String at = "/holidays/" + name;
        JsonNode written = file.tree().at(at);
        for (int i = 0; i < written.size(); i++) {
            OpeningHours.Days parsed = days(written.path(i).asText());
            if (parsed == null) {
                faults.add(file.fault(
                        at + "/" + i,
                        "not a day or days in order",
                        "write 11-26, 07-11..07-15, 2027-02-09 or 2027-02-09..2027-02-11"));
            } else {
                days.add(parsed);
            }
        }
        String tooMany = tooMany(days);
        if (tooMany != null) {
            faults.add(file.fault(at, tooMany, REMEDY));
            days.clear();
        }
        return List.copyOf(days);
    }

    /** Says that these days off together are too many, as those of several lists can be; null when they are not. */
    static @Nullable String tooMany(List<OpeningHours.Days> days) {
        Set<Integer> years = new TreeSet<>(Set.of(LEAP_YEAR));
        for (OpeningHours.Days one : days) {
            if (one instanceof OpeningHours.Days.Dated dated) {
                if (ChronoUnit.DAYS.between(dated.first(), dated.last()) >= MOST_DAYS_OFF) {
                    return "the days from %s to %s are too many".formatted(dated.first(), dated.last());
                }
                years.add(dated.first().getYear());
                years.add(dated.last().getYear());
            }
        }
        for (int year : years) {
            LocalDate first = LocalDate.of(year, 1, 1);
            long off = Stream.iterate(first, day -> day.plusDays(1))
                    .limit(first.lengthOfYear())
                    .filter(day -> days.stream().anyMatch(own -> own.include(day)))
                    .count();
            if (off > MOST_DAYS_OFF) {
                return "%d days off in %s".formatted(off, year == LEAP_YEAR ? "every year" : Integer.toString(year));
            }
        }
        return null;
    }

    private static List<OpeningHours.Duty> duty(Located file, String name, Faults faults) {
        List<OpeningHours.Duty> shifts = new ArrayList<>();
        String at = "/duty/" + name;
        JsonNode written = file.tree().at(at);
        for (int i = 0; i < written.size(); i++) {
            OpeningHours.Duty parsed = shift(written.path(i).asText());
            if (parsed == null) {
                faults.add(file.fault(
                        at + "/" + i,
                        "not a shift",
                        "write days and times such as mon-fri 17:30-22:00 or 2026-12-31 20:00-08:00"));
            } else {
                shifts.add(parsed);
            }
        }
        return List.copyOf(shifts);
    }

    /** Days of the week, or dates, and the time of the day. */
    private static OpeningHours.@Nullable Duty shift(String text) {
        String[] parts = text.strip().split(" +", -1);
        boolean dated = Character.isDigit(parts[0].charAt(0));
        OpeningHours.Days days = dated ? days(parts[0]) : OpeningHours.Days.Dated.ALL;
        OpeningHours.Shift shift = HoursText.parse(dated && parts.length == 2 ? "mon-sun " + parts[1] : text);
        return days == null || shift == null ? null : new OpeningHours.Duty(days, shift);
    }

    /** One day or two that enclose the others, with a year or for every year; null when the text is neither. */
    private static OpeningHours.@Nullable Days days(String text) {
        String[] ends = text.strip().split("\\.\\.", -1);
        String last = ends[ends.length - 1];
        try {
            if (ends[0].length() == "11-26".length()) {
                OpeningHours.Days.Yearly days =
                        new OpeningHours.Days.Yearly(MonthDay.parse("--" + ends[0]), MonthDay.parse("--" + last));
                return days.first().isAfter(days.last()) ? null : days;
            }
            OpeningHours.Days.Dated days = new OpeningHours.Days.Dated(LocalDate.parse(ends[0]), LocalDate.parse(last));
            return days.first().isAfter(days.last()) ? null : days;
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
