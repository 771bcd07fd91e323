package org.referralhub.bench;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.referralhub.message.Identifiers;

/**
 * The referrals that the bench sends: mostly partial calls to the helpline, the rest police reports. The same seed gives the
 * same contents on every machine; only dates follow the clock, since a referral from the future or of long ago is another
 * matter.
 */
final class ReferralMix {
    /** Kinds of content; those of one kind differ in message id and child. */
    static final int VARIANTS = 1000;

    /** Of a hundred referrals so many are calls to the helpline. */
    private static final int CALLS = 65;

    private static final ZoneId ZONE = ZoneId.of("Asia/Ulaanbaatar");

    private final long seed;
    private final Senders senders;
    private final String run;
    private final HelplineCalls calls;
    private final PoliceReports reports;
    private int made;

    /**
     * @param senders ids of agencies by dialect, {@code helpline} and {@code police}, at least one each
     * @param places where children live
     * @param run tells the message ids of this run from those of any other, eight characters
     */
    ReferralMix(long seed, Senders senders, List<PlaceCodes> places, String run, Clock clock) {
        this.seed = seed;
        this.senders = senders;
        this.run = run;
        OffsetDateTime now = OffsetDateTime.now(clock.withZone(ZONE)).withNano(0);
        calls = new HelplineCalls(places, now);
        reports = new PoliceReports(places, now);
    }

    /** The next referrals; no message id comes twice, nor a child. */
    List<Sending> next(int count) {
        List<Sending> referrals = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            referrals.add(next());
        }
        return referrals;
    }

    private Sending next() {
        int number = made++;
        int variant = number % VARIANTS;
        RandomGenerator random = new SplittableRandom(seed * VARIANTS + variant);
        InventedChild child = new InventedChild(number);
        boolean call = random.nextInt(100) < CALLS;
        String agency = Wording.one(call ? senders.helpline() : senders.police(), random);
        String id = "BENCH-%s-%09d".formatted(run, number);
        String text = call ? calls.next(id, random, child).toString() : reports.next(id, random, child);
        return new Sending(
                number,
                variant,
                agency,
                call ? "helpline" : "police",
                Identifiers.referralId(agency, id),
                text.getBytes(StandardCharsets.UTF_8));
    }

    /** Who sends. */
    record Senders(List<String> helpline, List<String> police) {}
}
