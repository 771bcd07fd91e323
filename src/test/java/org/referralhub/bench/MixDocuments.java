package org.referralhub.bench;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** The bench's referrals for tests elsewhere. */
public final class MixDocuments {
    /** When they were written. */
    public static final Instant NOW = Instant.parse("2026-11-20T15:40:00Z");

    private MixDocuments() {}

    /** Documents of one dialect, the same ones each time. */
    public static List<byte[]> of(String dialect) {
        return new ReferralMix(
                        108,
                        new ReferralMix.Senders(List.of("helpline-108"), List.of("police-capital")),
                        List.of(new PlaceCodes("11", "1110", "111095"), new PlaceCodes("65", "6501", "650157")),
                        "00000000",
                        Clock.fixed(NOW, ZoneOffset.UTC))
                .next(ReferralMix.VARIANTS).stream()
                        .filter(sending -> sending.dialect().equals(dialect))
                        .map(Sending::bytes)
                        .toList();
    }
}
