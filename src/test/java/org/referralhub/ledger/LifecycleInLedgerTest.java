package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.ledger.Lifecycle.Party;
import org.referralhub.ledger.Lifecycle.State;
import org.referralhub.ledger.ReferenceModel.Said;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.MessageType;
import org.referralhub.message.Queues;
import org.referralhub.recipient.Choice;

/** The domain's table, and the rules beyond it, as the ledger itself keeps them. */
class LifecycleInLedgerTest {
    private static final String SENDER = "helpline-108";
    private static final List<String> RECIPIENTS = List.of("social-a", "social-b");
    private static final List<String> OTHERS = List.of("shelter-c", "shelter-d");
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with(SENDER, AgencyKind.HELPLINE_108, "*")
            .with("social-a", AgencyKind.SOCIAL_WORKER, "11")
            .with("social-b", AgencyKind.SOCIAL_WORKER, "11")
            .with("shelter-c", AgencyKind.SHELTER, "11")
            .with("shelter-d", AgencyKind.SHELTER, "11")
            .registry();
    private static final Clock NOW = Clock.fixed(Instant.parse("2026-11-22T04:00:00Z"), ZoneOffset.UTC);
    private static final List<MessageType> FOLLOW_UPS = List.of(MessageType.values()).stream()
            .filter(type -> type != MessageType.REQUEST && type != MessageType.RECEIPT)
            .toList();

    /** One for each referral; they are told two by two, mixed. */
    private static final int SEQUENCES = 10_000;

    private static final int AT_ONCE = 500;
    private static final int REFERRALS = 2;
    private static final long SEED = 20261122;

    /** Referrals that somebody is still at work on, or asked to be, and nobody is responsible for. */
    private static final String ORPHANS =
            "select count(*) from referral r where exists (select 1 from assignment a where"
                    + " a.referral_id = r.id and a.state in ('requested', 'received', 'accepted', 'in-progress', 'on-hold'))"
                    + " and not exists (select 1 from assignment a where a.referral_id = r.id"
                    + " and a.state in ('requested', 'received', 'accepted', 'in-progress', 'on-hold')"
                    + " and not (a.state in ('requested', 'received') and exists (select 1 from assignment p"
                    + " where p.referral_id = a.referral_id and p.recipient = a.predecessor and p.pending is not null)))";

    private LedgerDatabase database = Databases.SQLITE.open();
    private List<String> chosen = RECIPIENTS;
    private Ledger ledger = ledger(Duration.ZERO);

    private Ledger ledger(Duration later) {
        return new Ledger(
                database,
                (message, at) -> chosen.stream()
                        .map(id -> new Choice(AGENCIES.find(id).orElseThrow(), "rule"))
                        .toList(),
                Views.WHOLE,
                AGENCIES,
                ResponseTimes.PROPOSED,
                Clock.offset(NOW, later));
    }

