package org.referralhub.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockingDetails;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.Agency;
import org.referralhub.broker.BrokerException;
import org.referralhub.broker.EmbeddedBroker;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.testing.TestBroker;
import org.springframework.web.context.request.async.DeferredResult;

/** What readers who wait cost the broker. */
class WaitingReadersTest {
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final List<Agency> OFFICES = IntStream.range(0, 100)
            .mapToObj(i -> TestBroker.agency("office-" + i, AgencyKind.SOCIAL_WORKER, "canonical"))
            .toList();

    @TempDir
    static Path data;

    private static EmbeddedBroker broker;

    private final AtomicInteger questions = new AtomicInteger();
    private volatile boolean away;
    private ConnectionFactory connections;
    private WaitingReaders readers;

    @BeforeAll
    static void start() {
        broker = TestBroker.start(data, TestBroker.agencies(OFFICES.toArray(Agency[]::new)));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void open() {
        connections = mock(ConnectionFactory.class, delegatesTo(broker.connectionFactory()));
        readers = new WaitingReaders(new Inboxes(connections), this::depths, LOOK_EVERY);
    }

    @AfterEach
    void close() {
        readers.close();
    }

    private Map<String, Long> depths() {
        questions.incrementAndGet();
        if (away) {
            throw new BrokerException("the broker does not answer", new IllegalStateException());
        }
        return broker.depths();
    }

    @Test
    void all_who_wait_are_one_question_and_only_an_inbox_that_holds_something_is_looked_at() throws Exception {
        List<DeferredResult<List<InboxMessage>>> answers = new ArrayList<>();
        for (Agency office : OFFICES) {
            answers.add(readers.read(office, 10, LONG));
        }
        clearInvocations(connections);
        questions.set(0);
        long began = System.nanoTime();
        await().until(() -> questions.get() >= 5);
        long rounds = (System.nanoTime() - began) / LOOK_EVERY.toNanos() + 1;
        assertThat(questions).hasValueLessThanOrEqualTo((int) rounds + 1);
        assertThat(looks()).as("looks into empty inboxes").isZero();

        put(OFFICES.get(42), "d-1");
        await().until(() -> answers.get(42).hasResult());

        assertThat(answers.get(42).getResult())
                .asInstanceOf(InstanceOfAssertFactories.list(InboxMessage.class))
                .extracting(InboxMessage::id)
                .containsExactly("d-1");
        int then = questions.get();
        await().until(() -> questions.get() > then + 1);
        assertThat(looks())
                .as("looks at what came, and no more once it is answered")
                .isOne();
        assertThat(answers.stream().filter(DeferredResult::hasResult)).hasSize(1);
        new Inboxes(broker.connectionFactory()).acknowledge(OFFICES.get(42), "d-1");
    }

    @Test
    void nobody_who_waits_is_no_question() {
        DeferredResult<List<InboxMessage>> answer = readers.read(OFFICES.get(0), 10, Duration.ofMillis(1));
        await().until(answer::hasResult);
        assertThat(answer.getResult()).isEqualTo(List.of());
        int then = questions.get();

        await().during(LOOK_EVERY.multipliedBy(5)).until(() -> questions.get() == then);
    }

    @Test
    void a_broker_that_does_not_answer_is_told_to_all_who_wait() {
        List<DeferredResult<List<InboxMessage>>> answers = OFFICES.subList(0, 3).stream()
                .map(office -> readers.read(office, 10, LONG))
                .toList();
        away = true;

        await().until(() -> answers.stream().allMatch(DeferredResult::hasResult));
        assertThat(answers).extracting(DeferredResult::getResult).hasOnlyElementsOfType(BrokerException.class);

        away = false;
        DeferredResult<List<InboxMessage>> later = readers.read(OFFICES.get(0), 10, Duration.ofMillis(1));
        await().until(later::hasResult);
        assertThat(later.getResult()).isEqualTo(List.of());
    }

    /** Each opens a connection. */
    private long looks() {
        return mockingDetails(connections).getInvocations().size();
    }

    private static void put(Agency office, String deliveryId) throws JMSException {
        try (Connection connection = broker.connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            Message message = session.createTextMessage("{}");
            message.setStringProperty(Headers.DELIVERY_ID, deliveryId);
            session.createProducer(session.createQueue(office.inbox())).send(message);
        }
    }
}
