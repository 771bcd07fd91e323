package org.referralhub.bench;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.referralhub.message.Identifiers;

/**
 * The referrals that the bench sends: mostly partial calls to the helpline, the rest police reports. The same seed gives the
 * same contents on every machine; only dates follow the clock, since a referral from the future or of long ago is another
 * matter.
 */
final class ReferralMix {
    /** Contents that differ in more than their message id. */
    static final int VARIANTS = 1000;

    /** Of a hundred referrals so many are calls to the helpline. */
    private static final int CALLS = 65;

    private static final String ID = "BENCH-00000000-000000000";
    private static final ZoneId ZONE = ZoneId.of("Asia/Ulaanbaatar");

    private final List<Variant> variants = new ArrayList<>();
    private final String run;
    private int made;

    /**
     * @param senders ids of agencies by dialect, {@code helpline} and {@code police}, at least one each
     * @param places where children live
     * @param run tells the message ids of this run from those of any other, eight characters
     */
    ReferralMix(long seed, Senders senders, List<PlaceCodes> places, String run, Clock clock) {
        this.run = run;
        OffsetDateTime now = OffsetDateTime.now(clock.withZone(ZONE)).withNano(0);
        HelplineCalls calls = new HelplineCalls(places, now);
        PoliceReports reports = new PoliceReports(places, now);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < VARIANTS; i++) {
            boolean call = random.nextInt(100) < CALLS;
            String text = call ? calls.next(ID, random).toString() : reports.next(ID, random);
            variants.add(new Variant(
                    Wording.one(call ? senders.helpline() : senders.police(), random),
                    call ? "helpline" : "police",
                    text));
        }
    }

    /** The next referrals; no message id comes twice. */
    List<Sending> next(int count) {
        List<Sending> referrals = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int number = made++;
            int kind = number % VARIANTS;
            Variant variant = variants.get(kind);
            String id = "BENCH-%s-%09d".formatted(run, number);
            referrals.add(new Sending(
                    number,
                    kind,
                    variant.agency(),
                    variant.dialect(),
                    Identifiers.referralId(variant.agency(), id),
                    variant.text().replace(ID, id).getBytes(StandardCharsets.UTF_8)));
        }
        return referrals;
    }

    /** Who sends. */
    record Senders(List<String> helpline, List<String> police) {}

    private record Variant(String agency, String dialect, String text) {}
}
