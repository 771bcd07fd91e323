package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.FieldSet;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Notice;
import org.referralhub.recipient.Choice;

/** Each disclosure is recorded: to whom, on what basis, and which fields. */
class DisclosuresTest {
    private static final String POLICE = "police-bzd";
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with(POLICE, AgencyKind.POLICE, "1110")
            .registry();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-20T15:40:00Z"), ZoneOffset.UTC);
    private static final FieldSet SHOWN = FieldSet.of(List.of("/messageId", "/body/urgency", "/body/child/givenName"));

    private LedgerDatabase database;
    private Ledger ledger;

    private void open(Databases kind) {
        database = kind.open();
        ledger = new Ledger(
                database,
                (request, at) -> List.of(new Choice(AGENCIES.find(POLICE).orElseThrow(), "violence")),
                Views.WHOLE,
                AGENCIES,
                ResponseTimes.PROPOSED,
                CLOCK);
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    /** Sends a referral and tells the ledger that its recipient has it; returns what the timeline says of that. */
    private List<ReferralTimeline.Entry> delivered(String id, @Nullable FieldSet shown, boolean named)
            throws Exception {
        Messages request = Messages.request("helpline-108", id);
        List<Notice> notices = new ArrayList<>();
        for (Emission emission : ledger.process(List.of(request.input()))) {
            if (POLICE.equals(emission.properties().get(Headers.RECIPIENT))) {
                notices.add(new Notice(
                        String.valueOf(emission.properties().get(Headers.DELIVERY_ID)),
                        POLICE,
                        "consent",
                        1,
                        null,
                        null,
                        null,
                        shown == null ? null : shown.id(),
                        named && shown != null ? shown.names() : null,
                        null));
            }
        }
        assertThat(notices).hasSize(1);
        ledger.process(List.of(new LedgerInput(
                "ID:" + id, LedgerKind.DELIVERED, Map.of(Headers.KIND, "DELIVERED"), Notice.toBytes(notices))));
        return new ReferralTimeline(database.readers(), CLOCK, sender -> false)
                .whole(request.referralId()).stream()
                        .filter(entry -> entry.kind() == ReferralTimeline.Kind.DELIVERED)
                        .toList();
    }

    @ParameterizedTest
    @EnumSource
    void the_timeline_says_which_fields_each_recipient_was_shown_and_on_what_basis(Databases kind) throws Exception {
        open(kind);

        assertThat(delivered("call-1", SHOWN, true)).singleElement().satisfies(entry -> {
            assertThat(entry.agency()).isEqualTo(POLICE);
            assertThat(entry.basis()).isEqualTo("consent");
            assertThat(entry.fields()).containsExactly("/body/child/givenName", "/body/urgency", "/messageId");
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_set_that_the_ledger_knows_need_not_be_told_again(Databases kind) throws Exception {
        open(kind);
        FieldSets known = new FieldSets(database.readers());
        assertThat(known.has(SHOWN.id())).isFalse();

        delivered("call-1", SHOWN, true);

        assertThat(known.has(SHOWN.id())).isTrue();
        assertThat(delivered("call-2", SHOWN, false))
                .singleElement()
                .extracting(ReferralTimeline.Entry::fields)
                .isEqualTo(SHOWN.names());
        assertThat(delivered("call-3", SHOWN, true))
                .singleElement()
                .extracting(ReferralTimeline.Entry::fields)
                .isEqualTo(SHOWN.names());
    }

    @ParameterizedTest
    @EnumSource
    void a_delivery_of_which_nobody_told_the_fields_has_none(Databases kind) throws Exception {
        open(kind);

        assertThat(delivered("call-1", null, false))
                .singleElement()
                .extracting(ReferralTimeline.Entry::fields)
                .isNull();
    }
}
