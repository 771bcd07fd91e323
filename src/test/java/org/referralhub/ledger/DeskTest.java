package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.deadletter.DeadLetterEntry;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskAction;
import org.referralhub.deadletter.DeskFilter;
import org.referralhub.deadletter.DeskOutcome;
import org.referralhub.deadletter.Letter;
import org.referralhub.deadletter.LetterGroup;
import org.referralhub.deadletter.LetterState;
import org.referralhub.deadletter.LetterSummary;
import org.referralhub.deadletter.Page;
import org.referralhub.deadletter.PurgeActions;
import org.referralhub.deadletter.UnmaskActions;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Notice;
import org.referralhub.message.Parcel;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;
import org.referralhub.recipient.Choice;

/** What can be ordered about a dead letter, in which state, and what becomes of it and of the books. */
class DeskTest {
    private static final String SENDER = "helpline-108";
    private static final String POLICE = "police-bzd";
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with(SENDER, AgencyKind.HELPLINE_108, "*")
            .with(POLICE, AgencyKind.POLICE, "1110")
            .registry();

    private final MovableClock clock = new MovableClock("2026-11-22T04:00:00Z");
    private LedgerDatabase database;
    private Ledger ledger;
    private Desk desk;
    private int token;

    private void open(Databases kind) {
        open(kind, List.of());
    }

