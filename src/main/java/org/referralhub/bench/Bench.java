package org.referralhub.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.broker.EmbeddedBroker;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Place;
import org.referralhub.configuration.Places;
import org.referralhub.edition.Edition;
import org.referralhub.edition.Editions;
import org.referralhub.message.AgencyKind;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * One run: the hub and beside it a bare broker of the same configuration, each warmed up, then measured in turns.
 *
 * @param referrals in each round of each course
 * @param warmUp referrals in each round that is not counted; there are such rounds until the compiler is quiet
 * @param rounds how often each course is measured; the middle one counts
 */
record Bench(int referrals, int warmUp, int rounds, long seed, Load load, Path home) {
    /** A hub that is never warm is measured as it is then: the table says what the compiler still took. */
    private static final int MOST_WARM_UPS = 8;

    private static final List<String> DIALECTS = List.of("helpline", "police");

    /** Told how far the run is. */
    interface Progress {
        /** A round of this course begins. */
        IntConsumer round(String course, int referrals);
    }

    /**
     * What was measured.
     *
     * @param figures by course, in the order of the table
     * @param warmUps rounds before the first that counts
     * @param journal what the broker says of its journal
     * @param copies messages that reach an inbox for one referral, the receipt included, on average
     */
    record Result(Map<String, Figures> figures, int warmUps, String journal, double copies) {}

    Result run(Progress progress) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("hub-bench");
        try (ConfigurableApplicationContext hub = WholeHub.start(home, work.resolve("hub"));
                EmbeddedBroker bare = EmbeddedBroker.start(
                        new HubHome(home).config().resolve("broker.xml"),
                        work.resolve("bare"),
                        Map.of("hub.broker.amqp.port", "0", "hub.broker.stomp.port", "0", "hub.broker.core.port", "0"),
                        hub.getBean(Editions.class).current().setup()::agencies,
                        DIALECTS,
                        reason -> {})) {
            return measure(hub, bare, progress);
        } finally {
            FileSystemUtils.deleteRecursively(work);
        }
    }

    private Result measure(ConfigurableApplicationContext hub, Broker bare, Progress progress)
            throws InterruptedException {
        Edition edition = hub.getBean(Editions.class).current();
        AgencyRegistry agencies = edition.setup().agencies();
        ReferralMix mix = new ReferralMix(
                seed,
                new ReferralMix.Senders(
                        senders(agencies, AgencyKind.HELPLINE_108, "helpline"),
                        senders(agencies, AgencyKind.POLICE, "police")),
                places(edition.setup().places()),
                "%08x".formatted(ThreadLocalRandom.current().nextInt()),
                Clock.systemUTC());
        List<String> inboxes = agencies.all().stream().map(Agency::inbox).toList();

        Rehearsal rehearsal = new Rehearsal(
                edition.handbook().translator(),
                edition.setup().recipients(),
                edition.setup().disclosure(),
                agencies);
        List<Shape> variants = mix.next(ReferralMix.VARIANTS).stream()
                .map(referral -> rehearsal.shape(referral, Clock.systemUTC().instant()))
                .toList();
        Function<Sending, Shape> shapes = referral -> variants.get(referral.variant());
        Map<String, Shape> byReferral = new HashMap<>();

        Workers workers = Workers.of(hub.getEnvironment());
        Broker whole = hub.getBean(Broker.class);
        Map<String, List<Figures>> figures = new LinkedHashMap<>();
        CurrentRun listener = new CurrentRun();
        boolean warm = false;
        int warmUps = 0;
        for (int round = 0; round < rounds; ) {
            boolean counted = warm || warmUps == MOST_WARM_UPS;
            int count = counted ? referrals : warmUp;
            boolean quiet = true;
            for (Course.Opening opening : List.<Course.Opening>of(
                    () -> new BareBroker(bare, shapes, byReferral::get, listener, workers, DIALECTS, inboxes),
                    () -> new BarePipeline(bare, shapes, byReferral::get, listener, workers, DIALECTS, inboxes),
                    () -> new WholeHub(whole, shapes, listener, inboxes))) {
                List<Sending> batch = mix.next(count);
                byReferral.clear();
                batch.forEach(referral -> byReferral.put(referral.referralId(), shapes.apply(referral)));
                try (Course course = opening.open()) {
                    String name = course.title() + (counted ? "" : ", warming up");
                    Figures measured = load.drive(course, batch, listener, progress.round(name, count));
                    quiet &= measured.warm();
                    if (counted) {
                        figures.computeIfAbsent(course.title(), title -> new ArrayList<>())
                                .add(measured);
                    }
                }
            }
            if (counted) {
                round++;
            } else {
                warmUps++;
                warm = quiet;
            }
        }
        Map<String, Figures> medians = new LinkedHashMap<>();
        figures.forEach((title, all) -> medians.put(title, Figures.median(all)));
        double copies = variants.stream()
                .mapToInt(shape -> shape.copies().size())
                .average()
                .orElseThrow();
        return new Result(medians, warmUps, whole.journal(), copies);
    }

    private static List<String> senders(AgencyRegistry agencies, AgencyKind kind, String dialect) {
        List<String> senders = agencies.all().stream()
                .filter(agency -> agency.kind() == kind && agency.dialect().equals(dialect))
                .map(Agency::id)
                .toList();
        if (senders.isEmpty()) {
            throw new BenchException("no agency of kind " + kind + " speaks " + dialect);
        }
        return senders;
    }

    /** The smallest places there are, each with the district and the aimag it lies in. */
    private static List<PlaceCodes> places(Places places) {
        return places.all().stream()
                .map(place -> places.upward(place.code()))
                .filter(upward -> upward.size() == 3)
                .map(upward -> upward.stream().map(Place::code).toList())
                .map(codes -> new PlaceCodes(codes.get(2), codes.get(1), codes.get(0)))
                .sorted(java.util.Comparator.comparing(PlaceCodes::subdistrict))
                .toList();
    }
}
