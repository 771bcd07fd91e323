package org.referralhub.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.dialect.Dialects;
import org.referralhub.dialect.Inbound;
import org.referralhub.dialect.Translator;

class ReferralMixTest {
    private static final Instant NOW = Instant.parse("2026-11-20T15:40:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    private static final Pattern REGISTER = Pattern.compile("\\b[А-ЯӨҮ]{2}\\d{8}\\b", Pattern.UNICODE_CHARACTER_CLASS);

    @Test
    void every_referral_of_the_mix_passes_the_hubs_checks() {
        Faults faults = new Faults();
        HubHome home = new HubHome(Path.of(""));
        Places places = Places.load(home, faults);
        Dialects dialects = Dialects.load(home, CodeLists.load(home, faults), places, faults);
        faults.throwIfAny();
        Translator translator = new Translator(dialects);
        assertThat(mix(108).next(ReferralMix.VARIANTS)).allSatisfy(referral -> {
            Inbound inbound = translator.inbound(referral.dialect(), referral.agency(), referral.bytes(), NOW);
            assertThat(inbound).as(() -> inbound.report().toString()).isInstanceOf(Inbound.Accepted.class);
            assertThat(((Inbound.Accepted) inbound)
                            .canonical()
                            .path("referralId")
                            .asText())
                    .isEqualTo(referral.referralId());
        });
    }

    @Test
    void the_same_seed_gives_the_same_referrals_and_another_seed_others() {
        assertThat(mix(1).next(50)).usingRecursiveComparison().isEqualTo(mix(1).next(50));
        assertThat(mix(1).next(50).stream().map(Sending::dialect).toList())
                .isNotEqualTo(mix(2).next(50).stream().map(Sending::dialect).toList());
    }

    @Test
    void no_referral_comes_twice() {
        ReferralMix mix = mix(1);
        List<Sending> first = mix.next(ReferralMix.VARIANTS);
        List<Sending> second = mix.next(ReferralMix.VARIANTS);
        assertThat(first.get(0).variant()).isEqualTo(second.get(0).variant());
        assertThat(first)
                .extracting(Sending::referralId)
                .doesNotContainAnyElementsOf(
                        second.stream().map(Sending::referralId).toList());
    }

    @Test
    void the_referrals_are_about_different_children() {
        List<String> numbers = mix(1).next(10 * ReferralMix.VARIANTS).stream()
                .flatMap(referral -> REGISTER.matcher(new String(referral.bytes(), StandardCharsets.UTF_8))
                        .results()
                        .map(MatchResult::group))
                .toList();
        assertThat(numbers).hasSizeGreaterThan(3 * ReferralMix.VARIANTS);
        assertThat(numbers).doesNotHaveDuplicates();
    }

    private static ReferralMix mix(long seed) {
        return new ReferralMix(
                seed,
                new ReferralMix.Senders(List.of("helpline-108"), List.of("police-capital", "police-national")),
                List.of(new PlaceCodes("11", "1110", "111095"), new PlaceCodes("65", "6501", "650157")),
                "00000000",
                CLOCK);
    }
}