    private void open(Databases kind, List<DeskAction> more) {
        database = kind.open();
        ledger = new Ledger(
                database,
                (message, at) -> List.of(new Choice(AGENCIES.find(POLICE).orElseThrow(), "rule")),
                Views.WHOLE,
                AGENCIES,
                ResponseTimes.PROPOSED,
                clock);
        ledger.add(DeadLetterEntry.room(ledger.obligations(), more, queue -> 1));
        desk = new Desk(database.readers(), clock);
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void of_two_operators_who_act_on_the_same_letter_one_wins_and_the_other_is_told(Databases kind) throws Exception {
        open(kind);
        LetterSummary letter = undelivered("call-1");
        LedgerInput first = order("replay", letter.id(), 0, "operator-1");
        LedgerInput second = order("discard", letter.id(), 0, "operator-2");

        List<Emission> sent = ledger.process(List.of(first, second));

        assertThat(sent).singleElement().satisfies(emission -> assertThat(emission.queue())
                .isEqualTo(Queues.DELIVERY));
        assertThat(outcome(first)).isEqualTo(DeskOutcome.DONE);
        assertThat(outcome(second)).isEqualTo(DeskOutcome.CHANGED);
        Letter now = desk.show(letter.id()).orElseThrow();
        assertThat(now.summary().state()).isEqualTo(LetterState.REPLAYED);
        assertThat(now.summary().changedBy()).isEqualTo("operator-1");
        assertThat(now.history()).extracting(Letter.Event::actor).containsExactlyInAnyOrder("operator-1", "operator-2");
        assertThat(AuditChain.firstBroken(database.readers())).isEmpty();
        assertSound();
    }

    @ParameterizedTest
    @EnumSource
    void an_order_that_comes_again_after_a_crash_is_carried_out_once_and_sends_the_same(Databases kind)
            throws Exception {
        open(kind);
        LetterSummary letter = undelivered("call-1");
        LedgerInput replay = order("replay", letter.id(), 0, "operator-1");

        List<Emission> sent = ledger.process(List.of(replay));
        List<Emission> again = ledger.process(List.of(replay));

        assertThat(again).usingRecursiveComparison().isEqualTo(sent);
        assertThat(number("select count(*) from audit where action = 'replay'")).isEqualTo(1);
        ledger.process(List.of(arrived(sent.get(0))));
        assertThat(state(letter)).isEqualTo(LetterState.RESOLVED);
        assertThat(ledger.process(List.of(replay))).isEmpty();
        assertSound();
    }

    @ParameterizedTest
    @EnumSource
    void a_letter_is_resolved_when_it_arrives_and_open_again_when_its_agency_gives_it_back(Databases kind)
            throws Exception {
        open(kind);
        LetterSummary letter = undelivered("call-1");
        Emission sent = done("replay", letter).get(0);
        assertThat(state(letter)).isEqualTo(LetterState.REPLAYED);
        ledger.process(List.of(arrived(sent)));
        assertThat(state(letter)).isEqualTo(LetterState.RESOLVED);
        assertThat(done("own", letter)).isEmpty();

        ledger.process(List.of(
                sent(1, dead(sent.properties().get(Headers.DELIVERY_ID), Queues.inbox(POLICE), "attempts-used-up"))));

        LetterSummary now = show(letter);
        assertThat(now.state()).isEqualTo(LetterState.OPEN);
        assertThat(now.cause()).isEqualTo("attempts-used-up");
        assertThat(now.group()).isNotEqualTo(letter.group());
        assertThat(desk.group(letter.group()).orElseThrow().open()).isZero();
        assertThat(desk.group(now.group()).orElseThrow().open()).isEqualTo(1);
        assertSound();
    }

    /** Two nodes share the ledger's queue: one may be held up with what is told of the first sending. */
    @ParameterizedTest
    @EnumSource
    void what_is_told_late_of_an_earlier_sending_settles_nothing_and_brings_nothing_back(Databases kind)
            throws Exception {
        open(kind);
        LetterSummary letter = undelivered("call-1");
        String delivery = letter.deliveryId();
        LedgerInput lateNotice = arrived(new Emission(
                "hub.delivery", 4, Map.of(Headers.DELIVERY_ID, delivery, Headers.RECIPIENT, POLICE), new byte[0]));
        LedgerInput lateDeath = dead(delivery, "inbox.police-bzd", "attempts-used-up");

        // The agency could read it and gave it back: that it was told is known, and it still waits for somebody.
        ledger.process(List.of(lateNotice));
        assertThat(text("select state || ' ' || basis from delivery where id = '" + delivery + "'"))
                .isEqualTo("DESK consent");
        Emission again = done("replay", letter).get(0);
        ledger.process(List.of(lateNotice, lateDeath));
        assertThat(text("select state from delivery where id = '" + delivery + "'"))
                .isEqualTo("WAITING");
        assertThat(state(letter)).isEqualTo(LetterState.REPLAYED);

        ledger.process(List.of(arrived(again)));
        assertThat(state(letter)).isEqualTo(LetterState.RESOLVED);
        assertThat(text("select state from delivery where id = '" + delivery + "'"))
                .isEqualTo("DELIVERED");
        ledger.process(List.of(sent(1, dead(delivery, "inbox.police-bzd", "attempts-used-up"))));
        assertThat(state(letter)).isEqualTo(LetterState.OPEN);
        assertSound();
    }

    @ParameterizedTest
    @EnumSource
    void what_is_put_away_is_withdrawn_with_what_waits_for_it_and_comes_back_with_it(Databases kind) throws Exception {
        open(kind);
        LetterSummary letter = undelivered("call-1");
        Messages request = Messages.request(SENDER, "call-1");
        assertThat(say(request, "call-2", MessageType.AMEND, "{\"changes\":{\"narrative\":\"newer\"}}"))
                .extracting(emission -> emission.properties().get(Headers.MESSAGE_TYPE))
                .doesNotContain("AMEND");
        assertThat(account().waiting()).isEqualTo(1);

        assertThat(done("discard", letter)).isEmpty();

        assertThat(state(letter)).isEqualTo(LetterState.DISCARDED);
        assertThat(number("select count(*) from audit where action = 'discard' and reason = 'because of a test'"))
                .as("why is on the chain")
                .isEqualTo(1);
        assertThat(account().withdrawn()).isEqualTo(2);
        assertThat(number("select count(*) from clock where agency = 'police-bzd' and ended_at is null"))
                .as("its clock goes on")
                .isPositive();
        assertSound();

        assertThat(done("restore", letter)).isEmpty();

        assertThat(state(letter)).isEqualTo(LetterState.OPEN);
        assertThat(account().desk()).isEqualTo(1);
        assertThat(account().waiting()).isEqualTo(1);
        assertSound();

        Emission sent = done("replay", letter).get(0);
        assertThat(ledger.process(List.of(arrived(sent))))
                .extracting(emission -> emission.properties().get(Headers.MESSAGE_TYPE))
                .containsExactly("AMEND");
        assertSound();
    }

    @ParameterizedTest
    @EnumSource
    void what_was_put_away_long_ago_loses_its_bytes_and_stays_in_the_audit(Databases kind) throws Exception {
        open(kind, List.of(PurgeActions.after(Duration.ofDays(30))));
        LetterSummary letter = refused("call-1");
        done("discard", letter);
        assertThat(order("purge", letter)).isEqualTo(DeskOutcome.NOT_ALLOWED);

        clock.move(Duration.ofDays(29));
        done("note", letter);
        clock.move(Duration.ofDays(2));
        done("purge", letter);

        assertThat(desk.content(letter.id())).isEmpty();
        assertThat(desk.show(letter.id()).orElseThrow().kept()).isFalse();
        assertThat(order("restore", letter)).isEqualTo("removed");
        assertThat(number("select count(*) from audit where action = 'purge'")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void a_letter_that_is_returned_tells_its_sender_where_the_fault_is_and_what_the_operator_says(Databases kind)
            throws Exception {
        open(kind);
        LetterSummary letter = refused("call-1");

        Emission receipt = done("return", letter).get(0);

        assertThat(receipt.properties()).containsEntry(Headers.RECIPIENT, SENDER);
        String text = new String(receipt.body(), StandardCharsets.UTF_8);
        assertThat(text)
                .contains("/body/child/3/sex", "desk.returned", "because of a test", "\"inReplyTo\":\"call-1\"");
        assertThat(state(letter)).isEqualTo(LetterState.RETURNED);
        for (String action : List.of("replay", "discard", "restore", "return")) {
            assertThat(order(action, letter)).as(action).isEqualTo(DeskOutcome.NOT_ALLOWED);
        }
        assertSound();
    }

    @ParameterizedTest
    @EnumSource
    void a_refusal_of_what_named_no_message_says_which_document_it_was_but_not_of_a_row(Databases kind)
            throws Exception {
        open(kind);
        LedgerInput named = refusal("call-1", "stamp-1", null);
        Map<String, String> properties = new HashMap<>(named.properties());
        properties.remove(Headers.MESSAGE_ID);
        LedgerInput unnamed = new LedgerInput("ID:unnamed", named.kind(), Map.copyOf(properties), named.body());
        properties.put(Headers.STAMP, "stamp-2");
        properties.put(Headers.ROW, "2");
        LedgerInput row = new LedgerInput("ID:row", named.kind(), properties, named.body());

        assertThat(receiptOf(unnamed))
                .contains("schema.enum", "document.unnamed", Identifiers.digest(Messages.utf8("what they sent")));
        assertThat(receiptOf(row)).contains("schema.enum").doesNotContain("document.unnamed");
        assertThat(receiptOf(refusal("call-3", "stamp-3", null))).doesNotContain("document.unnamed");
    }

    private String receiptOf(LedgerInput refusal) throws Exception {
        return new String(ledger.process(List.of(refusal)).get(0).body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void a_delivery_that_is_returned_is_withdrawn_and_its_author_told_who_will_not_get_it(Databases kind)
            throws Exception {
        open(kind);
        LetterSummary letter = undelivered("call-1");

        Emission receipt = done("return", letter).get(0);

        assertThat(receipt.properties()).containsEntry(Headers.RECIPIENT, SENDER);
        assertThat(new String(receipt.body(), StandardCharsets.UTF_8)).contains("desk.not-delivered", POLICE);
        assertThat(account().withdrawn()).isEqualTo(1);
        assertSound();
    }

    @ParameterizedTest
    @EnumSource
    void a_senders_correction_takes_the_place_of_its_letter_so_that_both_never_go_out(Databases kind) throws Exception {
        open(kind);
        LetterSummary faulty = refused("call-1");
        LetterSummary other = refused("call-9");

        ledger.process(List.of(Messages.request(SENDER, "call-1").input()));

        assertThat(state(faulty)).isEqualTo(LetterState.SUPERSEDED);
        assertThat(state(other)).isEqualTo(LetterState.OPEN);
        assertThat(order("replay", faulty)).isEqualTo(DeskOutcome.NOT_ALLOWED);
        assertThat(number("select count(*) from audit where action = 'supersede'"))
                .isEqualTo(1);
        assertSound();
    }

    @ParameterizedTest
    @EnumSource
    void a_correction_takes_the_place_of_every_letter_of_a_sender_who_got_it_wrong_more_than_once(Databases kind)
            throws Exception {
        open(kind);
        LetterSummary first = refused("call-1");
        ledger.process(List.of(refusal("call-1", "stamp-second", null))).forEach(this::deliver);
        assertThat(desk.count(DeskFilter.OPEN)).isEqualTo(2);

        ledger.process(List.of(Messages.request(SENDER, "call-1").input()));

        assertThat(state(first)).isEqualTo(LetterState.SUPERSEDED);
        assertThat(desk.count(DeskFilter.OPEN)).isZero();
        assertSound();
    }

    @ParameterizedTest
    @EnumSource
    void a_refusal_that_comes_after_its_correction_needs_nobody_and_one_that_was_sent_later_does(Databases kind)
            throws Exception {
        open(kind);
        ledger.process(List.of(Messages.request(SENDER, "call-1").input()));

        ledger.process(List.of(arrivedAt("1799999999999", refusal("call-1", "stamp-late", null))))
                .forEach(this::deliver);
        assertThat(desk.count(DeskFilter.OPEN)).isZero();
        assertThat(desk.count(DeskFilter.ANY.in(LetterState.SUPERSEDED))).isEqualTo(1);

        ledger.process(List.of(arrivedAt("1800000000001", refusal("call-1", "stamp-later", null))))
                .forEach(this::deliver);
        assertThat(desk.count(DeskFilter.OPEN)).isEqualTo(1);
        assertSound();
    }

    private static LedgerInput arrivedAt(String moment, LedgerInput input) {
        Map<String, String> properties = new HashMap<>(input.properties());
        properties.put(Headers.ARRIVED_AT, moment);
        return new LedgerInput(input.token(), input.kind(), properties, input.body());
    }

    @ParameterizedTest
    @EnumSource
    void a_letter_that_came_back_to_the_desk_can_be_called_off_once_more(Databases kind) throws Exception {
        open(kind);
        LetterSummary letter = undelivered("call-1");
        say(Messages.request(SENDER, "call-1"), "call-2", MessageType.RECALL, "{\"reason\":\"WRONG_CHILD\"}");
        assertThat(state(letter)).isEqualTo(LetterState.WITHDRAWN);

        Databases.execute(
                database, "update letter set state = 'OPEN', revision = revision + 1 where id = '" + letter.id() + "'");
        Databases.execute(database, "update delivery set state = 'DESK' where id = '" + letter.deliveryId() + "'");
        ledger.process(List.of(order("replay", letter.id(), null, "operator-1")));

        assertThat(state(letter)).isEqualTo(LetterState.WITHDRAWN);
        assertThat(number("select count(*) from audit where action = 'withdraw'"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void a_correction_that_names_the_faulty_message_overtakes_its_replay(Databases kind) throws Exception {
        open(kind);
        LetterSummary faulty = refused("call-1");
        Emission replay = done("replay", faulty).get(0);
        assertThat(replay.queue()).isEqualTo(Queues.intake("canonical"));

        ledger.process(
                List.of(Messages.request(SENDER, "call-2").correlation("call-1").input()));
        assertThat(state(faulty)).isEqualTo(LetterState.SUPERSEDED);
        LedgerInput late = replayed(Messages.request(SENDER, "call-1").input(), faulty);

        assertThat(ledger.process(List.of(late))).isEmpty();
        assertThat(number("select count(*) from referral")).isEqualTo(1);
        assertThat(state(faulty)).isEqualTo(LetterState.SUPERSEDED);
    }

    @ParameterizedTest
    @EnumSource
    void a_replay_that_is_accepted_resolves_its_letter_and_one_that_is_refused_again_opens_it(Databases kind)
            throws Exception {
        open(kind);
        LetterSummary letter = refused("call-1");
        done("replay", letter);
        ledger.process(List.of(refusal("call-1", "stamp-again", letter.id())));
        assertThat(state(letter)).isEqualTo(LetterState.OPEN);
        assertThat(show(letter).attempts()).isEqualTo(2);
        assertThat(desk.group(letter.group()).orElseThrow().open()).isEqualTo(1);

        done("replay", letter);
        ledger.process(List.of(replayed(Messages.request(SENDER, "call-1").input(), letter)));

        assertThat(state(letter)).isEqualTo(LetterState.RESOLVED);
        assertThat(desk.group(letter.group()).orElseThrow().open()).isZero();
        assertThat(desk.groups(false, 10)).isEmpty();
        assertThat(desk.groups(true, 10)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void letters_that_failed_alike_are_one_group_whatever_they_are_about(Databases kind) throws Exception {
        open(kind);
        LetterSummary first = refused("call-1");
        clock.move(Duration.ofHours(2));
        LetterSummary second = refused("call-2");
        LetterSummary third = undelivered("call-3");

        assertThat(second.group()).isEqualTo(first.group()).isNotEqualTo(third.group());
        LetterGroup group = desk.group(first.group()).orElseThrow();
        assertThat(group.open()).isEqualTo(2);
        assertThat(group.total()).isEqualTo(2);
        assertThat(group.findings()).isEqualTo("schema.enum@/body/child/*/sex");
        assertThat(group.remedy()).isEqualTo("docs/failures.md#refused");
        assertThat(group.trend()).hasSize(24).endsWith(1L, 0L, 1L);
        assertThat(Duration.between(group.firstSeen(), group.lastSeen())).isEqualTo(Duration.ofHours(2));
        ledger.process(List.of(order("note-group", group.fingerprint(), null, "operator-1", "note", "call them")));
        ledger.process(List.of(order("own-group", group.fingerprint(), null, "operator-1", "owner", "operator-2")));
        assertThat(desk.group(group.fingerprint()).orElseThrow().note()).isEqualTo("call them");
        assertThat(desk.group(group.fingerprint()).orElseThrow().owner()).isEqualTo("operator-2");
        assertThat(desk.history(group.fingerprint())).hasSize(2);
        assertThat(desk.groups(false, 10)).extracting(LetterGroup::fingerprint).hasSize(2);
        assertThat(desk.groups(false, 1))
                .as("the hours of a group, whichever others are shown")
                .containsExactly(
                        desk.group(desk.groups(false, 10).get(0).fingerprint()).orElseThrow());
        clock.move(Duration.ofHours(22));
        assertThat(desk.groups(true, 10))
                .filteredOn(one -> one.fingerprint().equals(group.fingerprint()))
                .singleElement()
                .satisfies(one -> assertThat(one.trend())
                        .as("a letter is forgotten after a day")
                        .startsWith(0L, 1L)
                        .containsOnlyOnce(1L));
    }

    @ParameterizedTest
    @EnumSource
    void what_the_broker_set_aside_says_whether_it_was_given_back_was_too_late_or_had_no_queue(Databases kind)
            throws Exception {
        open(kind);
        String inbox = Queues.inbox(POLICE);
        assertThat(setAside("call-1", Map.of(LedgerStage.ORIGINAL_ADDRESS, inbox, LedgerStage.ORIGINAL_QUEUE, inbox)))
                .isEqualTo("attempts-used-up");
        assertThat(setAside("call-2", Map.of(LedgerStage.ORIGINAL_QUEUE, inbox, LedgerStage.EXPIRED_AT, "1")))
                .isEqualTo("expired");
        assertThat(setAside("call-3", Map.of(LedgerStage.ORIGINAL_ADDRESS, inbox)))
                .isEqualTo("no-queue");
        assertSound();
    }

    private String setAside(String call, Map<String, String> byBroker) throws Exception {
        String delivery = delivery(call);
        Map<String, String> properties = new HashMap<>(byBroker);
        properties.put(Headers.DELIVERY_ID, delivery);
        properties.put(Headers.RECIPIENT, POLICE);
        ledger.process(List.of(new LedgerInput("ID:" + token++, LedgerKind.DEAD, properties, new byte[0])))
                .forEach(this::deliver);
        LetterSummary letter = newest(delivery);
        assertThat(letter.recipient()).isEqualTo(POLICE);
        return letter.cause();
    }

    @ParameterizedTest
    @EnumSource
    void what_was_called_off_on_its_way_needs_nobody(Databases kind) throws Exception {
        open(kind);
        String delivery = delivery("call-1");
        Databases.execute(database, "update delivery set state = 'WITHDRAWN' where id = '" + delivery + "'");
        ledger.process(List.of(dead(delivery, Queues.DELIVERY, "translation-failed")));
        assertThat(desk.count(DeskFilter.OPEN)).isZero();
        assertThat(desk.count(DeskFilter.ANY.in(LetterState.WITHDRAWN))).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void what_nothing_can_be_sent_of_stays_open_and_says_so(Databases kind) throws Exception {
        open(kind);
        LetterSummary gone = undelivered("call-1");
        Databases.execute(database, "update delivery set state = 'DELIVERED' where id = '" + gone.deliveryId() + "'");
        LetterSummary empty = refused("call-2");
        Databases.execute(database, "update letter_content set original = '' where id = '" + empty.id() + "'");

        for (LetterSummary letter : List.of(gone, empty)) {
            assertThat(order("replay", letter)).isEqualTo(DeskOutcome.NOTHING_TO_SEND);
            assertThat(state(letter)).isEqualTo(LetterState.OPEN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_correction_takes_the_place_of_a_letter_that_was_put_away_too(Databases kind) throws Exception {
        open(kind);
        LetterSummary faulty = refused("call-1");
        done("discard", faulty);

        ledger.process(
                List.of(Messages.request(SENDER, "call-2").correlation("call-1").input()));

        assertThat(state(faulty)).isEqualTo(LetterState.SUPERSEDED);
        assertThat(order("restore", faulty)).isEqualTo(DeskOutcome.NOT_ALLOWED);
        assertSound();
    }

    @ParameterizedTest
    @EnumSource
    void a_letter_moves_up_when_its_referral_becomes_more_urgent(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request(SENDER, "call-1").urgency(Urgency.ROUTINE.name());
        String delivery = delivery(request);
        ledger.process(List.of(ofReferral(request, dead(delivery, Queues.DELIVERY, "translation-failed"))));
        LetterSummary letter = newest(delivery);
        assertThat(letter.urgency()).isEqualTo(Urgency.ROUTINE);

        say(request, "call-3", MessageType.AMEND, "{\"changes\":{\"urgency\":\"IMMEDIATE\",\"riskLevel\":\"HIGH\"}}");

        LetterSummary now = show(letter);
        assertThat(now.urgency()).isEqualTo(Urgency.IMMEDIATE);
        assertThat(now.risk()).isEqualTo("HIGH");
        assertThat(now.dueAt()).isBefore(letter.dueAt());
        assertThat(number("select rank from letter where delivery_id = '" + delivery + "'"))
                .isZero();

        // On its way as it was, and back again: it is as pressing as the referral.
        Emission sent = done("replay", now).get(0);
        clock.move(Duration.ofHours(1));
        ledger.process(List.of(
                ofReferral(request, dead(sent.properties().get(Headers.DELIVERY_ID), Queues.DELIVERY, "again"))));
        assertThat(show(letter).urgency()).isEqualTo(Urgency.IMMEDIATE);
        assertThat(show(letter).dueAt()).isEqualTo(now.dueAt());
        assertSound();
    }

    private static LedgerInput ofReferral(Messages request, LedgerInput dead) {
        Map<String, String> properties = new HashMap<>(dead.properties());
        properties.put(Headers.REFERRAL_ID, request.referralId());
        properties.put(Headers.MESSAGE_TYPE, "REQUEST");
        properties.put(Headers.URGENCY, Urgency.ROUTINE.name());
        return new LedgerInput(dead.token(), dead.kind(), properties, dead.body());
    }

    @ParameterizedTest
    @EnumSource
    void the_time_of_a_letter_counts_from_its_arrival_and_a_failed_replay_gives_no_more(Databases kind)
            throws Exception {
        open(kind);
        String arrived = Long.toString(clock.millis());
        clock.move(Duration.ofMinutes(20));
        ledger.process(List.of(arrivedAt(arrived, refusal("call-1", "stamp-1", null))));
        LetterSummary letter = newest("call-1");
        assertThat(letter.dueAt())
                .isEqualTo(ResponseTimes.PROPOSED.acknowledgeBy(
                        Urgency.URGENT, Optional.empty(), Instant.ofEpochMilli(Long.parseLong(arrived))));

        done("replay", letter);
        clock.move(Duration.ofHours(2));
        ledger.process(List.of(arrivedAt(Long.toString(clock.millis()), refusal("call-1", "stamp-2", letter.id()))));

        assertThat(show(letter).state()).isEqualTo(LetterState.OPEN);
        assertThat(show(letter).dueAt()).isEqualTo(letter.dueAt());
    }

    @ParameterizedTest
    @EnumSource
    void a_replay_that_the_lifecycle_refuses_or_keeps_waiting_is_not_resolved(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request(SENDER, "call-1");
        LetterSummary answer = refused("call-2");
        LetterSummary dropped = refused("call-3");
        done("replay", answer);
        done("replay", dropped);

        Messages early = Messages.followUp(SENDER, "call-2", MessageType.AMEND, request.referralId())
                .body("{\"changes\":{\"narrative\":\"newer\"}}");
        ledger.process(List.of(replayed(early.input(), answer)));
        ledger.process(List.of(replayed(
                Messages.followUp(SENDER, "call-3", MessageType.AMEND, request.referralId())
                        .body("{\"changes\":{\"narrative\":\"other\"}}")
                        .input(),
                dropped)));
        assertThat(state(answer)).as("it waits").isEqualTo(LetterState.REPLAYED);
        ledger.process(List.of(order("supersede", dropped.id(), null, "hub")));
        ledger.process(List.of(request.input()));
        assertThat(state(answer)).as("what it follows has come").isEqualTo(LetterState.RESOLVED);
        assertThat(number("select count(*) from message where message_id = 'call-3'"))
                .as("what was superseded while it waited")
                .isZero();

        LetterSummary late = refused("call-4");
        done("replay", late);
        say(request, "call-5", MessageType.VOID, "{\"reason\":\"WRONG_CHILD\"}");
        LedgerInput again = replayed(
                Messages.followUp(SENDER, "call-4", MessageType.AMEND, request.referralId())
                        .body("{\"changes\":{\"narrative\":\"newer\"}}")
                        .input(),
                late);
        ledger.process(List.of(again));
        ledger.process(List.of(again));
        LetterSummary now = show(late);
        assertThat(now.state()).isEqualTo(LetterState.OPEN);
        assertThat(now.cause()).isEqualTo("lifecycle");
        assertThat(now.attempts()).isEqualTo(2);
        assertThat(desk.group(now.group()).orElseThrow().findings()).contains("lifecycle.");

        done("replay", late);
        ledger.process(List.of(replayed(
                Messages.followUp(SENDER, "call-4", MessageType.AMEND, request.referralId())
                        .body("{\"changes\":{\"narrative\":\"newer\"}}")
                        .input(),
                late)));
        assertThat(state(late)).as("refused before").isEqualTo(LetterState.OPEN);
        assertSound();
    }

    @ParameterizedTest
    @EnumSource
    void a_group_never_tells_the_name_that_a_sender_has_given_a_field(Databases kind) throws Exception {
        open(kind);
        for (String name : List.of("Bold", "Tsetseg")) {
            String report = "[{\"severity\":\"error\",\"code\":\"schema.additional-property\",\"pointer\":"
                    + "\"/body/concerns/2/" + name + "\",\"line\":1,\"column\":1,\"mn\":\"x\",\"en\":\"x\"}]";
            LedgerInput plain = refusal("call-" + name, "stamp-" + name, null);
            ledger.process(List.of(new LedgerInput(
                            plain.token(),
                            plain.kind(),
                            plain.properties(),
                            new Parcel(new byte[0], Messages.utf8("theirs"), Messages.utf8(report)).toBytes())))
                    .forEach(this::deliver);
        }

        assertThat(desk.groups(false, 10)).singleElement().satisfies(group -> assertThat(group.findings())
                .isEqualTo("schema.additional-property@/body/concerns/*/*"));
    }

    @ParameterizedTest
    @EnumSource
    void nobody_can_agree_to_show_a_letter_that_is_done_with(Databases kind) throws Exception {
        open(kind, UnmaskActions.showing(Duration.ofMinutes(10)));
        LetterSummary letter = refused("call-1");
        LedgerInput asked = order("unmask", letter.id(), null, "operator-1");
        ledger.process(List.of(asked));
        assertThat(outcome(asked)).isEqualTo(DeskOutcome.DONE);
        ledger.process(List.of(Messages.request(SENDER, "call-1").input()));
        assertThat(state(letter)).isEqualTo(LetterState.SUPERSEDED);

        LedgerInput approval = order("approve-unmasking", asked.property(Headers.STAMP), null, "operator-2");
        ledger.process(List.of(approval));

        assertThat(outcome(approval)).isEqualTo(DeskOutcome.NOT_ALLOWED);
        assertThat(number("select count(*) from unmasking where state = 'ASKED'"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void what_is_done_with_in_any_way_loses_its_bytes(Databases kind) throws Exception {
        open(kind, List.of(PurgeActions.after(Duration.ofDays(30))));
        LetterSummary corrected = refused("call-1");
        ledger.process(List.of(Messages.request(SENDER, "call-1").input()));
        LetterSummary returned = refused("call-2");
        done("return", returned);
        LetterSummary open = refused("call-3");

        clock.move(Duration.ofDays(31));
        done("purge", corrected);
        done("purge", returned);

        assertThat(order("purge", open)).isEqualTo(DeskOutcome.NOT_ALLOWED);
        assertThat(number("select count(*) from letter_content")).isEqualTo(1);
    }

    /** What the batch comes to when another node changes its row between its look and its write. */
    private Throwable overtaken(String theirs, LedgerInput input) throws Exception {
        ExecutorService node = Executors.newSingleThreadExecutor();
        try (Connection other = database.writer()) {
            other.setAutoCommit(false);
            try (Statement statement = other.createStatement()) {
                statement.execute(theirs);
                Future<List<Emission>> batch = node.submit(() -> ledger.process(List.of(input)));
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> number("select count(*) from pg_locks where not granted") > 0);
                other.commit();
                try {
                    batch.get(20, TimeUnit.SECONDS);
                    return new AssertionError("it noticed nothing");
                } catch (ExecutionException e) {
                    return e.getCause();
                }
            }
        } finally {
            node.shutdownNow();
        }
    }

    @Test
    void a_node_that_was_overtaken_begins_its_batch_again() throws Exception {
        open(Databases.POSTGRESQL);
        String delivery = delivery("call-1");
        LedgerInput dead = dead(delivery, Queues.DELIVERY, "translation-failed");
        assertThat(overtaken("update delivery set state = 'DELIVERED' where id = '" + delivery + "'", dead))
                .isInstanceOf(SQLTransientException.class);
        ledger.process(List.of(dead));
        LetterSummary letter = newest(delivery);

        LedgerInput again = dead(delivery, Queues.DELIVERY, "broker-failed");
        assertThat(overtaken(
                        "update letter set state = 'DISCARDED', revision = revision + 1 where id = '" + letter.id()
                                + "'",
                        again))
                .isInstanceOf(SQLTransientException.class);
        ledger.process(List.of(again));
        assertThat(state(letter)).isEqualTo(LetterState.DISCARDED);

        LedgerInput note = order("note", letter.id(), null, "operator-1", "note", "mine");
        assertThat(overtaken(
                        "update letter set note = 'theirs', revision = revision + 1 where id = '" + letter.id() + "'",
                        note))
                .isInstanceOf(SQLTransientException.class);
    }

    @ParameterizedTest
    @EnumSource
    void finer_filters_find_what_they_say_and_nothing_else(Databases kind) throws Exception {
        open(kind);
        Databases.execute(database, many(kind, 10_000));
        Databases.execute(database, groups());
        assertThat(desk.count(filter("risk", "HIGH"))).isEqualTo(10);
        assertThat(desk.count(filter("place", "111003"))).isEqualTo(34);
        assertThat(desk.count(filter("place", "11100"))).isEqualTo(339);
        assertThat(desk.count(filter("configuration", "old"))).isEqualTo(5);
        assertThat(desk.count(filter("finding", "code.unknown"))).isEqualTo(100);
        assertThat(desk.count(filter("finding", "unknown"))).isZero();
        assertThat(desk.count(filter("finding", "code_unknown"))).isZero();
        assertThat(desk.count(filter("exception", "Rare"))).isEqualTo(100);
        assertThat(desk.count(filter("note", "100%"))).isEqualTo(2);
        assertThat(desk.count(filter("note", "1%0"))).isZero();
        assertThat(desk.occurring().findings()).containsExactly("code.unknown", "schema.enum");
        assertThat(desk.occurring().exceptions()).containsExactly("invented.Rare");
    }

    /** 100,000 letters: every page is found by an index, and the pages together are the list. */
    @ParameterizedTest
    @EnumSource
    void the_desk_is_fast_with_a_hundred_thousand_letters(Databases kind) throws Exception {
        open(kind);
        Databases.execute(database, many(kind, 100_000));
        Databases.execute(database, groups());
        if (kind == Databases.POSTGRESQL) {
            // Which does so by itself; nobody does it for the embedded database.
            Databases.execute(database, "analyze");
        }
        List<DeskFilter> filters = List.of(
                DeskFilter.OPEN,
                DeskFilter.ANY,
                DeskFilter.OPEN.of("group-7"),
                filter("recipient", "agency-17"),
                filter("agency", "agency-17"),
                DeskFilter.of(Map.of("cause", "cause-3", "urgency", "ROUTINE")),
                filter("referral", "referral-5000"),
                filter("q", "message-5000"),
                filter("risk", "HIGH"),
                filter("place", "1112"),
                filter("place", "111"),
                filter("configuration", "old"),
                filter("finding", "code.unknown"),
                filter("exception", "Rare"),
                filter("note", "call them"));
        List<DeskFilter> all = new ArrayList<>(filters);
        filters.forEach(filter -> all.add(filter.in(null)));
        for (DeskFilter filter : all) {
            desk.list(filter, null, 50);
            long began = System.nanoTime();
            Page<LetterSummary> page = desk.list(filter, null, 50);
            assertThat(page.items()).isNotEmpty();
            if (page.next() != null) {
                assertThat(desk.list(filter, page.next(), 50).items()).isNotEmpty();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("two pages of %s", filter)
                    .isLessThan(Duration.ofMillis(200));
        }
        long began = System.nanoTime();
        assertThat(desk.groups(false, 100)).hasSize(100);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).as("groups").isLessThan(Duration.ofMillis(500));

        long books = System.nanoTime();
        assertThat(new Books(database.readers(), queue -> 0).books().openLetters())
                .isEqualTo(100_000);
        assertThat(Duration.ofNanos(System.nanoTime() - books)).as("books").isLessThan(Duration.ofMillis(500));

        assertThat(inPages(DeskFilter.OPEN.of("group-7"))).hasSize(1000);
        List<String> ofAgency = inPages(filters.get(4));
        assertThat(ofAgency).hasSize((int)
                number("select count(*) from letter where sender = 'agency-17' or recipient = 'agency-17'"));
    }

    /** All letters that match, each once, in the order of the desk. */
    private List<String> inPages(DeskFilter filter) {
        List<LetterSummary> letters = new ArrayList<>();
        String after = null;
        do {
            Page<LetterSummary> page = desk.list(filter, after, 97);
            letters.addAll(page.items());
            after = page.next();
        } while (after != null);
        assertThat(letters)
                .isSortedAccordingTo(Comparator.comparing((LetterSummary letter) -> letter.urgency())
                        .thenComparing(LetterSummary::dueAt)
                        .thenComparing(LetterSummary::id));
        List<String> ids = letters.stream().map(LetterSummary::id).toList();
        assertThat(ids).doesNotHaveDuplicates();
        return ids;
    }

    private static String many(Databases kind, int count) {
        String numbers = kind == Databases.SQLITE
                ? "with recursive n(i) as (select 1 union all select i + 1 from n where i < " + count + ") "
                : "with n(i) as (select generate_series(1, " + count + ")) ";
        String insert =
                "insert into letter (id, state, revision, rank, due_at, fingerprint, urgency, origin, stage, cause,"
                        + " failure, sender, recipient, referral_id, message_id, attempts, capture, captured_at, changed_at,"
                        + " changed_by, risk, place, configuration, note) ";
        return insert + numbers
                + "select 'letter-' || i, 'OPEN', 0, case i % 4 when 0 then 0 when 1 then 2 when 2 then 4 else 6 end,"
                + " 1700000000000 + (i * 7919 % 100000) * 1000, 'group-' || (i % 100),"
                + " case i % 4 when 0 then 'IMMEDIATE' when 1 then 'URGENT' when 2 then 'PRIORITY' else 'ROUTINE' end,"
                + " 'hub.delivery', 'deliver', 'cause-' || (i % 10), 'permanent', 'agency-' || (i % 50),"
                + " 'agency-' || (i % 70), 'referral-' || (i / 2), 'message-' || i, 1, 'token-' || i,"
                + " 1700000000000 + i, 1700000000000 + i, 'hub', case i % 1000 when 3 then 'HIGH' else 'LOW' end,"
                + " '11' || (1000 + i % 300), case i % 2000 when 5 then 'old' else 'new' end,"
                + " case i % 5000 when 1 then 'Please call them 100%' end from n";
    }

    /** The groups of these letters. */
    private static String groups() {
        return "insert into letter_group (fingerprint, stage, cause, failure, recipient, findings,"
                + " exception, first_seen, last_seen, open, total, revision, changed_at, changed_by) select fingerprint,"
                + " min(stage), min(cause), min(failure), min(recipient),"
                + " case fingerprint when 'group-9' then 'schema.enum@/y code.unknown@/x' else '' end,"
                + " case fingerprint when 'group-9' then 'invented.Rare' end, min(captured_at), max(captured_at), count(*), count(*), 0,"
                + " 0, 'hub' from letter group by fingerprint";
    }

    private static DeskFilter filter(String name, String value) {
        return DeskFilter.of(Map.of(name, value));
    }

    private LetterSummary undelivered(String call) throws Exception {
        String delivery = delivery(call);
        List<Emission> told = ledger.process(List.of(dead(delivery, Queues.DELIVERY, "translation-failed")));
        told.forEach(this::deliver);
        return newest(delivery);
    }

    private String delivery(String call) throws Exception {
        return delivery(Messages.request(SENDER, call));
    }

    private String delivery(Messages request) throws Exception {
        Map<String, String> deliveries = new HashMap<>();
        ledger.process(List.of(request.input()))
                .forEach(emission -> deliveries.put(
                        emission.properties().get(Headers.MESSAGE_TYPE),
                        emission.properties().get(Headers.DELIVERY_ID)));
        ledger.process(List.of(Messages.delivered(deliveries.get("RECEIPT"))));
        return deliveries.get("REQUEST");
    }

    private void deliver(Emission emission) {
        try {
            ledger.process(List.of(Messages.delivered(emission.properties().get(Headers.DELIVERY_ID))));
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private LetterSummary refused(String call) throws Exception {
        ledger.process(List.of(refusal(call, "stamp-" + call, null))).forEach(this::deliver);
        return newest(call);
    }

    private LetterSummary newest(String call) {
        return desk.list(DeskFilter.of(Map.of("state", "ANY", "q", call)), null, 10)
                .items()
                .get(0);
    }

    private LedgerInput refusal(String call, String stamp, String replayOf) {
        Map<String, String> properties = new HashMap<>(Map.of(
                Headers.STAMP, stamp,
                Headers.SENDER, SENDER,
                Headers.DIALECT, "canonical",
                Headers.MESSAGE_ID, call,
                Headers.DEAD_ORIGIN, "intake.canonical",
                Headers.DEAD_STAGE, "intake-canonical",
                Headers.DEAD_CAUSE, "refused",
                Headers.DEAD_CLASS, "refused"));
        if (replayOf != null) {
            properties.put(Headers.REPLAY_OF, replayOf);
        }
        String report =
                "[{\"severity\":\"error\",\"code\":\"schema.enum\",\"pointer\":\"/body/child/3/sex\",\"line\":1,"
                        + "\"column\":1,\"mn\":\"x\",\"en\":\"x\"}]";
        return new LedgerInput(
                "ID:" + token++,
                LedgerKind.DEAD,
                properties,
                new Parcel(new byte[0], Messages.utf8("what they sent"), Messages.utf8(report)).toBytes());
    }

    private LedgerInput dead(String delivery, String origin, String cause) {
        return new LedgerInput(
                "ID:" + token++,
                LedgerKind.DEAD,
                Map.of(
                        Headers.DELIVERY_ID, delivery,
                        Headers.RECIPIENT, POLICE,
                        Headers.MESSAGE_ID, "call-" + delivery,
                        Headers.DEAD_ORIGIN, origin,
                        Headers.DEAD_STAGE, "deliver",
                        Headers.DEAD_CAUSE, cause,
                        Headers.DEAD_CLASS, "permanent"),
                new byte[0]);
    }

    private static LedgerInput replayed(LedgerInput input, LetterSummary letter) {
        Map<String, String> properties = new HashMap<>(input.properties());
        properties.put(Headers.REPLAY_OF, letter.id());
        return new LedgerInput(input.token(), input.kind(), properties, input.body());
    }

    private static LedgerInput arrived(Emission delivery) {
        return new LedgerInput(
                "ID:" + UUID.randomUUID(),
                LedgerKind.DELIVERED,
                Map.of(),
                Notice.toBytes(List.of(new Notice(
                        delivery.properties().get(Headers.DELIVERY_ID),
                        delivery.properties().get(Headers.RECIPIENT),
                        "consent",
                        1,
                        null,
                        null,
                        delivery.properties().get(Headers.REPLAY_OF),
                        null,
                        null,
                        Integer.valueOf(delivery.properties().getOrDefault(Headers.SENDING, "0"))))));
    }

    /** The same dead letter, of what had left the desk so often. */
    private static LedgerInput sent(int sending, LedgerInput dead) {
        Map<String, String> properties = new HashMap<>(dead.properties());
        properties.put(Headers.SENDING, String.valueOf(sending));
        return new LedgerInput(dead.token(), dead.kind(), properties, dead.body());
    }

    private List<Emission> say(Messages request, String id, MessageType type, String body) throws Exception {
        List<Emission> said = ledger.process(List.of(Messages.followUp(SENDER, id, type, request.referralId())
                .body(body)
                .input()));
        said.forEach(this::deliver);
        return said;
    }

    private static LedgerInput order(String action, String subject, Integer expected, String actor, String... more) {
        ObjectNode body = new ObjectMapper()
                .createObjectNode()
                .put("action", action)
                .put("subject", subject)
                .put("expected", expected)
                .put("reason", "because of a test");
        for (int i = 0; i < more.length; i += 2) {
            body.put(more[i], more[i + 1]);
        }
        return new LedgerInput(
                "ID:" + UUID.randomUUID(),
                LedgerKind.DESK,
                Map.of(Headers.STAMP, UUID.randomUUID().toString(), Headers.SENDER, actor),
                Messages.utf8(body.toString()));
    }

    /** What the order sends, being carried out. */
    private List<Emission> done(String action, LetterSummary letter) throws Exception {
        LedgerInput order = order(action, letter.id(), null, "operator-1", "owner", "operator-1");
        List<Emission> sent = ledger.process(List.of(order));
        assertThat(outcome(order)).isEqualTo(DeskOutcome.DONE);
        return sent;
    }

    private String order(String action, LetterSummary letter) throws Exception {
        LedgerInput order = order(action, letter.id(), null, "operator-1");
        assertThat(ledger.process(List.of(order))).isEmpty();
        return outcome(order);
    }

    private String outcome(LedgerInput order) throws Exception {
        try (Connection connection = database.readers().getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select outcome from desk_order where stamp = ?")) {
            select.setString(1, order.property(Headers.STAMP));
            try (ResultSet rows = select.executeQuery()) {
                assertThat(rows.next()).isTrue();
                return rows.getString(1);
            }
        }
    }

    private LetterSummary show(LetterSummary letter) {
        return desk.show(letter.id()).orElseThrow().summary();
    }

    private LetterState state(LetterSummary letter) {
        return show(letter).state();
    }

    private Books.Account account() throws Exception {
        return new Books(database.readers(), queue -> 0)
                .books().byAgency().stream()
                        .filter(account -> account.agency().equals(POLICE))
                        .findFirst()
                        .orElseThrow();
    }

    private String text(String sql) throws Exception {
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private long number(String sql) throws Exception {
        try (Connection connection = database.readers().getConnection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Books and groups say what the rows say. */
    private void assertSound() throws Exception {
        assertThat(new Books(database.readers(), queue -> 0).verify().faults())
                .noneMatch(fault -> fault.contains("account") || fault.contains("desk") || fault.contains("owed"));
        assertThat(number("select count(*) from letter_group g where g.open <> (select count(*) from letter l"
                        + " where l.fingerprint = g.fingerprint and l.state = 'OPEN')"))
                .isZero();
    }
}
