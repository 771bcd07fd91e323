package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.agency.OpeningHours;
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
                "acceptWithin: PT3H    | acceptWithin: PT30M | 8:19: the time to accept is shorter than the time to acknowledge. make acceptWithin at least as long as acknowledgeWithin",
                "acceptWithin: PT3H    | acceptWithin: 3h    | 8:19: ",
                "acceptWithin: PT3H    | acceptWithin: PT0S  | 8:19: not a positive duration. write an ISO 8601 duration such as PT15M or PT24H",
                "acceptWithin: PT3H    | acceptIn: PT3H      | ",
                "ROUTINE               | LEISURELY           | ",
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
