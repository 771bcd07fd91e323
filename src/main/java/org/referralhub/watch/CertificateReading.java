package org.referralhub.watch;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.Reach;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long the certificates hold that the configuration names, so that somebody asks for the next one in time. */
final class CertificateReading implements Reading {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateReading.class);
    private static final int MOST = 50;

    private final Supplier<AgencyRegistry> agencies;
    private final Clock clock;
    private final MultiGauge left;
    /** Each is said once. */
    private Set<Certificate> ended = new HashSet<>();

    private record Certificate(String agency, String use, Instant expires) {}

    CertificateReading(Supplier<AgencyRegistry> agencies, Clock clock, MeterRegistry meters) {
        this.agencies = agencies;
        this.clock = clock;
        this.left = MultiGauge.builder("hub.certificate.left")
                .description("How long an agency's certificate still holds, less than nothing when it has run out; the "
                        + MOST + " that end first")
                .baseUnit("seconds")
                .register(meters);
    }

    @Override
    public String name() {
        return "the certificates";
    }

    @Override
    public void take() {
        Instant now = clock.instant();
        List<Certificate> first = agencies.get().all().stream()
                .flatMap(agency -> certificates(agency).stream())
                .sorted(Comparator.comparing(Certificate::expires))
                .limit(MOST)
                .toList();
        left.register(
                first.stream()
                        .<MultiGauge.Row<?>>map(one -> MultiGauge.Row.of(
                                Tags.of("agency", one.agency(), "use", one.use()),
                                Duration.between(now, one.expires()).toSeconds()))
                        .toList(),
                true);
        Set<Certificate> before = ended;
        ended = new HashSet<>();
        for (Certificate one : first) {
            if (one.expires().isBefore(now) && ended.add(one) && !before.contains(one)) {
                LOG.warn("The certificate of {} for {} has run out: {}", one.agency(), one.use(), one.expires());
            }
        }
    }

    /** Of several for the same use the last to end: while an authority changes, the old one stands beside the new one. */
    private static List<Certificate> certificates(Agency agency) {
        Map<String, Certificate> last = new LinkedHashMap<>();
        for (Reach.Certificate one : agency.reach().certificates()) {
            last.put(one.use(), new Certificate(agency.id(), one.use(), one.expires()));
        }
        return List.copyOf(last.values());
    }
}
