package org.referralhub.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.CourierSettings;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Reach;
import org.referralhub.agency.TestAgencies;
import org.referralhub.agency.Transport;
import org.referralhub.ledger.CourierLines;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.MovableClock;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.Text;

/** What a change of the agencies does to the couriers that are at work. */
class CouriersTest {
    private static final String SHELTER = "shelter";

    private final MovableClock clock = new MovableClock("2026-11-22T13:30:00Z");

    /** As if the entry was read anew; nobody listens at port 1. */
    private static AgencyRegistry registry(String key) {
        Transport https = new Transport.Https(
                URI.create("https://127.0.0.1:1/in"),
                key.getBytes(StandardCharsets.UTF_8),
                List.of(),
                Duration.ofSeconds(5));
        return new TestAgencies()
                .with(new Agency(
                        SHELTER,
                        AgencyKind.SHELTER,
                        new Text(SHELTER, SHELTER),
                        Set.of("*"),
                        "canonical",
                        OpeningHours.ALWAYS,
                        new Reach(CourierSettings.usual(https), null, null)))
                .registry();
    }

    private UndeliveredException bring(Couriers couriers, String id) {
        clock.move(Duration.ofMillis(1));
        return catchThrowableOfType(
                UndeliveredException.class,
                () -> couriers.bring(
                        new byte[] {'{', '}'},
                        SHELTER,
                        null,
                        Map.of(Headers.DELIVERY_ID, id, Headers.MESSAGE_TYPE, "AMEND", Headers.REFERRAL_ID, "r-1")));
    }

    @Test
    void a_change_that_leaves_an_agency_as_it_was_leaves_its_courier_with_all_that_it_knows() {
        try (LedgerDatabase database = Databases.SQLITE.open();
                Couriers couriers = new Couriers(
                        registry("one key"),
                        agency -> false,
                        () -> new CourierLines(database),
                        Path.of(""),
                        clock,
                        new SimpleMeterRegistry())) {
            assertThat(bring(couriers, "request").code()).isEqualTo("unreachable");

            couriers.follow(registry("one key"));
            assertThat(couriers.status(SHELTER).orElseThrow().lastCause()).isEqualTo("unreachable");
            assertThat(bring(couriers, "amendment").code())
                    .as("what waits to be tried again is not overtaken")
                    .isEqualTo("earlier-one-first");

            couriers.follow(registry("another key"));
            assertThat(couriers.status(SHELTER).orElseThrow().lastCause()).isNull();
            assertThat(bring(couriers, "amendment").code())
                    .as("the line is the ledger's and not the courier's")
                    .isEqualTo("earlier-one-first");
        }
    }
}
