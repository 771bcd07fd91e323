package org.referralhub.demo;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSContext;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.Agency;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Reach;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.Text;

class OfficeTest {
    private final Agency agency = new Agency(
            "joint-team",
            AgencyKind.JOINT_TEAM,
            new Text("а", "a"),
            Set.of("11"),
            "canonical",
            OpeningHours.ALWAYS,
            Reach.INBOX);
    private EmbeddedActiveMQ broker;
    private int port;

    @BeforeEach
    void startBroker() throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        ConfigurationImpl configuration = new ConfigurationImpl();
        configuration
                .setPersistenceEnabled(false)
                .setSecurityEnabled(false)
                .addAcceptorConfiguration("core", "tcp://127.0.0.1:" + port)
                .addQueueConfiguration(QueueConfiguration.of(agency.inbox())
                        .setAddress(agency.inbox())
                        .setRoutingType(RoutingType.ANYCAST))
                .addQueueConfiguration(QueueConfiguration.of(agency.intake())
                        .setAddress(agency.intake())
                        .setRoutingType(RoutingType.ANYCAST));
        broker = new EmbeddedActiveMQ().setConfiguration(configuration);
        broker.start();
    }

    @AfterEach
    void stopBroker() throws Exception {
        broker.stop();
    }

    @Test
    void takesItsOwnConversationsAndLeavesAVisitorsMessages() throws Exception {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port);
                JMSContext context = factory.createContext();
                Office office = new Office(agency, port)) {
            put(context, "visitor-1", "r-visitor");
            put(context, "receipt-1", "r-own");
            put(context, Office.MARK + "7", "r-forgotten");

            List<Office.Arrived> taken = office.take(List.of("r-own"));

            assertThat(taken).extracting(Office.Arrived::referralId).containsExactly("r-own", "r-forgotten");
            try (var rest = context.createConsumer(context.createQueue(agency.inbox()))) {
                assertThat(rest.receive(5000).getStringProperty(Headers.MESSAGE_ID))
                        .isEqualTo("visitor-1");
            }
        }
    }

    @Test
    void sendsToItsOwnIntake() throws Exception {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port);
                JMSContext context = factory.createContext();
                Office office = new Office(agency, port)) {
            office.send("{}");
            try (var intake = context.createConsumer(context.createQueue(agency.intake()))) {
                assertThat(intake.receive(5000).getBody(byte[].class)).isEqualTo("{}".getBytes());
            }
        }
    }

    private void put(JMSContext context, String messageId, String referralId) throws Exception {
        BytesMessage message = context.createBytesMessage();
        message.setStringProperty(Headers.MESSAGE_ID, messageId);
        message.setStringProperty(Headers.REFERRAL_ID, referralId);
        message.setStringProperty(Headers.MESSAGE_TYPE, "REQUEST");
        context.createProducer().send(context.createQueue(agency.inbox()), message);
    }
}
