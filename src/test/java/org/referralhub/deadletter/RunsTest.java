package org.referralhub.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.referralhub.deadletter.RepairWorld.OPERATOR;
import static org.referralhub.deadletter.RepairWorld.PATIENCE;
import static org.referralhub.deadletter.RepairWorld.POLICE;
import static org.referralhub.deadletter.RepairWorld.SENDER;
import static org.referralhub.deadletter.RepairWorld.SHELTER;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.Messages;
import org.referralhub.message.MessageType;

/** Many letters that are sent again together. */
class RunsTest {
    private static final List<Integer> AT_ONCE = List.of();
    private static final int FAST = 60_000;

    @TempDir
    private Path folder;

    private RepairWorld world;

    private void open(Databases kind) {
        world = new RepairWorld(kind, folder);
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) {
            world.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_canary_clears_a_group_in_order_and_within_its_rate(Databases kind) throws Exception {
        open(kind);
        world.letters(40);
        world.broken.clear();
        String group = world.texts("select fingerprint from letter_group").get(0);

        String id = world.begin(new Selection(null, group, null), null, List.of(1, 5), 600);

        Run run = world.awaitState(id, RunState.DONE);
        assertThat(run.phases()).containsExactly(1, 5, 40);
        assertThat(run.progress()).isEqualTo(new Run.Progress(0, 0, 40, 0, 0));
        List<RunItem> items = world.items(id);
        List<String> sent = world.texts(
                "select l.message_id from desk_run_item i join letter l on l.id = i.letter" + " order by i.number");
        assertThat(world.arrivals(POLICE, MessageType.REQUEST)).isEqualTo(sent).hasSize(40);
        assertThat(RepairWorld.mostInASecond(items)).isLessThanOrEqualTo(10);
        // Nothing of the next phase goes before all of the one before has arrived.
        assertThat(items.get(1).sentAt()).isAfterOrEqualTo(items.get(0).settledAt());
        assertThat(items.subList(5, 40)).allSatisfy(item -> assertThat(item.sentAt())
                .isAfterOrEqualTo(items.get(4).settledAt()));
        assertThat(world.number(
                        "select count(*) from audit where action = 'run-replay' and actor = '" + OPERATOR + "'"))
                .isEqualTo(40);
        assertThat(world.number("select count(*) from audit where action = 'run'"))
                .isOne();
        assertThat(world.number("select count(*) from letter where state = 'RESOLVED'"))
                .isEqualTo(40);
        assertThat(world.faults()).isEmpty();

        // The same letters once more: nothing is left to be done.
        List<String> letters = items.stream().map(RunItem::letter).toList();
        Run again = world.awaitState(world.begin(Selection.of(letters), null, AT_ONCE, FAST), RunState.DONE);
        assertThat(again.progress()).isEqualTo(new Run.Progress(0, 0, 0, 0, 40));
        assertThat(world.items(again.id())).allMatch(item -> "resolved".equals(item.reason()));
        assertThat(world.arrivals(POLICE, MessageType.REQUEST)).hasSize(40);
    }

    @ParameterizedTest
    @EnumSource
    void the_first_new_failure_halts_the_run_and_it_can_go_on_without_that_letter(Databases kind) throws Exception {
        open(kind);
        world.letters(20);

        String id = world.begin(List.of(1, 5), FAST);

        Run halted = world.awaitState(id, RunState.HALTED);
        assertThat(halted.cause()).isEqualTo("translation-failed");
        assertThat(halted.haltedBy()).isEqualTo(world.items(id).get(0).letter());
        assertThat(halted.progress()).isEqualTo(new Run.Progress(19, 0, 0, 1, 0));
        assertThat(halted.changedBy()).isEqualTo("hub");
        assertThat(world.arrivals(POLICE, MessageType.REQUEST)).isEmpty();
        assertThat(world.number("select count(*) from letter where state = 'OPEN'"))
                .isEqualTo(20);

        world.broken.clear();
        assertThat(world.runs.resume(id, OPERATOR, "repaired by now").isDone()).isTrue();
        Run done = world.awaitState(id, RunState.DONE);
        assertThat(done.progress()).isEqualTo(new Run.Progress(0, 0, 19, 1, 0));
        assertThat(world.arrivals(POLICE, MessageType.REQUEST)).hasSize(19).doesNotHaveDuplicates();
        assertThat(world.number("select count(*) from letter where state = 'OPEN'"))
                .isOne();
        assertThat(world.faults()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_run_is_paused_resumed_and_stopped_and_says_so(Databases kind) throws Exception {
        open(kind);
        world.letters(30);
        world.broken.clear();
        String id = world.begin(AT_ONCE, 60);
        await().atMost(PATIENCE).until(() -> world.run(id).progress().resolved() > 0);

        assertThat(world.runs.pause(id, OPERATOR, "").isDone()).isTrue();
        Run paused = world.awaitState(id, RunState.PAUSED);
        assertThat(paused.progress().waiting()).isPositive();
        assertThat(world.runs.pause(id, OPERATOR, "").outcome()).satisfies(outcome -> {
            assertThat(outcome.code()).isEqualTo(DeskOutcome.NOT_ALLOWED);
            assertThat(outcome.detail()).containsEntry("state", "PAUSED").containsEntry("by", OPERATOR);
        });
        assertThat(world.runs.resume(id, OPERATOR, "").isDone()).isTrue();
        int before = paused.progress().resolved();
        await().atMost(PATIENCE).until(() -> world.run(id).progress().resolved() > before);

        assertThat(world.runs.stop(id, OPERATOR, "enough").isDone()).isTrue();
        Run stopped = world.awaitState(id, RunState.STOPPED);
        assertThat(stopped.endedAt()).isNotNull();
        assertThat(world.runs.resume(id, OPERATOR, "").isDone()).isFalse();
        int resolved = stopped.progress().resolved();
        assertThat(world.arrivals(POLICE, MessageType.REQUEST))
                .hasSize(resolved)
                .doesNotHaveDuplicates();
        assertThat(world.number("select count(*) from letter where state = 'OPEN'"))
                .isEqualTo(30 - resolved);
        assertThat(world.runs.list(null, 10)).extracting(Run::id).containsExactly(id);
    }

    @ParameterizedTest
    @EnumSource
    void letters_that_are_no_longer_open_do_not_use_up_the_rate(Databases kind) throws Exception {
        open(kind);
        world.letters(40);
        world.broken.clear();
        Run first = world.awaitState(world.begin(AT_ONCE, FAST), RunState.DONE);
        List<String> letters =
                world.items(first.id()).stream().map(RunItem::letter).toList();
        world.stopDriving();

        String again = world.begin(Selection.of(letters), null, AT_ONCE, 1);
        world.turn();

        await().atMost(PATIENCE).until(() -> world.run(again).progress().skipped() == 40);
        assertThat(world.arrivals(POLICE, MessageType.REQUEST)).hasSize(40);
        world.drive();
        world.awaitState(again, RunState.DONE);
    }

    @ParameterizedTest
    @EnumSource
    void an_order_that_is_sent_twice_sends_its_letter_once(Databases kind) throws Exception {
        open(kind);
        world.letters(1);
        world.broken.clear();
        world.stopDriving();
        String id = world.begin(AT_ONCE, FAST);
        String letter = world.items(id).get(0).letter();
        for (int i = 0; i < 3; i++) {
            // As drivers do that were killed before they learnt what became of it.
            world.order(RunDriver.stamp(id, 1, 0), OPERATOR, """
                    {"action": "run-replay", "subject": "%s", "run": "%s", "number": 1, "epoch": 0, "sending": "%s"}
                    """.formatted(letter, id, UUID.randomUUID()));
        }
        world.drive();
        Run run = world.awaitState(id, RunState.DONE);
        assertThat(run.progress()).isEqualTo(new Run.Progress(0, 0, 1, 0, 0));
        assertThat(world.arrivals(POLICE, MessageType.REQUEST)).containsExactly("call-0");
        assertThat(world.faults()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void what_one_recipient_is_told_of_one_referral_stays_in_order(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request(SENDER, "call-0");
        world.send(request);
        await().atMost(PATIENCE)
                .until(() -> world.arrivals(POLICE, MessageType.REQUEST).size() == 1);
        world.broken.add(POLICE);
        for (int i = 1; i <= 4; i++) {
            world.send(Messages.followUp(SENDER, "amend-" + i, MessageType.AMEND, request.referralId())
                    .body("{\"changes\":{\"narrative\":\"version %d\"}}".formatted(i)));
            world.awaitLetters(i);
        }
        world.broken.clear();

        Run run = world.awaitState(world.begin(AT_ONCE, FAST), RunState.DONE);

        assertThat(run.progress().resolved()).isEqualTo(4);
        assertThat(world.arrivals(POLICE, MessageType.AMEND))
                .containsExactly("amend-1", "amend-2", "amend-3", "amend-4");
        List<RunItem> items = world.items(run.id());
        for (int i = 1; i < items.size(); i++) {
            assertThat(items.get(i).sentAt()).isAfterOrEqualTo(items.get(i - 1).settledAt());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_request_is_redirected_with_its_responsibility(Databases kind) throws Exception {
        open(kind);
        List<Messages> requests = world.letters(3);

        Run run = world.awaitState(
                world.begin(new Selection(null, null, Map.of("recipient", POLICE)), SHELTER, List.of(1), FAST),
                RunState.DONE);

        assertThat(run.progress()).isEqualTo(new Run.Progress(0, 0, 3, 0, 0));
        assertThat(world.items(run.id())).as("whose rate they count for").allMatch(item -> item.recipient()
                .equals(SHELTER));
        assertThat(world.arrivals(SHELTER, MessageType.REQUEST))
                .containsExactlyInAnyOrder("call-0", "call-1", "call-2");
        assertThat(world.arrivals(POLICE, MessageType.REQUEST)).isEmpty();
        assertThat(world.texts("select recipient || ' ' || state || ' ' || rule from assignment where referral_id = '"
                        + requests.get(0).referralId() + "' order by recipient"))
                .containsExactly(POLICE + " cancelled rule", SHELTER + " requested redirected-by-operator");
        assertThat(world.number("select count(*) from clock where agency = '" + POLICE + "' and ended_at is null"))
                .isZero();
        assertThat(world.texts("select distinct state from letter")).containsExactly("WITHDRAWN");
        // The sender learns who has it now.
        await().atMost(PATIENCE)
                .until(() -> world.number("select count(*) from delivery where type = 'RECEIPT'"
                                + " and state = 'DELIVERED' and recipient = '" + SENDER + "'")
                        == 9);
        assertThat(world.receipts())
                .filteredOn(receipt -> receipt.contains("delivery.redirected"))
                .hasSize(3)
                .allMatch(receipt -> receipt.contains(SHELTER) && receipt.contains("acknowledgeBy"));
        assertThat(world.faults()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void nobody_is_told_by_a_redirection_who_must_not_be_told(Databases kind) throws Exception {
        open(kind);
        world.letters(2, request -> request.body("""
                {"urgency":"URGENT","concerns":["PHYSICAL_VIOLENCE"],"child":{"givenName":"Тэмүүлэн"},\
                "consent":{"services":true,"withholdFrom":["SHELTER"]},"narrative":"…"}"""));

        Run run = world.awaitState(
                world.begin(new Selection(null, null, Map.of("recipient", POLICE)), SHELTER, AT_ONCE, FAST),
                RunState.DONE);

        assertThat(run.progress()).isEqualTo(new Run.Progress(0, 0, 0, 0, 2));
        assertThat(world.items(run.id())).allMatch(item -> "agency-not-possible".equals(item.reason()));
        assertThat(world.arrivals(SHELTER, MessageType.REQUEST)).isEmpty();
        assertThat(world.texts("select distinct state from letter")).containsExactly("OPEN");
        assertThat(world.texts("select distinct recipient || ' ' || state from assignment"))
                .containsExactly(POLICE + " requested");
        Run toItsSender = world.awaitState(
                world.begin(new Selection(null, null, Map.of("recipient", POLICE)), SENDER, AT_ONCE, FAST),
                RunState.DONE);
        assertThat(toItsSender.progress().skipped()).isEqualTo(2);
        assertThat(world.faults()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_run_needs_letters_and_an_agency_that_there_is(Databases kind) throws Exception {
        open(kind);
        Runs.Plan nobody = new Runs.Plan(Selection.of(List.of("nothing")), null, AT_ONCE, FAST);
        assertThat(world.runs.begin(nobody, OPERATOR, "").answer().outcome().code())
                .isEqualTo("no-letters");
        world.letters(1);
        Runs.Plan stranger =
                new Runs.Plan(new Selection(null, null, Map.of("cause", "translation-failed")), "nobody", AT_ONCE, 1);
        assertThat(world.runs.begin(stranger, OPERATOR, "").answer().outcome().code())
                .isEqualTo("unknown-agency");
        assertThat(world.runs.list(null, 10)).isEmpty();
        assertThat(world.runs.stop("nothing", OPERATOR, "").outcome().code()).isEqualTo(DeskOutcome.UNKNOWN);
    }

    @Test
    void a_plan_that_makes_no_sense_is_not_one() {
        Selection one = Selection.of(List.of("a"));
        assertThatThrownBy(() -> new Runs.Plan(Selection.of(List.of()), null, AT_ONCE, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Runs.Plan(new Selection(List.of("a"), "b", null), null, AT_ONCE, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Runs.Plan(new Selection(null, null, Map.of("x", "y")), null, AT_ONCE, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Runs.Plan(new Selection(null, null, Map.of("since", "noon")), null, AT_ONCE, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Runs.Plan(one, null, List.of(0), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Runs.Plan(one, null, AT_ONCE, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void phases_ascend_and_end_with_all() {
        ObjectMapper mapper = new ObjectMapper();
        assertThat(RunStart.phases(mapper.valueToTree(List.of(50, 1, 5, 5)), 30))
                .containsExactly(1, 5, 30);
        assertThat(RunStart.phases(mapper.valueToTree(List.of()), 30)).containsExactly(30);
        assertThat(RunStart.phases(mapper.valueToTree(IntStream.of(1, 2).boxed().toList()), 1))
                .containsExactly(1);
    }
}
