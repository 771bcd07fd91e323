package org.referralhub.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.CourierSettings;
import org.referralhub.agency.Transport;
import org.referralhub.ledger.CourierLines;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.MovableClock;

/** When an agency is left alone, when it is tried, and when a document is given up. */
class CourierTest {
    private static final Duration PROBE = Duration.ofSeconds(10);
    private static final Duration GIVE_UP = Duration.ofHours(1);

    private final MovableClock clock = new MovableClock("2026-11-22T13:30:00Z");
    private final List<String> brought = new ArrayList<>();
    private UndeliveredException trouble;
    private String referral;
    private final LedgerDatabase database = Databases.SQLITE.open();
    private final CourierLines lines = new CourierLines(database);
    private final Map<String, Instant> arrivals = new HashMap<>();
    private Courier courier = begin();

    @AfterEach
    void close() {
        database.close();
    }

    /** A courier as after a start of the hub, or on another node. */
    private Courier begin() {
        return new Courier(
                "shelter",
                new CourierSettings(
                        new Transport.Folder(Path.of("nowhere"), false),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(30),
                        GIVE_UP,
                        3,
                        PROBE),
                document -> {
                    if (trouble != null) {
                        throw trouble;
                    }
                    brought.add(document.id());
                },
                lines,
                clock);
    }

    /** The same arrival for the same id; no two arrive in the same millisecond. */
    private Document document(String id, Duration age) {
        Instant arrival = arrivals.computeIfAbsent(id, unknown -> {
            clock.move(Duration.ofMillis(1));
            return clock.instant().minus(age);
        });
        return new Document(id, "REQUEST", referral, null, null, "application/json", new byte[0], arrival, null);
    }

    private UndeliveredException.Next bring(String id, Duration age) {
        assertThat(courier.mayTake()).as("a document may be taken").isTrue();
        UndeliveredException failed =
                catchThrowableOfType(UndeliveredException.class, () -> courier.bring(document(id, age)));
        return failed == null ? null : failed.next();
    }

