package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Notice;
import org.referralhub.recipient.Choice;

class ManifestsTest {
    private static final String POLICE = "police-bzd";
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with(POLICE, AgencyKind.POLICE, "1110")
            .registry();
    private static final Instant MIDNIGHT = Instant.parse("2026-11-21T16:00:00Z");
    private static final Instant NEXT = MIDNIGHT.plus(Duration.ofDays(1));

    private final MovableClock clock = new MovableClock("2026-11-21T13:00:00Z");
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
                clock);
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    private Emission request(String id) throws Exception {
        return ledger.process(List.of(Messages.request("helpline-108", id).input()))
                .get(0);
    }

    private void deliver(Emission emission, String digest) throws Exception {
        Notice notice = new Notice(emission.properties().get(Headers.DELIVERY_ID), POLICE, "consent", 1, digest);
        ledger.process(List.of(new LedgerInput(
                "ID:" + digest,
                LedgerKind.DELIVERED,
                Map.of(Headers.KIND, "DELIVERED"),
                Notice.toBytes(List.of(notice)))));
    }

    private List<Manifests.Line> lines(String agency, Instant from, Instant to, int size) {
        Manifests manifests = new Manifests(database.readers());
        List<Manifests.Line> lines = new ArrayList<>();
        String after = null;
        do {
            Manifests.Page page = manifests.page(agency, from, to, after, size);
            assertThat(page.lines().size()).isLessThanOrEqualTo(size);
            lines.addAll(page.lines());
            after = page.next();
        } while (after != null);
        return lines;
    }

    private static List<String> ids(List<Manifests.Line> lines) {
        return lines.stream()
                .map(line -> line.way().code() + ' ' + line.messageId() + ' ' + line.state())
                .toList();
    }

    /** One is delivered hours late, one across midnight, one within the day, one the day after, one never. */
    @ParameterizedTest
    @EnumSource
    void eachMessageStandsInTheDayInWhichItPassed(Databases kind) throws Exception {
        open(kind);
        Emission late = request("late");
        clock.move(Duration.ofMinutes(179));
        Emission across = request("across");
        clock.move(Duration.ofMinutes(2));
        deliver(across, "digest-across");
        deliver(late, "digest-late");
        Emission within = request("within");
        deliver(within, "digest-within");
        ledger.process(List.of(Messages.followUp(
                        POLICE, "ack", MessageType.ACK, within.properties().get(Headers.REFERRAL_ID))
                .input()));
        Emission after = request("after");
        request("never");
        clock.move(Duration.ofHours(24));
        deliver(after, "digest-after");

        for (int size : List.of(1, 2, 100)) {
            assertThat(ids(lines(POLICE, MIDNIGHT, NEXT, size)))
                    .containsExactly(
                            "from ack accepted", "to late delivered", "to across delivered", "to within delivered");
            assertThat(ids(lines("helpline-108", MIDNIGHT, NEXT, size)))
                    .containsExactlyInAnyOrder("from within accepted", "from after accepted", "from never accepted");
            assertThat(ids(lines(POLICE, NEXT, NEXT.plus(Duration.ofDays(1)), size)))
                    .containsExactly("to after delivered");
            assertThat(ids(lines("helpline-108", MIDNIGHT.minus(Duration.ofDays(1)), MIDNIGHT, size)))
                    .containsExactly("from late accepted", "from across accepted");
        }
        Manifests.Line line = lines(POLICE, MIDNIGHT, NEXT, 10).get(1);
        assertThat(line.digest()).isEqualTo("digest-late");
        assertThat(line.id()).isEqualTo(late.properties().get(Headers.DELIVERY_ID));
        assertThat(line.at()).isEqualTo(Instant.parse("2026-11-21T16:01:00Z"));
        assertThat(lines("helpline-108", MIDNIGHT, NEXT, 10).get(0).digest())
                .isEqualTo(Identifiers.digest(Messages.utf8("original of "
                        + lines("helpline-108", MIDNIGHT, NEXT, 10).get(0).messageId())));
        assertThat(new Manifests(database.readers()).knows(POLICE)).isTrue();
        assertThat(new Manifests(database.readers()).knows("nobody")).isFalse();
        assertThatThrownBy(() -> new Manifests(database.readers()).page(POLICE, MIDNIGHT, NEXT, "x", 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
