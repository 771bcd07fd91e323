package org.referralhub.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.referralhub.deadletter.RepairWorld.OPERATOR;
import static org.referralhub.deadletter.RepairWorld.PATIENCE;
import static org.referralhub.deadletter.RepairWorld.POLICE;
import static org.referralhub.deadletter.RepairWorld.SENDER;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.deadletter.Foreseen.Change;
import org.referralhub.deadletter.Foreseen.Difference;
import org.referralhub.deadletter.Foreseen.Outcome;
import org.referralhub.dialect.Received;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.Messages;
import org.referralhub.ledger.MovableClock;
import org.referralhub.message.MessageType;
import org.referralhub.message.Report;

/** What a rehearsal tells of letters, and that it changes nothing. */
class RehearsalsTest {
    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock("2026-11-22T04:00:00Z");
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private RepairWorld world;
    private Rehearsals rehearsals;
    private boolean slow;

    /** Delivery as the world's own is: it fails for who is out of order. */
    private final class TheWorldsStages implements Stages {
        @Override
        public List<Received> intake(String sender, String dialect, byte[] original, Instant now) {
            throw new StageFailure("unknown-agency");
        }

        @Override
        public Written delivery(String recipient, byte[] canonical) {
            if (slow) {
                try {
                    mayGoOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return world.broken.contains(recipient)
                    ? new Written("translation-failed", Report.CLEAN, new byte[0])
                    : new Written(null, Report.CLEAN, canonical);
        }

        @Override
        public boolean hasCourier(String agency) {
            return false;
        }
    }

    private void open(Databases kind) {
        world = new RepairWorld(kind, folder);
        rehearsals = new Rehearsals(world.database, () -> new Today("test", new TheWorldsStages(), world.rules), clock);
    }

    @AfterEach
    void close() throws Exception {
        mayGoOn.countDown();
        rehearsals.close();
        world.close();
    }

    private Rehearsal rehearse(Selection selection) {
        String id = rehearsals.start(selection, OPERATOR).id();
        await().atMost(PATIENCE).until(() -> rehearsals.find(id).orElseThrow().endedAt() != null);
        return rehearsals.find(id).orElseThrow();
    }

    private static Selection everything() {
        return new Selection(null, null, Map.of("recipient", POLICE));
    }

    @ParameterizedTest
    @EnumSource
    void it_tells_what_would_become_of_each_letter_and_changes_nothing(Databases kind) throws Exception {
        open(kind);
        List<Messages> requests = world.letters(70);
        long audited = world.number("select count(*) from audit");

        Rehearsal broken = rehearse(everything());
        assertThat(broken.state()).isEqualTo(Rehearsal.State.DONE);
        assertThat(broken.totals()).containsExactly(new Rehearsal.Total(Outcome.FAILS, "translation-failed", 70));

        world.send(Messages.followUp(
                        SENDER, "amend", MessageType.AMEND, requests.get(0).referralId())
                .body("{\"changes\":{\"narrative\":\"newer\",\"callbackPhone\":\"99112233\"}}"));
        await().atMost(PATIENCE).until(() -> world.number("select count(*) from amended") == 1);
        world.broken.clear();
        Rehearsal repaired = rehearse(everything());
        assertThat(repaired.totals()).containsExactly(new Rehearsal.Total(Outcome.DELIVERED, null, 70));
        assertThat(repaired.version()).isEqualTo("test");
        List<Foreseen> letters = rehearsals.letters(repaired.id(), null, 0, 100);
        assertThat(letters).extracting(Foreseen::number).startsWith(1, 2, 3).hasSize(70);
        assertThat(letters)
                .filteredOn(letter -> !letter.differences().isEmpty())
                .singleElement()
                .satisfies(letter -> assertThat(letter.differences())
                        .contains(
                                new Difference("/body/narrative", Change.CHANGED),
                                new Difference("/body/callbackPhone", Change.ADDED)));
        assertThat(rehearsals.find(broken.id()))
                .as("what the same person asked before")
                .isEmpty();
        assertThat(letters.toString()).doesNotContain("newer", "Тэмүүлэн", "99112233");
        assertThat(rehearsals.letters(repaired.id(), Outcome.DELIVERED, 68, 10))
                .extracting(Foreseen::number)
                .containsExactly(69, 70);
        assertThat(rehearsals.letters(repaired.id(), Outcome.FAILS, 0, 10)).isEmpty();

        assertThat(world.arrivals(POLICE, MessageType.REQUEST)).isEmpty();
        assertThat(world.texts("select distinct state from letter")).containsExactly("OPEN");
        assertThat(world.number("select count(*) from audit")).isEqualTo(audited);
        assertThat(world.faults()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void what_was_foreseen_comes_true(Databases kind) throws Exception {
        open(kind);
        List<Messages> requests = world.letters(6);
        world.broken.clear();
        // Two have gone meanwhile, and of one the referral is called off.
        List<String> ids = world.texts("select id from letter order by message_id");
        for (String gone : ids.subList(0, 2)) {
            assertThat(world.orders.order("replay", gone, null, OPERATOR, "").isDone())
                    .isTrue();
        }
        world.send(Messages.followUp(
                        SENDER, "recall", MessageType.RECALL, requests.get(2).referralId())
                .body("{\"reason\":\"…\"}"));
        await().atMost(PATIENCE)
                .until(() -> world.number("select count(*) from letter where state = 'OPEN'") == 3
                        && world.number("select count(*) from letter where state = 'RESOLVED'") == 2);

        Rehearsal foreseen = rehearse(Selection.of(ids));
        assertThat(foreseen.totals())
                .containsExactlyInAnyOrder(
                        new Rehearsal.Total(Outcome.DELIVERED, null, 3),
                        new Rehearsal.Total(Outcome.NOTHING, "not-open", 3));

        Run run = world.awaitState(world.begin(Selection.of(ids), null, List.of(), 60_000), RunState.DONE);
        assertThat(run.progress()).isEqualTo(new Run.Progress(0, 0, 3, 0, 3));
        assertThat(world.arrivals(POLICE, MessageType.REQUEST)).hasSize(5).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void one_is_cancelled_others_wait_and_all_are_forgotten(Databases kind) throws Exception {
        open(kind);
        world.letters(3);
        slow = true;
        Rehearsal first = rehearsals.start(everything(), OPERATOR);
        Rehearsal second = rehearsals.start(everything(), OPERATOR);
        await().atMost(PATIENCE)
                .until(() -> rehearsals.find(first.id()).orElseThrow().state() == Rehearsal.State.RUNNING);
        assertThat(rehearsals.find(second.id()).orElseThrow().state()).isEqualTo(Rehearsal.State.WAITING);

        assertThat(rehearsals.cancel(first.id())).isTrue();
        assertThat(rehearsals.find(first.id()).orElseThrow().state()).isEqualTo(Rehearsal.State.CANCELLED);
        mayGoOn.countDown();
        await().atMost(PATIENCE)
                .until(() -> rehearsals.find(second.id()).orElseThrow().state() == Rehearsal.State.DONE);
        assertThat(rehearsals.find(first.id()).orElseThrow().tried()).isLessThan(3);
        assertThat(rehearsals.all()).extracting(Rehearsal::id).containsExactly(second.id(), first.id());

        clock.move(Rehearsals.KEPT.plus(Duration.ofSeconds(1)));
        assertThat(rehearsals.find(second.id())).isEmpty();
        assertThat(rehearsals.cancel(second.id())).isFalse();
        assertThat(rehearsals.letters(second.id(), null, 0, 10)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = "SQLITE")
    void it_must_be_clear_which_letters_are_meant_and_not_too_many(Databases kind) {
        open(kind);
        assertThatThrownBy(() -> rehearsals.start(new Selection(null, null, null), OPERATOR))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> rehearsals.start(new Selection(null, null, Map.of("color", "red")), OPERATOR))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> rehearsals.start(Selection.of(Collections.nCopies(Rehearsals.MOST + 1, "one")), OPERATOR))
                .isInstanceOf(Rehearsals.TooManyException.class);
    }
}
