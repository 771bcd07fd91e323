package org.referralhub.edition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskFilter;
import org.referralhub.edition.ChangeReport.Cause;
import org.referralhub.edition.ChangeReport.How;
import org.referralhub.edition.ChangeReport.Outcome;
import org.referralhub.ledger.Books;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.message.Headers;
import org.referralhub.message.Queues;
import org.referralhub.testing.LiveHome;
import org.referralhub.testing.RunningHub;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thousands of messages while the configuration changes all the time, well and badly. Each stage of each message must have been
 * handled by one version from its beginning to its end, and none may fail, get lost or come twice.
 *
 * <p>{@code -Dhub.test.messages=10000} for the whole number.
 */
class ConstantChangeIT {
    private static final Logger LOG = LoggerFactory.getLogger(ConstantChangeIT.class);
    private static final int MESSAGES = Integer.getInteger("hub.test.messages", 1_000);
    private static final int SENDERS = 4;
    /** However slow the machine, the configuration changes once for so many messages. */
    private static final int MESSAGES_A_CHANGE = 200;

    private static final String POLICE = "police-family-division";

    private static final String MAPPING = "schemas/helpline/to-canonical.jslt";
    private static final String RULES = "config/recipients.yaml";
    private static final String TIMES = "config/response-times.yaml";
    private static final String DISCLOSURE = "config/disclosure.csv";
    private static final String INTAKE = "routes/intake.camel.yaml";
    private static final String DELIVERY = "routes/delivery.camel.yaml";

    private static final Duration[] DAY = {Duration.ofHours(3), Duration.ofMinutes(150)};
    private static final Duration[] NIGHT = {Duration.ofHours(2), Duration.ofMinutes(100)};

    @TempDir
    Path folder;

    private LiveHome home;
    private RunningHub hub;
    private final Map<String, String> original = new LinkedHashMap<>();
    /** 0 or 1: which of the two kinds of good configuration a version is. */
    private final Map<String, Integer> kinds = new HashMap<>();

    private final Set<String> routesSeen = new HashSet<>();
    private final Semaphore may = new Semaphore(0);
    private int good;
    private int bad;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void every_message_is_handled_by_one_version_and_none_fails() throws Exception {
        home = LiveHome.in(Files.createDirectories(folder.resolve("home")));
        for (String file : List.of(MAPPING, RULES, TIMES, DISCLOSURE, INTAKE, DELIVERY)) {
            original.put(file, home.read(file));
        }
        try (RunningHub running = RunningHub.start(
                home.folder(),
                folder.resolve("data"),
                Map.of("hub.configuration.watch", "false", "hub.configuration.replay", "10"),
                "demo")) {
            hub = running;
            kinds.put(hub.bean(LiveChange.class).status().version(), 0);
            long began = System.nanoTime();
            send();
            hub.settle();
            LOG.info(
                    "{} messages in {} ms; {} good changes, {} bad ones refused; routes exchanged: {}",
                    MESSAGES,
                    Duration.ofNanos(System.nanoTime() - began).toMillis(),
                    good,
                    bad,
                    routesSeen);
            assertThat(good).as("changes while messages flowed").isGreaterThanOrEqualTo(MESSAGES / 500);
            assertThat(bad).isGreaterThanOrEqualTo(MESSAGES / 500);

            Books.BooksView books = hub.bean(Books.class).books();
            assertThat(books.openLetters()).as("dead letters").isZero();
            assertThat(hub.bean(Desk.class).list(DeskFilter.ANY, null, 10).items())
                    .isEmpty();
            checkWhatWasRecorded();
            checkWhatWasDelivered();
        }
    }

