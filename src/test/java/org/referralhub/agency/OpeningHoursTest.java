package org.referralhub.agency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 2026-11-20 is a Friday. */
class OpeningHoursTest {
    private static final ZoneId CAPITAL = ZoneId.of("Asia/Ulaanbaatar");
    private static final ZoneId WEST = ZoneId.of("Asia/Hovd");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // hours                            | from                | open for | until
                "mon-fri 08:30-17:30                | 2026-11-20T09:00:00 | PT4H     | 2026-11-20T13:00:00",
                "mon-fri 08:30-17:30                | 2026-11-20T16:59:59 | PT30M1S  | 2026-11-20T17:30:00",
                "mon-fri 08:30-17:30                | 2026-11-20T16:59:59 | PT30M2S  | 2026-11-23T08:30:01",
                "mon-fri 08:30-17:30                | 2026-11-20T17:30:00 | PT1S     | 2026-11-23T08:30:01",
                "mon-fri 08:30-17:30                | 2026-11-20T17:29:59 | PT1S     | 2026-11-20T17:30:00",
                "mon-fri 08:30-17:30                | 2026-11-21T12:00:00 | PT4H     | 2026-11-23T12:30:00",
                "mon-fri 08:30-17:30                | 2026-11-20T08:29:59 | PT1S     | 2026-11-20T08:30:01",
                "mon-fri 08:30-17:30                | 2026-11-20T15:30:00 | PT24H    | 2026-11-25T12:30:00",
                "mon-fri 08:30-17:30                | 2026-11-20T12:00:00 | PT0S     | 2026-11-20T12:00:00",
                "mon-sun 00:00-00:00                | 2026-11-20T23:59:59 | PT2S     | 2026-11-21T00:00:01",
                "fri-sun 20:00-02:00                | 2026-11-21T01:00:00 | PT1H     | 2026-11-21T02:00:00",
                "fri-sun 20:00-02:00                | 2026-11-21T01:00:00 | PT1H1S   | 2026-11-21T20:00:01",
                "fri-sun 20:00-02:00                | 2026-11-20T19:00:00 | PT5H     | 2026-11-21T01:00:00",
                "mon-fri 08:30-17:30;fri 20:00-02:00 | 2026-11-20T17:00:00 | PT1H    | 2026-11-20T20:30:00",
                // Shifts that overlap count once.
                "fri 08:00-12:00;fri 10:00-14:00    | 2026-11-20T08:00:00 | PT5H     | 2026-11-20T13:00:00",
                "fri 08:00-16:00;fri 10:00-11:00    | 2026-11-20T08:00:00 | PT8H     | 2026-11-20T16:00:00",
                "thu 20:00-10:00;fri 08:30-17:30    | 2026-11-20T07:00:00 | PT4H     | 2026-11-20T11:00:00",
                "wed 09:00-10:00                    | 2026-11-20T12:00:00 | PT2H     | 2026-12-02T10:00:00",
            })
    void timePassesWhileTheOfficeIsOpen(String hours, String from, Duration open, String until) {
        for (ZoneId zone : List.of(CAPITAL, WEST)) {
            assertThat(office(zone, hours).after(at(from, zone), open)).isEqualTo(at(until, zone));
        }
    }

    /** Thursday 26 November is a holiday, the roster is kept on that day, on New Year's Eve and every Saturday morning. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // from             | open for | until
                "2026-11-25T16:30:00 | PT1H    | 2026-11-25T17:30:00",
                "2026-11-25T16:30:00 | PT1H1S  | 2026-11-26T20:00:01",
                "2026-11-26T12:00:00 | PT2H    | 2026-11-26T22:00:00",
                "2026-11-26T21:00:00 | PT5H1S  | 2026-11-27T08:30:01",
                "2026-11-27T17:00:00 | PT2H    | 2026-11-28T11:30:00",
                "2026-12-28T17:00:00 | PT1H    | 2026-12-30T09:00:00",
                "2026-12-31T17:00:00 | PT13H   | 2027-01-02T10:30:00",
                "2027-11-25T17:00:00 | PT1H    | 2027-11-27T11:00:00",
            })
    void onHolidaysOnlyTheDutyRosterIsKept(String from, Duration open, String until) {
        for (ZoneId zone : List.of(CAPITAL, WEST)) {
            OpeningHours office = onDuty(zone);
            assertThat(office.after(at(from, zone), open)).isEqualTo(at(until, zone));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-11-26T12:00:00 | false",
                "2026-11-26T20:00:00 | true",
                "2026-11-27T01:59:59 | true",
                "2026-11-27T02:00:00 | false",
                "2026-11-28T10:00:00 | true",
                "2026-12-29T09:00:00 | false",
                "2027-01-01T07:59:59 | true",
                "2027-01-01T08:00:00 | false",
            })
    void somebodyIsThereOnDutyAndNobodyOnAHoliday(String local, boolean open) {
        assertThat(onDuty(CAPITAL).isOpen(at(local, CAPITAL))).isEqualTo(open);
    }

    private static OpeningHours onDuty(ZoneId zone) {
        return new OpeningHours(
                office(zone, "mon-fri 08:30-17:30").shifts(),
                zone,
                List.of(
                        new OpeningHours.Days.Yearly(MonthDay.of(11, 26), MonthDay.of(11, 26)),
                        new OpeningHours.Days.Yearly(MonthDay.of(12, 29), MonthDay.of(12, 29)),
                        new OpeningHours.Days.Dated(LocalDate.of(2027, 1, 1), LocalDate.of(2027, 1, 3)),
                        new OpeningHours.Days.Dated(LocalDate.of(2027, 11, 25), LocalDate.of(2027, 11, 26))),
                List.of(
                        duty(LocalDate.of(2026, 11, 26), "mon-sun 20:00-02:00"),
                        duty(LocalDate.of(2026, 12, 31), "mon-sun 20:00-08:00"),
                        new OpeningHours.Duty(
                                OpeningHours.Days.Dated.ALL,
                                Objects.requireNonNull(HoursText.parse("sat 10:00-12:00")))));
    }

    private static OpeningHours.Duty duty(LocalDate day, String shift) {
        return new OpeningHours.Duty(
                new OpeningHours.Days.Dated(day, day), Objects.requireNonNull(HoursText.parse(shift)));
    }

    @Test
    void theSameMomentIsAnotherTimeInTheWest() {
        // 16:45 in the capital, 15:45 in Hovd.
        Instant from = Instant.parse("2026-11-20T08:45:00Z");

        assertThat(office(CAPITAL, "mon-fri 08:30-17:30").after(from, Duration.ofHours(1)))
                .isEqualTo(Instant.parse("2026-11-23T00:45:00Z"));
        assertThat(office(WEST, "mon-fri 08:30-17:30").after(from, Duration.ofHours(1)))
                .isEqualTo(Instant.parse("2026-11-20T09:45:00Z"));
    }

    @Test
    void anOfficeThatNeverClosesCountsEveryHour() {
        Instant from = Instant.parse("2026-11-20T16:00:00Z");

        assertThat(OpeningHours.ALWAYS.after(from, Duration.ofHours(72))).isEqualTo(from.plus(Duration.ofHours(72)));
    }

    private static Instant at(String local, ZoneId zone) {
        return LocalDateTime.parse(local).atZone(zone).toInstant();
    }

    private static OpeningHours office(ZoneId zone, String hours) {
        return new OpeningHours(
                Arrays.stream(hours.split(";"))
                        .map(shift -> Objects.requireNonNull(HoursText.parse(shift)))
                        .toList(),
                zone);
    }

    /** The calendar is checked, but no slip in it may hold up whoever reckons a deadline. */
    @Test
    void anOfficeThatNeverOpensIsAskedByTheClock() {
        OpeningHours closed = new OpeningHours(
                List.of(HoursText.parse("mon-fri 08:30-17:30")),
                CAPITAL,
                List.of(new OpeningHours.Days.Dated(LocalDate.of(2026, 1, 1), LocalDate.of(2072, 1, 1))),
                List.of());
        Instant from = at("2026-11-20T09:00:00", CAPITAL);
        assertThat(closed.after(from, Duration.ofHours(4))).isEqualTo(from.plus(Duration.ofHours(4)));
    }

    @Test
    void an_office_is_open_on_duty_or_closed_until_it_opens() {
        OpeningHours.Shift day = Objects.requireNonNull(HoursText.parse("mon-fri 08:30-17:30"));
        OpeningHours.Shift evening = Objects.requireNonNull(HoursText.parse("fri 17:30-22:00"));
        OpeningHours hours = new OpeningHours(
                List.of(day), CAPITAL, List.of(), List.of(new OpeningHours.Duty(OpeningHours.Days.Dated.ALL, evening)));

        assertThat(hours.presence(at("2026-11-20T09:00:00"))).isEqualTo(OpeningHours.Presence.OPEN);
        assertThat(hours.presence(at("2026-11-20T18:00:00"))).isEqualTo(OpeningHours.Presence.DUTY);
        assertThat(hours.presence(at("2026-11-20T22:00:00"))).isEqualTo(OpeningHours.Presence.CLOSED);
        assertThat(OpeningHours.ALWAYS.presence(at("2026-11-20T22:00:00"))).isEqualTo(OpeningHours.Presence.ALWAYS);
        assertThat(hours.opens(at("2026-11-20T22:00:00"))).contains(at("2026-11-23T08:30:00"));
        assertThat(hours.opens(at("2026-11-20T21:59:59"))).contains(at("2026-11-20T21:59:59"));
    }

    private static Instant at(String local) {
        return LocalDateTime.parse(local).atZone(CAPITAL).toInstant();
    }
}
