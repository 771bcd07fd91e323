package org.referralhub.validation;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A date of which the month or the day may not be known: {@code YYYY}, {@code YYYY-MM} or {@code YYYY-MM-DD}.
 *
 * @param earliest the first day it may mean
 * @param latest the last day it may mean
 */
record PartialDate(LocalDate earliest, LocalDate latest) {

    /** Reads one; empty when it is not of that form or there is no such day. */
    static Optional<PartialDate> of(String text) {
        try {
            return switch (text.length()) {
                case 4 -> {
                    LocalDate first = LocalDate.of(Integer.parseInt(text), 1, 1);
                    yield Optional.of(new PartialDate(first, first.withMonth(12).withDayOfMonth(31)));
                }
                case 7 -> {
                    YearMonth month = YearMonth.parse(text);
                    yield Optional.of(new PartialDate(month.atDay(1), month.atEndOfMonth()));
                }
                case 10 -> {
                    LocalDate day = LocalDate.parse(text);
                    yield Optional.of(new PartialDate(day, day));
                }
                default -> Optional.empty();
            };
        } catch (DateTimeException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** True when it may mean this day. */
    boolean includes(LocalDate day) {
        return !day.isBefore(earliest) && !day.isAfter(latest);
    }

    /** True when somebody born then may be of this age, give or take a year, on that day. */
    boolean allowsAge(long years, LocalDate day) {
        return years >= ChronoUnit.YEARS.between(latest, day) - 1
                && years <= ChronoUnit.YEARS.between(earliest, day) + 1;
    }
}
