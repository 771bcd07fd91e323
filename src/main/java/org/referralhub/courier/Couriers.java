package org.referralhub.courier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.CourierSettings;
import org.referralhub.agency.Transport;
import org.referralhub.ledger.CourierLines;
import org.referralhub.message.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The couriers of all agencies that have one. */
public final class Couriers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Couriers.class);
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Map<String, Courier> couriers = new ConcurrentHashMap<>();
    private final Predicate<String> paused;
    private final Supplier<CourierLines> lines;
    private final Path data;
    private final Clock clock;
    private final MeterRegistry meters;

    /**
     * @param paused whether an agency is to be left alone
     * @param lines what couriers bring again; asked for when there is a courier
     * @param data what the paths of folders begin at
     */
    public Couriers(
            AgencyRegistry agencies,
            Predicate<String> paused,
            Supplier<CourierLines> lines,
            Path data,
            Clock clock,
            MeterRegistry meters) {
        this.paused = paused;
        this.lines = lines;
        this.data = data;
        this.clock = clock;
        this.meters = meters;
        follow(agencies);
        Gauge.builder("hub.courier.open", this, all -> all.countOpen())
                .description("Agencies that are left alone because their system does not answer")
                .register(meters);
    }

    /**
     * Goes by these agencies from now on. A courier whose settings are others begins anew; one whose agency has none any more
     * ends with the document that it has in hand.
     */
    public synchronized void follow(AgencyRegistry agencies) {
        Set<String> gone = new HashSet<>(couriers.keySet());
        for (Agency agency : agencies.all()) {
            CourierSettings settings = agency.reach().courier();
            if (settings == null) {
                continue;
            }
            gone.remove(agency.id());
            Courier known = couriers.get(agency.id());
            if (known == null || !known.goesBy(settings)) {
                end(couriers.put(
                        agency.id(),
                        new Courier(
                                agency.id(),
                                settings,
                                carrier(settings.transport(), data, clock),
                                lines.get(),
                                clock)));
            }
        }
        gone.forEach(agency -> end(couriers.remove(agency)));
    }

    private static void end(@Nullable Courier courier) {
        if (courier != null) {
            courier.close();
        }
    }

    private static Carrier carrier(Transport transport, Path data, Clock clock) {
        if (transport instanceof Transport.Https https) {
            return new HttpsCarrier(https, clock);
        }
        if (transport instanceof Transport.Mail mail) {
            return new MailCarrier(mail, clock);
        }
        return new DropCarrier(drop((Transport.Drop) transport, data));
    }

    static DropFolder drop(Transport.Drop drop, Path data) {
        return drop instanceof Transport.Folder folder
                ? new LocalFolder(data.resolve(folder.path()), folder.create())
                : new SftpFolder((Transport.Sftp) drop);
    }

    /**
     * Brings the document of an inbox to its agency; called by the courier's route. Returns when the agency has taken it.
     *
     * @param agency whose inbox it lay in
     * @param since when it came there, milliseconds since 1970 UTC
     * @throws UndeliveredException when the agency has not taken it
     */
    public void bring(
            @Body byte[] document,
            @Variable("agency") String agency,
            @Header("JMSTimestamp") @Nullable Long since,
            @org.apache.camel.Headers Map<String, Object> headers) {
        carry(agency, document(document, since, headers), Courier::bring);
    }

    /**
     * Tells the agency of a document that stays in its inbox, and marks it as told. When that has to be tried again it is not
     * marked: nobody takes it away from the agency until then, which may have its own way to know of it.
     *
     * @param agency whose inbox it lies in
     * @param sent when it was last put there, milliseconds since 1970 UTC
     * @throws UndeliveredException when it is not to be tried again
     */
    public void tell(
            @Body byte[] document,
            @Variable("agency") String agency,
            @Header("JMSTimestamp") @Nullable Long sent,
            @Header(Headers.SINCE) @Nullable Long first,
            @org.apache.camel.Headers Map<String, Object> headers) {
        Document inInbox = document(document, first == null ? sent : first, headers);
        headers.put(Headers.SINCE, inInbox.since().toEpochMilli());
        try {
            carry(agency, inInbox, Courier::tell);
            headers.put(Headers.NOTIFIED, "true");
        } catch (UndeliveredException e) {
            if (e.next() != UndeliveredException.Next.AGAIN) {
                throw e;
            }
        }
    }

    private Document document(byte[] document, @Nullable Long since, Map<String, Object> headers) {
        String contentType = text(headers, Headers.CONTENT_TYPE);
        return new Document(
                String.valueOf(headers.get(Headers.DELIVERY_ID)),
                text(headers, Headers.MESSAGE_TYPE),
                text(headers, Headers.REFERRAL_ID),
                text(headers, Headers.REFERENCE),
                text(headers, Headers.URGENCY),
                contentType == null ? "application/octet-stream" : contentType,
                document,
                since == null ? clock.instant() : Instant.ofEpochMilli(since),
                text(headers, Headers.TRACE));
    }

    private static @Nullable String text(Map<String, Object> headers, String name) {
        return headers.get(name) instanceof String text ? text : null;
    }

    private void carry(String agency, Document document, BiConsumer<Courier, Document> how) {
        Courier courier = couriers.get(agency);
        if (courier == null) {
            // Its entry has just lost it; the route ends too.
            throw UndeliveredException.again("no-courier");
        }
        long began = System.nanoTime();
        try {
            how.accept(courier, document);
            count(courier.way(), "taken", began);
        } catch (UndeliveredException e) {
            count(courier.way(), e.next().name().toLowerCase(Locale.ROOT).replace('_', '-'), began);
            LOG.warn("{} has not taken {}: {}, {}", agency, document.id(), e.code(), e.next());
            throw e;
        }
    }

    /**
     * Asked before each document is taken from an inbox. When the courier is paused or leaves its agency alone, this waits a
     * moment before it says no.
     */
    public boolean mayTake(String agency) throws InterruptedException {
        Courier courier = couriers.get(agency);
        if (courier != null) {
            if (paused.test(agency)) {
                courier.rest();
            } else if (courier.mayTake()) {
                return true;
            }
        }
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        return false;
    }

    /** How the agency's courier stands; empty when it has none. */
    public Optional<CourierStatus> status(String agency) {
        return Optional.ofNullable(couriers.get(agency)).map(Courier::status);
    }

    private long countOpen() {
        return couriers.values().stream()
                .filter(courier -> courier.status().open())
                .count();
    }

    private void count(String way, String result, long began) {
        Counter.builder("hub.courier.documents")
                .description("Documents that couriers have brought or tried to, by way and by what became of them")
                .tag("way", way)
                .tag("result", result)
                .register(meters)
                .increment();
        Timer.builder("hub.courier.time")
                .description("How long agencies take to take a document")
                .tag("way", way)
                .register(meters)
                .record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        couriers.values().forEach(Courier::close);
    }
}
