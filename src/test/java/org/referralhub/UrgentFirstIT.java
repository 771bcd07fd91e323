package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;

/** A child in danger does not wait behind the paperwork of others. */
class UrgentFirstIT {
    private static final String HELPLINE = "helpline-108";
    private static final int BACKLOG = 2_000;

    @TempDir
    Path data;

    @Test
    void what_a_client_sends_with_the_priority_of_its_urgency_passes_its_own_backlog() throws Exception {
        try (RunningHub hub = RunningHub.start(data, Map.of())) {
            Broker broker = hub.bean(Broker.class);
            String police = Queues.inbox("police-capital");
            try (Connection connection = new JmsConnectionFactory("amqp://127.0.0.1:" + hub.port("amqp"))
                            .createConnection(HELPLINE, "demo-" + HELPLINE);
                    Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                    MessageProducer door = session.createProducer(session.createQueue(Queues.intake("helpline")))) {
                for (int i = 0; i < BACKLOG; i++) {
                    send(session, door, Urgency.ROUTINE, routine("routine-" + i));
                }
                send(session, door, Urgency.IMMEDIATE, Referrals.call("danger").replace("WITHIN_HOUR", "NOW"));
                session.commit();
            }
            await().pollInterval(Duration.ofMillis(5)).until(() -> broker.depth(police) > 0);
            assertThat(broker.depth(Queues.intake("helpline"))).isGreaterThan(BACKLOG / 2);
        }
    }

    /** The police have nothing to do with it. */
    private static String routine(String id) {
        return Referrals.call(id).replace("WITHIN_HOUR", "PLANNED").replace("PHYSICAL_VIOLENCE", "NEGLECT");
    }

    private static void send(Session session, MessageProducer door, Urgency urgency, String document)
            throws JMSException {
        door.setPriority(urgency.priority());
        door.send(session.createTextMessage(document));
    }
}
