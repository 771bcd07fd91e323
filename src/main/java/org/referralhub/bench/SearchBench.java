package org.referralhub.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.referralhub.Setup;
import org.referralhub.agency.Agency;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.counts.Counts;
import org.referralhub.counts.Dimension;
import org.referralhub.ledger.Books;
import org.referralhub.ledger.ChildKeys;
import org.referralhub.ledger.Emission;
import org.referralhub.ledger.Ledger;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.LedgerInput;
import org.referralhub.ledger.LedgerStage;
import org.referralhub.ledger.Manifests;
import org.referralhub.ledger.ReferralSearch;
import org.referralhub.ledger.ReferralSearch.Query;
import org.referralhub.ledger.ReferralTimeline;
import org.referralhub.ledger.Tracking;
import org.referralhub.ledger.Views;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Notice;
import org.referralhub.message.Parcel;
import org.referralhub.message.Urgency;
import org.referralhub.recipient.Choice;

/** A ledger with as many messages as are asked for, and every search over it. */
final class SearchBench implements AutoCloseable {
    private static final int PAGE = 50;
    private static final int WARM_UP = 30;
    private static final int FEW = 3;
    private static final Duration HISTORY = Duration.ofDays(3L * 365);
    private static final List<String> CONCERNS = List.of(
            "PHYSICAL_VIOLENCE",
            "PSYCHOLOGICAL_VIOLENCE",
            "SEXUAL_VIOLENCE",
            "NEGLECT",
            "PEER_BULLYING",
            "ONLINE_ABUSE",
            "UNKNOWN");
    private static final List<String> NAMES = List.of(
            "Тэмүүлэн", "Номин", "Анужин", "Мишээл", "Билгүүн", "Энхжин", "Хулан", "Тэмүжин", "Маралгоо", "Ариунзаяа");

    private final Setup setup;
    private final Path file;
    private final LedgerDatabase database;
    private final ChildKeys keys = ChildKeys.of("a secret of the benchmark alone".toCharArray());
    private final Random random;
    private final MovingClock clock = new MovingClock(Instant.now().minus(HISTORY));
    private final List<String> places;
    private final List<Agency> senders;
    private final List<String> referrals = new ArrayList<>();

    /** What the ledger holds. */
    record Filled(int messages, int referrals, long bytes) {}

    /** Milliseconds for one search. */
    record Measured(String search, double p50, double p95, double worst) {}

    SearchBench(Path home, Path file, long seed) {
        Faults faults = new Faults();
        this.setup = Setup.load(new HubHome(home), true, faults);
        faults.throwIfAny();
        this.file = file;
        this.database = LedgerDatabase.embedded(file);
        this.random = new Random(seed);
        this.places = setup.places().all().stream().map(place -> place.code()).toList();
        this.senders = setup.agencies().all().stream()
                .filter(agency -> agency.kind() == AgencyKind.HELPLINE_108 || agency.kind() == AgencyKind.SCHOOL)
                .toList();
    }

    /** Opens referrals and lets most of them be answered: four messages each, and every tenth only one. */
    Filled fill(int messages) throws SQLException {
        return fill(messages, done -> {});
    }