    private void send() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS + 1);
        try {
            Future<?> changes = threads.submit(() -> {
                for (int i = 0; !done.get(); i++) {
                    may.release(MESSAGES_A_CHANGE);
                    change(i);
                }
                return null;
            });
            List<Future<?>> senders = new ArrayList<>();
            for (int sender = 0; sender < SENDERS; sender++) {
                int first = sender;
                senders.add(threads.submit(() -> {
                    call(first);
                    return null;
                }));
            }
            for (Future<?> sender : senders) {
                // A change that went wrong ends the test, not the senders' patience.
                await().atMost(Duration.ofMinutes(10)).until(() -> sender.isDone() || changes.isDone());
                if (changes.isDone()) {
                    changes.get();
                }
                sender.get();
            }
            // What is still on its way is changed under, too.
            await().atMost(Duration.ofMinutes(10))
                    .until(() ->
                            changes.isDone() || hub.bean(Books.class).books().acceptedMessages() == MESSAGES);
            done.set(true);
            changes.get();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Every SENDERSth call of all, as an agency's own client sends it. */
    private void call(int first) throws Exception {
        try (Connection connection = hub.as("helpline-108").amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.intake("helpline")))) {
            for (int i = first; i < MESSAGES; i += SENDERS) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes("""
                        {"record_type": "CALL", "call_id": "%05d", "call_time": "2026-03-05T22:40:00+08:00",
                         "response": "WITHIN_HOUR", "concerns": ["PHYSICAL_VIOLENCE"],
                         "caller": {"relation": "friend", "name": "Найз нь", "callback_number": "99112233"},
                         "address": {"aimag": "11", "soum": "1116", "bag": "111653"}, "story": "He is hit at home."}
                        """.formatted(i).getBytes(StandardCharsets.UTF_8));
                may.acquire();
                producer.send(message);
            }
        }
    }

    /** Good and bad ones in turn. */
    private void change(int number) {
        ChangeReport report;
        if (number % 2 == 0) {
            int kind = (number / 2 + 1) % 2;
            write(kind, number / 2);
            report = reload();
            assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.ACCEPTED);
            kinds.put(report.version(), kind);
            good++;
        } else {
            List<Supplier<String>> spoils = List.of(
                    () -> spoil(RULES, "choose:", "chose:"),
                    () -> spoil(MAPPING, "def word(table, value)", "def word(table value)"),
                    () -> spoil(DELIVERY, "ref: delivery", "ref: nothing"),
                    () -> spoil(MAPPING, "\"NOW\": \"IMMEDIATE\"", "\"NOW\": \"URGENT\""),
                    () -> spoil(DISCLOSURE, "Мэдээлэгч хэн болох,", "Мэдээлэгч хэн болох,X"));
            String file = spoils.get(number / 2 % spoils.size()).get();
            ChangeReport refused = reload();
            assertThat(refused.outcome()).as(refused.toString()).isEqualTo(Outcome.REFUSED);
            assertThat(refused.faults()).isNotEmpty();
            // A mapping that says something else is found out by the samples.
            assertThat(refused.faults()).anySatisfy(fault -> assertThat(fault.file())
                    .satisfiesAnyOf(name -> assertThat(name).isEqualTo(file), name -> assertThat(name)
                            .startsWith("schemas/helpline/samples/")));
            bad++;
        }
    }

    private ChangeReport reload() {
        return hub.bean(LiveChange.class).reload(new Cause(How.RELOAD, "integrator", null));
    }

    private String spoil(String file, String text, String by) {
        home.replace(file, text, by);
        return file;
    }

    /** All that differs between the kinds is in several files, which only a whole version brings together. */
    private void write(int kind, int number) {
        original.forEach(home::write);
        if (kind == 1) {
            home.replace(MAPPING, "\"friend\": \"FRIEND\"", "\"friend\": \"NEIGHBOUR\"");
            home.replace(RULES, "id: violence\n", "id: violence-b\n");
            home.replace(TIMES, "acceptWithin: PT3H", "acceptWithin: PT150M");
            home.replace(TIMES, "PT30M, acceptWithin: PT2H", "PT30M, acceptWithin: PT100M");
            home.replace(DISCLOSURE, "Мэдээлэгч хэн болох,L,", "Мэдээлэгч хэн болох,F,");
        }
        if (number % 3 == 1) {
            home.replace(DELIVERY, "puts it into the inbox.", "puts it into the inbox (%d).".formatted(number));
            routesSeen.add("deliver");
        }
        if (number % 3 == 2) {
            home.replace(INTAKE, "hands it to the", "hands it (%d) to the".formatted(number));
            routesSeen.add("intake");
        }
    }

    private void checkWhatWasRecorded() throws Exception {
        try (java.sql.Connection connection =
                        hub.bean(LedgerDatabase.class).readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("select m.message_id, m.canonical, c.version, d.version, a.rule,"
                                + " a.accept_by - a.since from message m join edition c on c.id = m.checked_by"
                                + " join edition d on d.id = m.decided_by"
                                + " join assignment a on a.referral_id = m.referral_id and a.recipient = '" + POLICE
                                + "' order by m.message_id")) {
            int count = 0;
            Set<String> versions = new HashSet<>();
            while (rows.next()) {
                assertThat(rows.getString(1)).as("each once").isEqualTo("%05d".formatted(count++));
                String canonical = new String(rows.getBytes(2), StandardCharsets.UTF_8);
                int checked = kinds.get(rows.getString(3));
                int decided = kinds.get(rows.getString(4));
                versions.add(rows.getString(3));
                assertThat(canonical).contains("\"kind\":\"" + (checked == 0 ? "FRIEND" : "NEIGHBOUR") + "\"");
                assertThat(rows.getString(5)).isEqualTo(decided == 0 ? "violence" : "violence-b");
                assertThat(Duration.ofMillis(rows.getLong(6))).isIn(DAY[decided], NIGHT[decided]);
            }
            assertThat(count).isEqualTo(MESSAGES);
            LOG.info("{} versions checked messages", versions.size());
            assertThat(versions).hasSizeGreaterThanOrEqualTo(2);
        }
    }

    private void checkWhatWasDelivered() throws Exception {
        Map<String, String> written = new HashMap<>();
        try (java.sql.Connection connection =
                        hub.bean(LedgerDatabase.class).readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select d.id, w.version, d.settled_at - m.arrived_at as took from delivery d"
                                + " join edition w on w.id = d.written_by join message m on m.id = d.cause"
                                + " where d.recipient = '" + POLICE
                                + "' and d.type = 'REQUEST' and d.state = 'DELIVERED' order by took")) {
            List<Long> took = new ArrayList<>();
            while (rows.next()) {
                written.put(rows.getString(1), rows.getString(2));
                took.add(rows.getLong(3));
            }
            LOG.info(
                    "from arrival to the inbox's being recorded: p50 {} ms, p99 {} ms, longest {} ms",
                    took.get(took.size() / 2),
                    took.get(took.size() * 99 / 100),
                    took.get(took.size() - 1));
        }
        assertThat(written).hasSize(MESSAGES);
        Set<String> got = new HashSet<>();
        try (Connection connection = hub.bean(Broker.class).connectionFactory().createConnection();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.inbox(POLICE)))) {
            connection.start();
            for (BytesMessage one = next(consumer); one != null; one = next(consumer)) {
                byte[] body = new byte[(int) one.getBodyLength()];
                one.readBytes(body);
                String id = one.getStringProperty(Headers.DELIVERY_ID);
                assertThat(got.add(id)).as("comes once").isTrue();
                assertThat(new String(body, StandardCharsets.UTF_8).contains("Найз нь"))
                        .as("the name is shown")
                        .isEqualTo(kinds.get(written.get(id)) == 1);
            }
        }
        assertThat(got).isEqualTo(written.keySet());
    }

    private static BytesMessage next(MessageConsumer consumer) throws Exception {
        return (BytesMessage) consumer.receive(500);
    }
}
