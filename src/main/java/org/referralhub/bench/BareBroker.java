package org.referralhub.bench;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.referralhub.broker.Broker;
import org.referralhub.flow.DoorJmsComponent;
import org.referralhub.message.Headers;
import org.referralhub.message.Notice;
import org.referralhub.message.Queues;

/**
 * As many durable sends and receives as the hub makes for a referral, of the same sizes, through the same queues and in the
 * same transactions, by plain JMS: what the broker and its journal alone can carry with the hub's hands.
 */
final class BareBroker implements Course {
    private final Broker broker;
    private final ConnectionFactory connections;
    private final Function<Sending, Shape> shapes;
    private final Forwarders stages;
    private final Readers readers;

    /**
     * @param byReferral shape of a referral by its id
     * @param dialects whose intakes are used
     * @param inboxes queues of all agencies
     */
    BareBroker(
            Broker broker,
            Function<Sending, Shape> shapes,
            Function<String, Shape> byReferral,
            CurrentRun listener,
            Workers workers,
            List<String> dialects,
            List<String> inboxes) {
        this.broker = broker;
        this.connections = broker.connectionFactory();
        this.shapes = shapes;
        this.readers = new Readers(listener).read(broker.transactions(), inboxes);
        this.stages = new Forwarders(broker.transactions());
        for (String dialect : dialects) {
            stages.take(
                    Queues.intake(dialect),
                    workers.intake(),
                    DoorJmsComponent.MESSAGES_A_COMMIT,
                    (message, session, producer) -> {
                        String referralId = message.getStringProperty(Headers.REFERRAL_ID);
                        Forwarders.read(message);
                        producer.send(
                                session.createQueue(Queues.LEDGER),
                                Messages.parcel(
                                        session,
                                        referralId,
                                        message.getStringProperty(Headers.SENDER),
                                        dialect,
                                        byReferral.apply(referralId)));
                    });
        }
        stages.take(Queues.LEDGER, workers.ledger(), workers.batch(), Forwarders.ledger(byReferral));
        stages.takeEach(
                Queues.DELIVERY, workers.delivery(), DoorJmsComponent.MESSAGES_A_COMMIT, () -> new ToInbox(byReferral));
    }

    /** At delivery's place: into the inbox, and one message to the ledger for all that share a commit, as in the hub. */
    private static final class ToInbox implements Forwarders.Step {
        private final Function<String, Shape> byReferral;
        private final List<Notice> notices = new ArrayList<>();

        ToInbox(Function<String, Shape> byReferral) {
            this.byReferral = byReferral;
        }

        @Override
        public void forward(Message message, Session session, MessageProducer producer) throws JMSException {
            String referralId = message.getStringProperty(Headers.REFERRAL_ID);
            String deliveryId = message.getStringProperty(Headers.DELIVERY_ID);
            Forwarders.read(message);
            int number = Messages.copy(deliveryId);
            Shape.Copy copy = byReferral.apply(referralId).copies().get(number);
            producer.send(
                    session.createQueue(Queues.inbox(copy.agency())),
                    Messages.inbox(session, referralId, number, copy));
            notices.add(Messages.notice(deliveryId, copy));
        }

        @Override
        public void finish(Session session, MessageProducer producer) throws JMSException {
            producer.send(session.createQueue(Queues.LEDGER), Messages.notices(session, notices));
            notices.clear();
        }
    }

    @Override
    public String title() {
        return "bare broker";
    }

    @Override
    public Broker broker() {
        return broker;
    }

    @Override
    public String ledgerThreads() {
        return Forwarders.name(Queues.LEDGER);
    }

    @Override
    public int expected(Sending referral) {
        return shapes.apply(referral).copies().size();
    }

    @Override
    public Door door() throws JMSException {
        return new IntakeDoor(connections);
    }

    @Override
    public void close() {
        stages.close();
        readers.close();
    }
}