    private void restart(Duration later) {
        ledger.close();
        ledger = ledger(later);
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    /** How a recipient's part gets into each state. */
    private static final Map<State, List<Said>> WAYS = Map.ofEntries(
            Map.entry(State.REQUESTED, List.of()),
            Map.entry(State.RECEIVED, List.of(by("social-a", MessageType.ACK))),
            Map.entry(State.ACCEPTED, List.of(by("social-a", MessageType.ACCEPT))),
            Map.entry(
                    State.IN_PROGRESS, List.of(by("social-a", MessageType.ACCEPT), by("social-a", MessageType.START))),
            Map.entry(State.ON_HOLD, List.of(by("social-a", MessageType.ACCEPT), by("social-a", MessageType.HOLD))),
            Map.entry(
                    State.COMPLETED, List.of(by("social-a", MessageType.ACCEPT), by("social-a", MessageType.OUTCOME))),
            Map.entry(
                    State.FAILED,
                    List.of(
                            by("social-a", MessageType.ACCEPT),
                            new Said("social-a", "", MessageType.OUTCOME, null, true, false))),
            Map.entry(State.REJECTED, List.of(by("social-a", MessageType.REJECT))),
            Map.entry(
                    State.TRANSFERRED,
                    List.of(
                            by("social-a", MessageType.ACCEPT),
                            new Said("social-a", "", MessageType.TRANSFER, "shelter-c", false, false),
                            by("shelter-c", MessageType.ACCEPT))),
            Map.entry(State.CANCELLED, List.of(by(SENDER, MessageType.RECALL))),
            Map.entry(State.ENTERED_IN_ERROR, List.of(by(SENDER, MessageType.VOID))));

    private static Said by(String agency, MessageType type) {
        return new Said(agency, "", type, null, false, false);
    }

    @Test
    void everyStateMessageAndPartyAgreesWithTheDomainsTable() throws Exception {
        chosen = List.of("social-a");
        Map<State, Map<MessageType, Map<Party, Set<State>>>> table = LifecycleTest.table();
        record Case(State from, MessageType type, Party party, Messages request, String id) {}
        List<Case> cases = new ArrayList<>();
        for (State from : State.values()) {
            for (MessageType type : FOLLOW_UPS) {
                for (Party party : Party.values()) {
                    String id = from + "-" + type + "-" + party;
                    cases.add(new Case(from, type, party, Messages.request(SENDER, id), id + "-tested"));
                }
            }
        }
        ledger.process(cases.stream().map(one -> one.request().input()).toList());
        for (int step = 0; step < 3; step++) {
            List<LedgerInput> batch = new ArrayList<>();
            for (Case one : cases) {
                List<Said> way = WAYS.get(one.from());
                if (step < way.size()) {
                    batch.add(input(
                            way.get(step), one.id() + "-" + step, one.request().referralId(), null));
                }
            }
            ledger.process(batch);
        }
        ledger.process(cases.stream()
                .map(one -> input(
                        by(one.party() == Party.SENDER ? SENDER : "social-a", one.type()),
                        one.id(),
                        one.request().referralId(),
                        one.party() == Party.SENDER ? "social-a" : null))
                .toList());
        timeIsUp();

        Map<String, String> states =
                read("select referral_id, state, pending from assignment where recipient = 'social-a'");
        Map<String, String> statuses = read("select message_id, status, null from message");
        for (Case one : cases) {
            Set<State> allowed = table.getOrDefault(one.from(), Map.of())
                    .getOrDefault(one.type(), Map.of())
                    .getOrDefault(one.party(), Set.of());
            // Who was told that it is over says that it knows.
            boolean knows = one.type() == MessageType.ACK
                    && one.party() == Party.RECIPIENT
                    && Set.of(State.CANCELLED, State.ENTERED_IN_ERROR).contains(one.from());
            // What the sender says is of all of them; the agency that took over is told, and nothing changes for the
            // one that handed
            // on.
            boolean others = one.from() == State.TRANSFERRED
                    && one.party() == Party.SENDER
                    && Set.of(MessageType.AMEND, MessageType.ESCALATE).contains(one.type());
            String expected =
                    switch (one.type()) {
                        case OUTCOME -> State.COMPLETED.code();
                        case TRANSFER -> one.from().code() + " transferred";
                        default ->
                            allowed.isEmpty() ? "" : allowed.iterator().next().code();
                    };
            assertThat(statuses.get(one.id()) + " " + states.get(one.request().referralId()))
                    .as("%s, %s by %s", one.from(), one.type(), one.party())
                    .isEqualTo(
                            allowed.isEmpty()
                                    ? (knows || others ? "accepted " : "refused ")
                                            + one.from().code()
                                    : "accepted " + expected);
        }
    }

    /** Legal and illegal, out of order, with kills: the ledger ends where the model does, and nobody is left alone. */
    @Test
    void randomSequencesEndInTheStateOfTheModelAndAlwaysHaveSomebodyResponsible() throws Exception {
        Random random = new Random(SEED);
        for (int first = 0; first < SEQUENCES / REFERRALS; first += AT_ONCE) {
            sequences(first, random);
            close();
            database = Databases.SQLITE.open();
            ledger = ledger(Duration.ZERO);
        }
    }

    private void sequences(int first, Random random) throws Exception {
        Map<State, Map<MessageType, Map<Party, Set<State>>>> table = LifecycleTest.table();
        Map<String, ReferenceModel> models = new HashMap<>();
        List<List<Step>> sequences = new ArrayList<>();
        int longest = 0;
        for (int i = 0; i < AT_ONCE; i++) {
            List<Step> sequence = sequence(first + i, random, table, models);
            sequences.add(sequence);
            longest = Math.max(longest, sequence.size());
        }
        Set<String> sent = new HashSet<>();
        List<LedgerInput> notices = new ArrayList<>();
        int kill = random.nextInt(longest);
        for (int at = 0; at < longest; at++) {
            List<LedgerInput> batch = new ArrayList<>();
            for (List<Step> sequence : sequences) {
                if (at < sequence.size()) {
                    Step step = sequence.get(at);
                    models.get(step.referral()).hear(step.said());
                    batch.add(step.input());
                }
            }
            Collections.shuffle(notices, random);
            List<LedgerInput> now = notices.subList(0, notices.size() / 2);
            batch.addAll(now);
            if (at == kill || random.nextInt(4) == 0) {
                killedBeforeTheCommit(batch);
            }
            List<Emission> emissions = ledger.process(batch);
            now.clear();
            if (at == kill || random.nextInt(4) == 0) {
                // Killed after the database's commit: the same messages once more, and the same must be sent.
                restart(Duration.ZERO);
                assertThat(ids(redelivered(batch, random))).containsExactlyInAnyOrderElementsOf(ids(emissions));
            }
            send(emissions, sent, notices);
            assertThat(count(ORPHANS))
                    .as("referrals without anybody responsible")
                    .isZero();
        }
        send(timeIsUp(), sent, notices);
        models.values().forEach(ReferenceModel::timeIsUp);
        while (!notices.isEmpty()) {
            List<LedgerInput> now = List.copyOf(notices);
            notices.clear();
            send(ledger.process(now), sent, notices);
        }
        Map<String, String> expected = new TreeMap<>();
        models.forEach((referral, model) -> {
            model.states.forEach((agency, state) -> expected.put(
                    referral + " " + agency, state.code() + (model.isHandingOver(agency) ? " transferred" : "")));
            expected.putAll(model.decided);
        });
        Map<String, String> found = read("select message_id, status, null from message");
        found.putAll(read("select referral_id || ' ' || recipient, state, pending from assignment"));
        Set<String> differ = new TreeSet<>(expected.keySet());
        differ.addAll(found.keySet());
        differ.removeIf(key -> Objects.equals(expected.get(key), found.get(key)));
        assertThat(differ.stream()
                        .limit(5)
                        .map(key -> key + ": " + found.get(key) + ", the model: " + expected.get(key)
                                + told(sequences, key)))
                .isEmpty();
        assertThat(new Books(database.readers(), queue -> 0).verify().faults()).isEmpty();
    }

    /** All the work is done, and then gone with its transaction. */
    private void killedBeforeTheCommit(List<LedgerInput> batch) {
        List<LedgerInput> unfinished = new ArrayList<>(batch);
        unfinished.add(new LedgerInput("ID:none", null, Map.of(), new byte[0]));
        assertThatThrownBy(() -> ledger.process(unfinished)).isInstanceOf(IllegalArgumentException.class);
        restart(Duration.ZERO);
    }

    /** The broker gives back what it was not told to forget: in the same order, and not in the same batches. */
    private List<Emission> redelivered(List<LedgerInput> batch, Random random) throws Exception {
        List<Emission> emissions = new ArrayList<>();
        int from = 0;
        while (from < batch.size()) {
            int to = from + 1 + random.nextInt(batch.size() - from);
            emissions.addAll(ledger.process(batch.subList(from, to)));
            from = to;
        }
        return emissions;
    }

    /** The whole sequence that a difference is in. */
    private static String told(List<List<Step>> sequences, String key) {
        StringBuilder text = new StringBuilder();
        for (List<Step> sequence : sequences) {
            if (sequence.stream()
                    .anyMatch(step -> key.equals(step.said().id()) || key.startsWith(step.referral() + " "))) {
                sequence.forEach(step -> text.append("\n  ")
                        .append(step.referral(), 0, 4)
                        .append(' ')
                        .append(step.said()));
            }
        }
        return text.toString();
    }

    private record Step(String referral, Said said, LedgerInput input) {}

    private static List<Step> sequence(
            int number,
            Random random,
            Map<State, Map<MessageType, Map<Party, Set<State>>>> table,
            Map<String, ReferenceModel> models) {
        List<Step> steps = new ArrayList<>();
        List<Messages> requests = new ArrayList<>();
        for (int i = 0; i < REFERRALS; i++) {
            Messages request = Messages.request(SENDER, "r-" + number + "-" + i);
            requests.add(request);
            models.put(request.referralId(), new ReferenceModel(table, SENDER, RECIPIENTS));
        }
        List<String> agencies = new ArrayList<>(RECIPIENTS);
        agencies.addAll(OTHERS);
        agencies.addAll(List.of("social-a", SENDER));
        int length = 3 + random.nextInt(4);
        for (int i = 0; i < length; i++) {
            Messages request = requests.get(random.nextInt(REFERRALS));
            String agency = agencies.get(random.nextInt(agencies.size()));
            MessageType type = type(agency, random);
            String target = type == MessageType.TRANSFER || random.nextInt(3) == 0
                    ? agencies.get(random.nextInt(agencies.size()))
                    : null;
            Said said = new Said(
                    agency,
                    "m-" + number + "-" + i,
                    type,
                    target,
                    random.nextBoolean(),
                    type == MessageType.AMEND && random.nextInt(3) == 0);
            steps.add(new Step(request.referralId(), said, input(said, said.id(), request.referralId(), null)));
        }
        for (int i = 0; i < REFERRALS; i++) {
            Messages request = requests.get(i);
            Said said = new Said(SENDER, "r-" + number + "-" + i, MessageType.REQUEST, null, false, false);
            steps.add(random.nextInt(3), new Step(request.referralId(), said, request.input()));
        }
        return steps;
    }

    /** Mostly what leads on, now and then what ends it, sometimes what makes no sense. */
    private static MessageType type(String agency, Random random) {
        if (random.nextInt(5) == 0) {
            return FOLLOW_UPS.get(random.nextInt(FOLLOW_UPS.size()));
        }
        List<MessageType> usual = agency.equals(SENDER)
                ? List.of(MessageType.AMEND, MessageType.AMEND, MessageType.ESCALATE, MessageType.RECALL)
                : List.of(
                        MessageType.ACK,
                        MessageType.ACCEPT,
                        MessageType.ACCEPT,
                        MessageType.TRANSFER,
                        MessageType.TRANSFER,
                        MessageType.START,
                        MessageType.REJECT,
                        MessageType.OUTCOME);
        return usual.get(random.nextInt(usual.size()));
    }

    private static LedgerInput input(Said said, String id, String referral, String recipient) {
        String target = said.target() == null ? "" : said.target();
        String body =
                switch (said.type()) {
                    case TRANSFER -> "{\"to\":\"" + (target.isEmpty() ? "shelter-d" : target) + "\"}";
                    case ESCALATE -> target.isEmpty() ? "{}" : "{\"to\":\"" + target + "\"}";
                    case REJECT -> target.isEmpty() ? "{}" : "{\"redirectTo\":\"" + target + "\"}";
                    case OUTCOME -> "{\"result\":\"" + (said.failed() ? "FAILED" : "COMPLETED") + "\"}";
                    case AMEND ->
                        said.withdraws()
                                ? "{\"changes\":{\"consent\":{\"services\":false}}}"
                                : "{\"changes\":{\"narrative\":\"" + id + "\"}}";
                    default -> "{}";
                };
        Messages message =
                Messages.followUp(said.by(), id, said.type(), referral).body(body);
        return (recipient == null ? message : message.recipient(recipient)).input();
    }

    private static void send(List<Emission> emissions, Set<String> sent, List<LedgerInput> notices) {
        for (Emission emission : emissions) {
            String id = emission.properties().get(Headers.DELIVERY_ID);
            assertThat(sent.add(id)).as("sent once").isTrue();
            notices.add(Messages.delivered(id));
        }
    }

    /** What waited for something that did not come is decided. */
    private List<Emission> timeIsUp() throws Exception {
        restart(EarlyMessages.PATIENCE);
        List<Emission> all = new ArrayList<>();
        List<LedgerInput> announced = Messages.announced(ledger.process(List.of()));
        while (!announced.isEmpty()) {
            List<Emission> round = ledger.process(announced);
            round.stream()
                    .filter(emission -> emission.queue().equals(Queues.DELIVERY))
                    .forEach(all::add);
            announced = Messages.announced(round);
        }
        return all;
    }

    private static List<String> ids(List<Emission> emissions) {
        return emissions.stream()
                .map(emission -> emission.properties().get(Headers.DELIVERY_ID))
                .toList();
    }

    private long count(String sql) throws Exception {
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Map<String, String> read(String sql) throws Exception {
        Map<String, String> found = new LinkedHashMap<>();
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.put(
                        rows.getString(1),
                        rows.getString(2) + (rows.getString(3) == null ? "" : " " + rows.getString(3)));
            }
        }
        return new TreeMap<>(found);
    }
}
