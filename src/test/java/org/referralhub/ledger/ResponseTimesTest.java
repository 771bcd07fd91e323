package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.OpeningHours.Shift;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.Urgency;

class ResponseTimesTest {
    private static final Instant NOON = Instant.parse("2026-11-22T04:00:00Z");

    @TempDir
    Path folder;

    @Test
    void theFileThatIsShippedIsTheProposal() {
        Faults faults = new Faults();
        ResponseTimes times = ResponseTimes.load(new HubHome(Path.of(".")), faults);

        assertThat(faults.all()).isEmpty();
        for (Urgency urgency : Urgency.values()) {
            assertThat(times.deadlines(urgency, OpeningHours.ALWAYS, NOON))
                    .isEqualTo(ResponseTimes.PROPOSED.deadlines(urgency, OpeningHours.ALWAYS, NOON));
        }
        assertThat(times.deadlines(Urgency.IMMEDIATE, OpeningHours.ALWAYS, NOON).acknowledgeBy())
                .isEqualTo(NOON.plus(Duration.ofMinutes(15)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Friday; the office is open mon-fri 08:30-17:30.
                "IMMEDIATE | 2026-11-20T21:59:59 | 2026-11-20T22:14:59 | 2026-11-20T22:59:59",
                "IMMEDIATE | 2026-11-20T22:00:00 | 2026-11-20T22:10:00 | 2026-11-20T22:45:00",
                "IMMEDIATE | 2026-11-21T01:59:59 | 2026-11-21T02:09:59 | 2026-11-21T02:44:59",
                "IMMEDIATE | 2026-11-21T02:00:00 | 2026-11-21T02:15:00 | 2026-11-21T03:00:00",
                "URGENT    | 2026-11-21T00:00:00 | 2026-11-21T00:30:00 | 2026-11-21T02:00:00",
                "URGENT    | 2026-11-21T12:00:00 | 2026-11-21T13:00:00 | 2026-11-21T15:00:00",
                "PRIORITY  | 2026-11-20T23:00:00 | 2026-11-23T12:30:00 | 2026-11-25T14:30:00",
                "PRIORITY  | 2026-11-20T16:30:00 | 2026-11-23T11:30:00 | 2026-11-25T13:30:00",
                "ROUTINE   | 2026-11-20T08:30:00 | 2026-11-24T14:30:00 | 2026-12-01T17:30:00",
            })
    void whoMayWaitHasTheOfficesTimeAndTheNightIsShort(
            Urgency urgency, LocalDateTime from, LocalDateTime acknowledge, LocalDateTime accept) {
        ResponseTimes times = ResponseTimes.load(new HubHome(Path.of(".")), new Faults());
        Shift weekdays =
                new Shift(EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY), LocalTime.of(8, 30), LocalTime.of(17, 30));
        for (ZoneId zone : List.of(ZoneId.of("Asia/Ulaanbaatar"), ZoneId.of("Asia/Hovd"))) {
            ResponseTimes.Deadlines deadlines = times.deadlines(
                    urgency,
                    new OpeningHours(List.of(weekdays), zone),
                    from.atZone(zone).toInstant());

            assertThat(deadlines.acknowledgeBy())
                    .isEqualTo(acknowledge.atZone(zone).toInstant());
            assertThat(deadlines.acceptBy()).isEqualTo(accept.atZone(zone).toInstant());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "acceptWithin: PT3H    | acceptWithin: PT30M | 8:19: the time to accept is shorter than the time to acknowledge. Make acceptWithin at least as long as acknowledgeWithin",
                "acceptWithin: PT3H    | acceptWithin: 3h    | 8:19: ",
                "acceptWithin: PT3H    | acceptWithin: PT30H | 8:19: URGENT is slower than what is less urgent. Make it at most as long as the next below",
                "acceptWithin: PT1H    | acceptWithin: PT4H  | 4:19: IMMEDIATE is slower than what is less urgent. Make it at most as long as the next below",
                "acceptWithin: PT3H    | acceptWithin: PT0S  | 8:19: not a positive duration. Write an ISO 8601 duration such as PT15M or PT24H",
                "acceptWithin: PT3H    | acceptIn: PT3H      | ",
                "ROUTINE               | LEISURELY           | ",
                "acceptWithin: PT3H    | 'acceptWithin: PT3H\n    calendar: sometimes' | 9:15: ",
                "to: 02:00             | to: 26:00           | 14:7: ",
                "PT30M                 | PT2H                | 16:5: the times at night are longer than by day. Make them shorter, or leave them out",
            })
    void everyFaultHasItsLineAndARemedy(String good, String bad, String expected) throws IOException {
        Path schema = Path.of("schemas/config/response-times.schema.json");
        Files.createDirectories(folder.resolve("schemas/config"));
        Files.copy(schema, folder.resolve(schema));
        Files.createDirectory(folder.resolve("config"));
        String text = """
                urgency:
                  IMMEDIATE:
                    acknowledgeWithin: PT15M
                    acceptWithin: PT1H

                  URGENT:
                    acknowledgeWithin: PT1H
                    acceptWithin: PT3H
                  PRIORITY: {acknowledgeWithin: PT4H, acceptWithin: PT24H}
                  ROUTINE: {acknowledgeWithin: PT24H, acceptWithin: PT72H}

                night:
                  from: 22:00
                  to: 02:00
                  urgency:
                    URGENT: {acknowledgeWithin: PT30M, acceptWithin: PT2H}
                """;
        assertThat(text).contains(good);
        Files.writeString(folder.resolve("config/response-times.yaml"), text.replace(good, bad));

        Faults faults = new Faults();
        ResponseTimes.load(new HubHome(folder), faults);

        assertThat(faults.all()).isNotEmpty();
        assertThat(faults.all()).allMatch(fault -> !fault.remedy().isBlank() && fault.line() > 0);
        assertThat(faults.all().get(0).toString())
                .contains("response-times.yaml:" + (expected == null ? "" : expected));
    }
}
