package org.referralhub.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Reach;
import org.referralhub.broker.Broker;
import org.referralhub.broker.EmbeddedBroker;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Queues;
import org.referralhub.message.Text;

/** What the hub is measured against must itself carry every referral once. */
class BareCoursesIT {
    private static final List<String> DIALECTS = List.of("helpline", "police");
    private static final List<String> IDS = List.of("helpline", "police", "social-worker");

    private final CurrentRun listener = new CurrentRun();
    private final Workers workers = new Workers(2, 1, 50, 4);
    private final Map<String, Shape> byReferral = new HashMap<>();

    @TempDir
    Path data;

    private EmbeddedBroker broker;
    private List<String> inboxes;

    @BeforeEach
    void startBroker() {
        HubHome home = new HubHome(Path.of(""));
        List<Agency> agencies = new ArrayList<>();
        for (String id : IDS) {
            agencies.add(new Agency(
                    id,
                    AgencyKind.POLICE,
                    new Text(id, id),
                    Set.of(Agency.EVERYWHERE),
                    "police",
                    OpeningHours.ALWAYS,
                    Reach.INBOX));
        }
        AgencyRegistry registry = AgencyRegistry.of(agencies, Map.of(), List::of);
        broker = EmbeddedBroker.start(
                home.config().resolve("broker.xml"),
                data,
                Map.of("hub.broker.amqp.port", "0", "hub.broker.stomp.port", "0", "hub.broker.core.port", "0"),
                () -> registry,
                DIALECTS,
                reason -> {});
        inboxes = registry.all().stream().map(Agency::inbox).toList();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void the_bare_broker_carries_every_message_of_every_referral() throws Exception {
        carriesAll(() -> new BareBroker(broker, this::shape, byReferral::get, listener, workers, DIALECTS, inboxes));
    }

    @Test
    void the_bare_pipeline_carries_every_referral_to_every_inbox() throws Exception {
        Function<String, Shape> shapes = byReferral::get;
        carriesAll(() -> new BarePipeline(broker, this::shape, shapes, listener, workers, DIALECTS, inboxes));
    }

    private void carriesAll(Course.Opening opening) throws InterruptedException {
        ReferralMix mix = new ReferralMix(
                1,
                new ReferralMix.Senders(List.of("helpline"), List.of("police")),
                List.of(new PlaceCodes("11", "1110", "111095")),
                "00000000",
                Clock.systemUTC());
        for (int n : new int[] {300, 300}) {
            List<Sending> referrals = mix.next(n);
            byReferral.clear();
            referrals.forEach(referral -> byReferral.put(referral.referralId(), shape(referral)));
            AtomicInteger done = new AtomicInteger();
            try (Course course = opening.open()) {
                Figures figures = new Load(4, 64).drive(course, referrals, listener, place -> done.incrementAndGet());
                assertThat(done).hasValue(n);
                assertThat(figures.referralsPerSecond()).isPositive();
                assertThat(figures.p50()).isLessThanOrEqualTo(figures.p99());
            }
            assertThat(broker.depths().values()).containsOnly(0L);
        }
        // In the hub deliveries that share a commit share a message, too.
        Map<String, Broker.Activity> activity = broker.activity();
        assertThat(activity.get(Queues.LEDGER).taken())
                .isLessThan(600 + activity.get(Queues.DELIVERY).taken());
    }

    private Shape shape(Sending referral) {
        List<Shape.Copy> copies = new ArrayList<>();
        for (int i = 0; i < 2 + referral.variant() % 2; i++) {
            copies.add(new Shape.Copy(IDS.get(i), 1500, 1800));
        }
        copies.add(new Shape.Copy(referral.agency(), 900, 900));
        return new Shape(4000, copies);
    }
}
