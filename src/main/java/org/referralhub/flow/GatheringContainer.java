package org.referralhub.flow;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import org.apache.camel.component.jms.DefaultJmsMessageListenerContainer;
import org.apache.camel.component.jms.JmsEndpoint;
import org.jspecify.annotations.Nullable;
import org.springframework.jms.support.JmsUtils;
import org.springframework.transaction.TransactionStatus;

/**
 * Takes the messages that are there one after another and commits them together: one wait for the disk instead of one for
 * each. Messages of one sender, and of one recipient, go through one consumer, so this also bounds how fast they go.
 *
 * <p>A failure rolls back the messages before it too, which have done nothing wrong. A message that comes a second time
 * therefore ends what is gathered, so each is taken along at most once and never uses up its attempts for another's sake.
 */
final class GatheringContainer extends DefaultJmsMessageListenerContainer {
    /** More would make the first one wait; by then the wait for the disk is a small part. */
    static final int MOST = 32;

    /** Longer than the next message takes when the hub is busy, too short to be noticed when it is not. */
    private static final long COMPANY_MILLIS = 1;

    /** What one consumer has taken since its last commit; it lives on the thread for one turn. */
    private final ThreadLocal<@Nullable Gathered> current = new ThreadLocal<>();

    private static final class Gathered {
        private int messages;
        private boolean ended;
    }

    private final Notices notices;

    GatheringContainer(JmsEndpoint endpoint, Notices notices) {
        super(endpoint);
        this.notices = notices;
    }

    /** One turn: waits for a message, takes those that follow at once, and commits. */
    @Override
    protected boolean doReceiveAndExecute(
            Object invoker,
            @Nullable Session session,
            @Nullable MessageConsumer consumer,
            @Nullable TransactionStatus status)
            throws JMSException {
        if (session == null || !isSessionLocallyTransacted(session)) {
            return super.doReceiveAndExecute(invoker, session, consumer, status);
        }
        Gathered gathered = new Gathered();
        current.set(gathered);
        notices.begin();
        try {
            boolean any = false;
            while (!gathered.ended && super.doReceiveAndExecute(invoker, session, consumer, status)) {
                any = true;
            }
            if (gathered.messages > 0) {
                notices.send(session);
                JmsUtils.commitIfNecessary(session);
            }
            return any;
        } finally {
            current.remove();
            notices.forget();
        }
    }

    @Override
    protected @Nullable Message receiveMessage(MessageConsumer consumer) throws JMSException {
        Gathered gathered = current.get();
        if (gathered == null || gathered.messages == 0) {
            return super.receiveMessage(consumer);
        }
        // While the container stops, a message in hand would be rolled back, and those before it with it.
        return isRunning() ? consumer.receive(COMPANY_MILLIS) : null;
    }

    @Override
    protected void commitIfNecessary(Session session, @Nullable Message message) throws JMSException {
        Gathered gathered = current.get();
        if (gathered == null) {
            super.commitIfNecessary(session, message);
            return;
        }
        if (message == null) {
            // None came. What is gathered is committed at the end of the turn.
            return;
        }
        gathered.messages++;
        if (gathered.messages >= MOST || message.getJMSRedelivered()) {
            gathered.ended = true;
        }
    }

    @Override
    protected void rollbackOnExceptionIfNecessary(Session session, Throwable failure) throws JMSException {
        rolledBack();
        super.rollbackOnExceptionIfNecessary(session, failure);
    }

    @Override
    protected void rollbackIfNecessary(Session session) throws JMSException {
        rolledBack();
        super.rollbackIfNecessary(session);
    }

    private void rolledBack() {
        Gathered gathered = current.get();
        if (gathered != null) {
            gathered.messages = 0;
            gathered.ended = true;
        }
        notices.forget();
    }
}
