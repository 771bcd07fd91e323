package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;
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

    @BeforeEach
    void listen() {
        PersonalLines.keepOut();
        PersonalLines.keepOut();
        log.start();
        artemis.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        artemis.detachAppender(log);
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
    void every_other_line_stays_as_it_is() {
        artemis.warn("a queue {} is full", "agency.shelter.inbox");

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("a queue agency.shelter.inbox is full");
    }
}
