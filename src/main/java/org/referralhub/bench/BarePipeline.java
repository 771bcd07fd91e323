package org.referralhub.bench;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Header;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jms.JmsConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.referralhub.broker.Broker;
import org.referralhub.flow.DoorJmsComponent;
import org.referralhub.flow.Notices;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Queues;

/**
 * The hub's hops without its work: the same queues, the same transacted Camel consumers and the same batches at the ledger's
 * place, but nothing is parsed, checked, translated, decided or stored.
 */
final class BarePipeline implements Course {
    private final Broker broker;
    private final ConnectionFactory connections;
    private final Function<Sending, Shape> shapes;
    private final Readers readers;
    private final CamelContext camel;
    private final Forwarders ledger;

    /**
     * @param byReferral shape of a referral by its id
     */
    BarePipeline(
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
        this.camel = new DefaultCamelContext();
        try {
            Notices notices = new Notices(fieldSet -> true);
            camel.addComponent("jms", new DoorJmsComponent(broker.transactions(), Broker.HUB_USER, notices));
            camel.setAllowUseOriginalMessage(true);
            camel.addRoutes(routes(new Hops(byReferral, notices), workers, dialects));
            camel.start();
        } catch (Exception e) {
            throw new BenchException("the bare routes did not start", e);
        }
        this.ledger = new Forwarders(broker.transactions())
                .take(Queues.LEDGER, workers.ledger(), workers.batch(), Forwarders.ledger(byReferral));
    }

    private static RouteBuilder routes(Hops hops, Workers workers, List<String> dialects) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                for (String dialect : dialects) {
                    from("jms:queue:" + Queues.intake(dialect) + "?concurrentConsumers=" + workers.intake())
                            .setBody(method(hops, "parcel"))
                            .to("jms:queue:" + Queues.LEDGER);
                }
                from("jms:queue:" + Queues.DELIVERY + "?concurrentConsumers=" + workers.delivery())
                        .setBody(method(hops, "inbox"))
                        .to("jms:queue:inbox")
                        .bean(hops, "tell");
            }
        };
    }

    @Override
    public String title() {
        return "bare pipeline";
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
        camel.stop();
        ledger.close();
        readers.close();
    }

    /** What the routes call: bodies of the right size and the hub's properties, nothing else. */
    static final class Hops {
        private final Function<String, Shape> byReferral;
        private final Notices notices;

        Hops(Function<String, Shape> byReferral, Notices notices) {
            this.byReferral = byReferral;
            this.notices = notices;
        }

        /** Intake's result. */
        public byte[] parcel(
                @Header(Headers.REFERRAL_ID) String referralId,
                @Header(Headers.SENDER) String sender,
                @org.apache.camel.Headers Map<String, Object> headers) {
            headers.clear();
            headers.put(Headers.KIND, LedgerKind.MESSAGE.name());
            headers.put(Headers.STAMP, java.util.UUID.randomUUID().toString());
            headers.put(Headers.SENDER, sender);
            headers.put(Headers.DIALECT, "helpline");
            headers.put(Headers.ARRIVED_AT, System.currentTimeMillis());
            headers.put(Headers.MESSAGE_TYPE, MessageType.REQUEST.name());
            headers.put(Headers.MESSAGE_ID, referralId);
            headers.put(Headers.REFERRAL_ID, referralId);
            headers.put("JMSXGroupID", referralId);
            return Messages.filler(byReferral.apply(referralId).parcel());
        }

        /** Delivery's result, addressed to the inbox. */
        public byte[] inbox(
                @Header(Headers.REFERRAL_ID) String referralId,
                @Header(Headers.DELIVERY_ID) String deliveryId,
                @org.apache.camel.Headers Map<String, Object> headers) {
            Shape.Copy copy = copy(referralId, deliveryId);
            headers.remove(Headers.RECIPIENT);
            headers.put(Headers.CONTENT_TYPE, "application/json");
            headers.put(JmsConstants.JMS_DESTINATION_NAME, Queues.inbox(copy.agency()));
            return Messages.filler(copy.inbox());
        }

        /** What delivery tells the ledger: of all deliveries of a commit in one message, as in the hub. */
        public void tell(
                @Header(Headers.REFERRAL_ID) String referralId, @Header(Headers.DELIVERY_ID) String deliveryId) {
            notices.add(Messages.notice(deliveryId, copy(referralId, deliveryId)), Message.DEFAULT_PRIORITY);
        }

        private Shape.Copy copy(String referralId, String deliveryId) {
            return byReferral.apply(referralId).copies().get(Messages.copy(deliveryId));
        }
    }
}