    private void fail(int times) {
        trouble = UndeliveredException.again("unreachable");
        for (int i = 0; i < times; i++) {
            assertThat(bring("f" + i, Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
        }
    }

    @Test
    void after_some_failures_in_a_row_it_leaves_the_agency_alone_and_then_tries_one_document() {
        fail(3);
        assertThat(courier.mayTake()).isFalse();
        assertThat(courier.status().open()).isTrue();
        assertThat(courier.status().lastCause()).isEqualTo("unreachable");

        clock.move(PROBE.plusMillis(1));
        assertThat(bring("probe", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(courier.mayTake()).as("one, not two").isFalse();

        clock.move(PROBE.plusMillis(1));
        assertThat(courier.mayTake()).as("the pause has grown").isFalse();
        clock.move(PROBE);
        trouble = null;
        assertThat(bring("probe", Duration.ZERO)).isNull();
        assertThat(courier.status().open()).isFalse();
        assertThat(bring("next", Duration.ZERO)).isNull();
        assertThat(brought).containsExactly("probe", "next");
        assertThat(courier.status().lastTaken()).isEqualTo(clock.instant());
    }

    @Test
    void a_clock_that_is_set_back_does_not_keep_the_agency_waiting_as_long() {
        fail(3);
        clock.move(Duration.ofHours(-8));
        assertThat(courier.mayTake()).isTrue();

        trouble = UndeliveredException.again("answer-429", Duration.ofMinutes(20));
        assertThat(bring("later", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(courier.mayTake()).isFalse();
        clock.move(Duration.ofHours(-8));
        assertThat(courier.mayTake()).isTrue();
    }

    @Test
    void an_agency_for_which_nothing_waits_any_more_is_not_left_alone_for_ever() {
        fail(3);
        clock.move(PROBE.plusMillis(1));
        assertThat(courier.mayTake()).as("the inbox is empty, nothing comes").isTrue();
        assertThat(courier.status().open()).isFalse();

        assertThat(bring("probe", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(courier.status().open()).as("it still does not answer").isTrue();
    }

    @Test
    void a_document_that_fails_between_others_that_do_not_closes_nothing() {
        for (int i = 0; i < 5; i++) {
            fail(2);
            trouble = null;
            assertThat(bring("good", Duration.ZERO)).isNull();
        }
        assertThat(courier.status().open()).isFalse();
    }

    @Test
    void what_failed_is_not_overtaken_by_what_the_agency_is_told_of_the_same_referral_later() {
        referral = "r-1";
        fail(1);
        trouble = null;
        assertThat(bring("amendment", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
        referral = "r-2";
        assertThat(bring("of-another-child", Duration.ZERO)).isNull();
        referral = "r-1";
        assertThat(bring("f0", Duration.ZERO)).isNull();
        assertThat(bring("recall", Duration.ZERO))
                .as("the amendment waits, too, and came first")
                .isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(bring("amendment", Duration.ZERO)).isNull();
        assertThat(bring("recall", Duration.ZERO)).isNull();
        assertThat(brought).containsExactly("of-another-child", "f0", "amendment", "recall");
        assertThat(courier.status().open()).isFalse();
        assertThat(lines.read("shelter", "r-1")).isEmpty();
    }

    @Test
    void nor_after_a_start_of_the_hub_however_long_it_was_down() {
        referral = "r-1";
        fail(1);
        trouble = null;
        assertThat(bring("amendment", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
        clock.move(Duration.ofMinutes(20));

        courier = begin();
        assertThat(bring("recall", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(bring("amendment", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(bring("f0", Duration.ZERO)).isNull();
        assertThat(bring("amendment", Duration.ZERO)).isNull();
        assertThat(bring("recall", Duration.ZERO)).isNull();
        assertThat(brought).containsExactly("f0", "amendment", "recall");
    }

    @Test
    void nor_after_a_pause_in_which_nothing_is_taken() {
        referral = "r-1";
        fail(1);
        trouble = null;
        assertThat(bring("amendment", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);

        clock.move(Duration.ofMinutes(20));
        courier.rest();
        assertThat(bring("amendment", Duration.ZERO))
                .as("somebody had paused the agency")
                .isEqualTo(UndeliveredException.Next.AGAIN);

        referral = "r-2";
        trouble = UndeliveredException.again("answer-429", Duration.ofMinutes(20));
        assertThat(bring("of-another-child", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
        trouble = null;
        clock.move(Duration.ofMinutes(20).minusMillis(1));
        assertThat(courier.mayTake()).isFalse();
        clock.move(Duration.ofMillis(1));
        referral = "r-1";
        assertThat(bring("amendment", Duration.ZERO))
                .as("the agency had wanted a pause")
                .isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(bring("f0", Duration.ZERO)).isNull();
        assertThat(bring("amendment", Duration.ZERO)).isNull();
    }

    @Test
    void nobody_waits_for_what_never_comes_again_or_is_the_operators_now() {
        referral = "r-1";
        fail(1);
        trouble = null;
        clock.move(Duration.ofSeconds(61));
        assertThat(bring("amendment", Duration.ZERO))
                .as("what failed may come next")
                .isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(bring("amendment", Duration.ZERO))
                .as("twice the longest pause")
                .isNull();
        assertThat(lines.read("shelter", "r-1")).isEmpty();

        fail(1);
        trouble = UndeliveredException.refused("answer-422");
        assertThat(bring("f0", Duration.ZERO)).isEqualTo(UndeliveredException.Next.REFUSED);
        trouble = null;
        assertThat(bring("recall", Duration.ZERO)).isNull();
        assertThat(lines.read("shelter", "r-1")).isEmpty();
    }

    @Test
    void nobody_waits_for_what_was_given_up_without_being_tried() {
        fail(3);
        clock.move(PROBE.plusMillis(1));
        referral = "r-1";
        assertThat(bring("old", GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
        assertThat(bring("later", GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
        assertThat(lines.read("shelter", "r-1")).isEmpty();
    }

    @Test
    void while_the_ledger_cannot_be_asked_a_document_goes() throws Exception {
        Databases.execute(database, "drop table courier_line");
        referral = "r-1";
        fail(1);
        trouble = null;
        assertThat(bring("f0", Duration.ZERO)).isNull();
    }

    @Test
    void a_refusal_is_an_answer_and_not_a_failure_of_the_agencys_system() {
        trouble = UndeliveredException.refused("answer-422");
        for (int i = 0; i < 10; i++) {
            assertThat(bring("refused", Duration.ZERO)).isEqualTo(UndeliveredException.Next.REFUSED);
        }
        assertThat(courier.status().open()).isFalse();
    }

    @Test
    void an_agency_that_says_when_is_asked_then_and_not_before() {
        trouble = UndeliveredException.again("answer-429", Duration.ofMinutes(2));
        assertThat(bring("early", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(courier.mayTake()).isFalse();
        assertThat(courier.status().heldUntil()).isEqualTo(clock.instant().plus(Duration.ofMinutes(2)));
        assertThat(courier.status().open()).isFalse();

        clock.move(Duration.ofMinutes(2));
        trouble = null;
        assertThat(bring("early", Duration.ZERO)).isNull();
    }

    @Test
    void an_agency_that_only_ever_says_when_is_left_alone_like_one_that_says_nothing() {
        Duration hold = Duration.ofMinutes(2);
        trouble = UndeliveredException.again("answer-503", hold);
        for (int i = 0; i < 3; i++) {
            assertThat(courier.status().open()).as("after %d times", i).isFalse();
            assertThat(bring("again", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
            clock.move(hold.minusMillis(1));
            assertThat(courier.mayTake()).isFalse();
            assertThat(courier.status().open()).isEqualTo(i == 2);
            clock.move(Duration.ofMillis(1));
        }
        trouble = null;
        assertThat(bring("again", Duration.ZERO)).isNull();
        assertThat(courier.status().open()).isFalse();
    }

    @Test
    void while_an_agency_wants_a_long_pause_what_has_waited_too_long_goes_without_being_tried() {
        trouble = UndeliveredException.again("answer-503", Duration.ofHours(1));
        assertThat(bring("old-1", GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
        trouble = null; // it would be taken if it were tried
        assertThat(bring("old-2", GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
        assertThat(bring("old-3", GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
        assertThat(bring("young", Duration.ZERO))
                .as("asked then and not before")
                .isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(courier.mayTake()).isFalse();
        assertThat(brought).isEmpty();

        clock.move(Duration.ofHours(1));
        assertThat(bring("young", Duration.ZERO)).isNull();
    }

    @Test
    void an_agency_that_wants_less_at_once_is_tried_with_each_until_none_is_taken() {
        Duration breath = Duration.ofSeconds(20);
        trouble = UndeliveredException.again("answer-429", breath);
        assertThat(bring("old-1", GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
        assertThat(courier.mayTake()).isFalse();
        trouble = null;
        clock.move(breath);
        assertThat(bring("old-2", GIVE_UP)).isNull();

        trouble = UndeliveredException.again("answer-429", breath);
        for (int i = 3; i < 6; i++) {
            assertThat(bring("old-" + i, GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
            clock.move(breath);
        }
        trouble = null; // it would be taken if it were tried
        assertThat(bring("old-6", GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
        assertThat(brought).containsExactly("old-2");
    }

    @Test
    void what_has_been_tried_for_long_enough_is_given_up_with_its_cause() {
        trouble = UndeliveredException.again("answer-503");
        assertThat(bring("young", GIVE_UP.minusSeconds(1))).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(bring("old", GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
    }

    @Test
    void while_nobody_answers_what_has_waited_too_long_goes_without_being_tried() {
        fail(3);
        clock.move(PROBE.plusMillis(1));
        assertThat(bring("old-1", GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
        trouble = null; // it would be taken if it were tried
        assertThat(bring("old-2", GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
        assertThat(bring("old-3", GIVE_UP)).isEqualTo(UndeliveredException.Next.GIVEN_UP);
        assertThat(bring("young", Duration.ZERO)).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(courier.mayTake()).isFalse();
        assertThat(brought).isEmpty();

        clock.move(Duration.ofSeconds(31));
        assertThat(bring("young", Duration.ZERO)).isNull();
    }

    @Test
    void a_stop_of_the_hub_is_no_failure_of_the_agency_and_keeps_the_document() {
        Courier stopping = new Courier(
                "shelter",
                CourierSettings.usual(new Transport.Folder(Path.of("nowhere"), false)),
                document -> {
                    throw new InterruptedException();
                },
                lines,
                clock);
        UndeliveredException failed =
                catchThrowableOfType(UndeliveredException.class, () -> stopping.bring(document("late", GIVE_UP)));
        assertThat(Thread.interrupted()).as("who waits above hears of it").isTrue();
        assertThat(failed.next()).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(stopping.status().lastFailed()).isNull();
        assertThat(stopping.mayTake()).isTrue();
    }

    @Test
    void what_nobody_has_foreseen_is_permanent_and_tells_no_text() {
        Courier odd = new Courier(
                "shelter",
                CourierSettings.usual(new Transport.Folder(Path.of("nowhere"), false)),
                document -> {
                    throw new IllegalStateException("Номин, 9 настай");
                },
                lines,
                clock);
        UndeliveredException failed =
                catchThrowableOfType(UndeliveredException.class, () -> odd.bring(document("odd", Duration.ZERO)));
        assertThat(failed.next()).isEqualTo(UndeliveredException.Next.REFUSED);
        assertThat(failed.code()).isEqualTo("unexpected-IllegalStateException");
        assertThat(failed).hasNoCause().hasMessage("unexpected-IllegalStateException");
    }
}
