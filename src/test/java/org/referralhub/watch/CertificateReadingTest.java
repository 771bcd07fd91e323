package org.referralhub.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.CourierSettings;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Reach;
import org.referralhub.agency.TestAgencies;
import org.referralhub.agency.Transport;
import org.referralhub.ledger.MovableClock;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Text;
import org.referralhub.testing.TestCertificates;

/** Who watches the hub sees a certificate's end come, and that it has come. */
class CertificateReadingTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void the_time_that_is_left_is_shown_and_goes_below_nothing() {
        X509Certificate certificate = TestCertificates.mailbox(KeyUsage.keyEncipherment, Duration.ofDays(3))
                .certificate();
        Instant ends = certificate.getNotAfter().toInstant();
        MovableClock clock = new MovableClock(ends.minusSeconds(60).toString());
        AgencyRegistry agencies = new TestAgencies()
                .with("fetches", AgencyKind.NGO, "*")
                .with(mailed("office", certificate))
                .registry();
        CertificateReading reading = new CertificateReading(() -> agencies, clock, meters);

        reading.take();
        assertThat(meters.get("hub.certificate.left").gauges()).hasSize(1);
        assertThat(left()).isEqualTo(60);
        clock.move(Duration.ofMinutes(2));
        reading.take();
        assertThat(left()).isEqualTo(-60);
    }

    private double left() {
        Gauge gauge = meters.get("hub.certificate.left")
                .tag("agency", "office")
                .tag("use", "mailbox")
                .gauge();
        return gauge.value();
    }

    private static Agency mailed(String id, X509Certificate certificate) {
        Transport mail = new Transport.Mail(
                new Transport.MailServer("127.0.0.1", 1, false, List.of(), null, null, "hub@example.org"),
                "office@example.org",
                null,
                certificate,
                Duration.ofSeconds(5));
        return new Agency(
                id,
                AgencyKind.SHELTER,
                new Text(id, id),
                Set.of("*"),
                "canonical",
                OpeningHours.ALWAYS,
                new Reach(CourierSettings.usual(mail), null, null));
    }
}
