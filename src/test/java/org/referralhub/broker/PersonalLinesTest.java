package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;
import org.apache.activemq.artemis.core.protocol.stomp.ActiveMQStompProtocolLogger;
import org.apache.activemq.artemis.core.protocol.stomp.StompFrame;
import org.apache.activemq.artemis.core.server.ActiveMQServerLogger;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** An agency may put a child's name into a property of its message; the broker's own log must not repeat it. */
class PersonalLinesTest {
    private static final String SECRET = "QQsecretQQ";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger artemis = (Logger) LoggerFactory.getLogger("org.apache.activemq.artemis.core.server");
    private final Logger stomp = (Logger) LoggerFactory.getLogger("org.apache.activemq.artemis.core.protocol.stomp");

    @BeforeEach
    void listen() {
        PersonalLines.keepOut();
        PersonalLines.keepOut();
        log.start();
        artemis.addAppender(log);
        stomp.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        artemis.detachAppender(log);
        stomp.detachAppender(log);
    }

    @Test
    void a_message_that_goes_to_the_dead_letters_is_named_by_its_number_alone() {
        CoreMessage message = new CoreMessage(4711, 100);
        message.putStringProperty("childsName", SECRET);
        message.setAddress("intake.police");
        MessageReference reference = MessageReference.Factory.createReference(message, null);
        assertThat(String.valueOf(reference)).as("what Artemis would write").contains(SECRET);

        ActiveMQServerLogger.LOGGER.sendingMessageToDLA(
                reference, SimpleString.of("hub.deadletter"), SimpleString.of("intake.police"));

        assertThat(log.list).hasSize(1);
        assertThat(log.list.get(0).getFormattedMessage())
                .isEqualTo("AMQ222149: Sending message message 4711 to Dead Letter Address hub.deadletter from"
                        + " intake.police");
    }

    @Test
    void what_fails_with_a_message_in_hand_is_named_by_its_class_alone() {
        CoreMessage message = new CoreMessage(4712, 100);
        message.putStringProperty("childsName", SECRET);

        ActiveMQServerLogger.LOGGER.errorExpiringReferencesOnQueue(
                MessageReference.Factory.createReference(message, null), new IllegalStateException(SECRET));

        assertThat(log.list).hasSize(1);
        assertThat(log.list.get(0).getFormattedMessage())
                .contains("message 4712")
                .doesNotContain(SECRET);
        assertThat(log.list.get(0).getThrowableProxy()).isNull();
    }

    @Test
    void a_document_that_a_reader_over_stomp_did_not_take_is_not_written_there() {
        StompFrame frame = new StompFrame("MESSAGE");
        frame.addHeader("childsName", SECRET);
        frame.setBody(SECRET);
        assertThat(frame.toString()).as("what Artemis would write").contains(SECRET);

        ActiveMQStompProtocolLogger.LOGGER.errorSendingFrame(frame, new IllegalStateException(SECRET));

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("AMQ332070: Unable to send frame MESSAGE");
        assertThat(log.list.get(0).getThrowableProxy()).isNull();
    }

    @Test
    void what_an_agency_did_wrong_over_stomp_is_named_by_its_code() {
        ActiveMQStompProtocolLogger.LOGGER.sentErrorToClient(
                "127.0.0.1:4711", "AMQ339011 Error sending message CoreMessage[childsName=" + SECRET + "]");
        ActiveMQStompProtocolLogger.LOGGER.sentErrorToClient("127.0.0.1:4712", SECRET);

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "AMQ332069: Sent ERROR frame to STOMP client 127.0.0.1:4711: AMQ339011",
                        "AMQ332069: Sent ERROR frame to STOMP client 127.0.0.1:4712: (text left out)");
    }

    @Test
    void every_other_line_stays_as_it_is() {
        artemis.warn("a queue {} is full", "agency.shelter.inbox");

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("a queue agency.shelter.inbox is full");
    }
}