    /** @param progress is told now and then how many messages are there */
    Filled fill(int messages, IntConsumer progress) throws SQLException {
        List<LedgerInput> batch = new ArrayList<>();
        int sent = 0;
        Duration step = HISTORY.dividedBy(Math.max(1, messages / 256 + 1));
        try (Ledger ledger = new Ledger(
                        database,
                        setup.recipients()::choose,
                        Views.WHOLE,
                        setup.agencies(),
                        setup.responseTimes(),
                        clock)
                .recognise(keys)) {
            while (sent < messages) {
                int before = batch.size();
                referral(batch, sent);
                sent += batch.size() - before;
                if (batch.size() >= LedgerStage.BATCH - 4) {
                    carry(ledger, batch);
                    batch.clear();
                    clock.forward(step);
                    progress.accept(sent);
                }
            }
            carry(ledger, batch);
            // Nothing more comes, so what waits for the index is written.
            ledger.process(List.of());
        }
        try {
            return new Filled(sent, referrals.size(), Files.size(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fills the desk as well, with letters about the referrals that are there. */
    LetterFill.Filled fillDesk(int letters, int groups, IntConsumer progress) throws SQLException {
        return new LetterFill(setup, database, random, referrals).fill(letters, groups, progress);
    }

    /** The identifiers of what was filled in. */
    List<String> referrals() {
        return Collections.unmodifiableList(referrals);
    }

    /** The identifiers of all agencies. */
    List<String> agencies() {
        return setup.agencies().all().stream().map(Agency::id).toList();
    }

    /** The ledger's part of what the hub does with these: all that follows from them reaches its inbox, and it hears so. */
    private void carry(Ledger ledger, List<LedgerInput> batch) throws SQLException {
        List<Emission> emissions = ledger.process(batch);
        while (!emissions.isEmpty()) {
            List<Notice> notices = emissions.stream()
                    .map(emission -> new Notice(
                            Objects.requireNonNull(emission.properties().get(Headers.DELIVERY_ID)),
                            emission.properties().get(Headers.RECIPIENT),
                            "consent",
                            1,
                            Identifiers.digest(emission.body())))
                    .toList();
            String id = "ID:" + new UUID(random.nextLong(), random.nextLong());
            emissions = ledger.process(
                    List.of(new LedgerInput(id, LedgerKind.DELIVERED, Map.of(), Notice.toBytes(notices))));
        }
    }

    private void referral(List<LedgerInput> batch, int number) {
        String sender = any(senders).id();
        String messageId = "bench-" + number;
        String referralId = Identifiers.referralId(sender, messageId);
        String place = any(places);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("urgency", any(List.of(Urgency.values())).name());
        body.putArray("concerns").add(any(CONCERNS));
        body.put("narrative", "x".repeat(300));
        ObjectNode child = body.putObject("child");
        child.put("registerNo", registerNumber(referrals.size()));
        child.put("givenName", any(NAMES));
        child.put("patronymic", any(NAMES) + referrals.size() / 100);
        child.putObject("address").put("district", place);
        referrals.add(referralId);
        ObjectNode request = message(sender, messageId, MessageType.REQUEST, referralId, body);
        batch.add(input(request, referralId));
        if (referrals.size() % 10 == 0) {
            return;
        }
        List<Choice> choices = setup.recipients().choose(request, clock.instant());
        String recipient = choices.get(0).agency().id();
        ObjectNode empty = JsonNodeFactory.instance.objectNode();
        for (MessageType type : List.of(MessageType.ACK, MessageType.ACCEPT, MessageType.START)) {
            batch.add(input(message(recipient, messageId + type, type, referralId, empty), referralId));
        }
    }

    private static String registerNumber(int number) {
        return "УБ%02d%02d%02d%02d"
                .formatted(number / 27_000 % 100, 21 + number / 2_250 % 12, 1 + number / 100 % 22, number % 100);
    }

    private static ObjectNode message(
            String sender, String messageId, MessageType type, String referralId, ObjectNode body) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.put("messageId", messageId);
        message.put("messageType", type.name());
        message.put("schemaVersion", "1.0");
        message.put("referralId", referralId);
        message.put("version", 1);
        message.put("sentAt", "2026-11-22T12:00:00+08:00");
        message.put("sender", sender);
        message.set("body", body);
        return message;
    }

    private LedgerInput input(ObjectNode message, String referralId) {
        byte[] bytes = message.toString().getBytes(StandardCharsets.UTF_8);
        Map<String, String> properties = new HashMap<>();
        properties.put(Headers.STAMP, new UUID(random.nextLong(), random.nextLong()).toString());
        properties.put(Headers.SENDER, message.path("sender").asText());
        properties.put(Headers.DIALECT, "canonical");
        properties.put(Headers.ARRIVED_AT, Long.toString(clock.millis()));
        properties.put(Headers.MESSAGE_TYPE, message.path("messageType").asText());
        properties.put(Headers.REFERRAL_ID, referralId);
        properties.put(Headers.MESSAGE_ID, message.path("messageId").asText());
        properties.put(Headers.URGENCY, message.at("/body/urgency").asText("URGENT"));
        return new LedgerInput(
                "ID:" + properties.get(Headers.STAMP),
                LedgerKind.MESSAGE,
                properties,
                new Parcel(bytes, bytes, new byte[0]).toBytes());
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** Every search, each so often with values of its own. */
    List<Measured> measure(int repeats) {
        ReferralSearch search = new ReferralSearch(database.readers(), keys, clock);
        Tracking tracking = new Tracking(database.readers(), setup::agencies, () -> Views.WHOLE);
        ReferralTimeline timelines = new ReferralTimeline(database.readers(), clock, sender -> false);
        List<String> agencies = setup.agencies().all().stream().map(Agency::id).toList();
        List<Measured> measured = new ArrayList<>();
        measured.add(time("by reference", repeats, i -> tracking.referral(Identifiers.reference(any(referrals)))));
        measured.add(time("timeline of one", repeats, i -> timelines.whole(any(referrals))));
        measured.add(page(search, "the latest", repeats, i -> Query.ANY));
        measured.add(page(search, "agency", repeats, i -> by(any(agencies), null, null, null, null)));
        measured.add(
                page(search, "place, with what lies in it", repeats, i -> by(null, any(places), null, null, null)));
        measured.add(page(search, "concern", repeats, i -> by(null, null, any(CONCERNS), null, null)));
        measured.add(page(search, "state requested", repeats, i -> by(null, null, null, "requested", null)));
        measured.add(page(search, "urgency", repeats, i -> by(null, null, null, null, any(List.of(Urgency.values())))));
        measured.add(page(search, "a day", repeats, i -> {
            Instant from = clock.instant().minusMillis((long) (random.nextDouble() * HISTORY.toMillis()));
            return new Query(null, null, null, null, null, from, from.plus(Duration.ofDays(1)), false, null);
        }));
        measured.add(page(search, "overdue", repeats, i -> overdue(null, null)));
        measured.add(page(search, "agency and overdue", repeats, i -> overdue(any(agencies), null)));
        measured.add(page(
                search,
                "agency, place, concern, state, urgency",
                repeats,
                i -> by(any(agencies), any(places), any(CONCERNS), "accepted", any(List.of(Urgency.values())))));
        measured.add(page(
                search,
                "frequent in each part, rare together",
                repeats,
                i -> by("school-1110", "65", any(CONCERNS), "in-progress", null)));
        measured.add(page(
                search,
                "register number",
                repeats,
                i -> child(new ChildKeys.Child(registerNumber(random.nextInt(referrals.size())), "", "", ""))));
        measured.add(page(
                search,
                "given name and patronymic",
                repeats,
                i -> child(
                        new ChildKeys.Child("", any(NAMES), any(NAMES) + random.nextInt(referrals.size()) / 100, ""))));
        measured.add(page(
                search,
                "nobody's register number",
                repeats,
                i -> child(new ChildKeys.Child("ХХ00210101", "", "", ""))));
        measured.add(time("the hundredth page", repeats, new HundredthPage(search)));
        measureWholes(measured);
        return measured;
    }

    /** What looks at everything, and so at few times each. */
    private void measureWholes(List<Measured> measured) {
        Books books = new Books(database.readers(), queue -> 0);
        Counts counts = new Counts(database.readers(), setup::agencies, setup::places, setup::codeLists, Counts.ENOUGH);
        Manifests manifests = new Manifests(database.readers());
        YearMonth last = Counts.month(clock.instant());
        YearMonth first = Counts.month(clock.instant().minus(HISTORY));
        measured.add(few("a page of a day's manifest", i -> {
            Instant from = clock.instant().minusMillis((long) (random.nextDouble() * HISTORY.toMillis()));
            return manifests.page(any(senders).id(), from, from.plus(Duration.ofDays(1)), null, Manifests.LARGEST_PAGE);
        }));
        measured.add(few("the books", i -> books.books()));
        measured.add(few(
                "the books of a month, every row",
                i -> books.verify(clock.instant().minus(Duration.ofDays(30)), clock.instant())));
        measured.add(few("the books, every row", i -> books.verify()));
        measured.add(few(
                "counts of a month by aimag and concern",
                i -> counts.count(
                        last.minusMonths(1), last.minusMonths(1), List.of(Dimension.AIMAG, Dimension.CONCERN))));
        measured.add(few(
                "counts of all months by aimag and month",
                i -> counts.count(first, last, List.of(Dimension.AIMAG, Dimension.MONTH))));
    }

    /** Goes on from a page far down; what it costs must not depend on how far. */
    private static final class HundredthPage implements IntFunction<Object> {
        private final ReferralSearch search;
        private final String after;

        HundredthPage(ReferralSearch search) {
            this.search = search;
            ReferralSearch.Page page = search.search(Query.ANY, null, PAGE);
            for (int i = 1; i < 99 && page.next() != null; i++) {
                page = search.search(Query.ANY, page.next(), PAGE);
            }
            this.after = page.next() == null ? "0-" : page.next();
        }

        @Override
        public Object apply(int repeat) {
            return search.search(Query.ANY, after, PAGE);
        }
    }

    private static Query by(
            @Nullable String agency,
            @Nullable String place,
            @Nullable String concern,
            @Nullable String state,
            @Nullable Urgency urgency) {
        return new Query(agency, place, concern, state, urgency, null, null, false, null);
    }

    private static Query overdue(@Nullable String agency, @Nullable String place) {
        return new Query(agency, place, null, null, null, null, null, true, null);
    }

    private static Query child(ChildKeys.Child child) {
        return new Query(null, null, null, null, null, null, null, false, child);
    }

    private static Measured page(ReferralSearch search, String name, int repeats, IntFunction<Query> queries) {
        return time(name, repeats, i -> search.search(queries.apply(i), null, PAGE));
    }

    private static Measured time(String name, int repeats, IntFunction<Object> search) {
        return time(name, WARM_UP, repeats, search);
    }

    private static Measured few(String name, IntFunction<Object> question) {
        return time(name, 0, FEW, question);
    }

    private static Measured time(String name, int warmUp, int repeats, IntFunction<Object> search) {
        long[] nanos = new long[repeats];
        for (int i = -warmUp; i < repeats; i++) {
            long began = System.nanoTime();
            Objects.requireNonNull(search.apply(i));
            if (i >= 0) {
                nanos[i] = System.nanoTime() - began;
            }
        }
        Arrays.sort(nanos);
        return new Measured(
                name,
                nanos[repeats / 2] / 1e6,
                nanos[Math.max(0, (int) Math.ceil(repeats * 0.95) - 1)] / 1e6,
                nanos[repeats - 1] / 1e6);
    }

    @Override
    public void close() {
        database.close();
    }
}
