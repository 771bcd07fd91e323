package org.referralhub.bench;

import jakarta.jms.JMSException;
import org.referralhub.broker.Broker;

/** One of the ways that the same referrals are sent. */
interface Course extends AutoCloseable {
    /** What the table calls it. */
    String title();

    /** How many messages of this referral are reported to the {@link Arrivals} before it has arrived. */
    int expected(Sending referral);

    /** Whose queues it uses. */
    Broker broker();

    /** How the names of the threads at the ledger's place begin. */
    String ledgerThreads();

    /** A way in, for one sender's thread. */
    Door door() throws JMSException;

    @Override
    void close();

    /** Where one sender hands its referrals over. */
    interface Door extends AutoCloseable {
        /** Returns when the referral is durable. */
        void send(Sending referral) throws JMSException;

        @Override
        void close() throws JMSException;
    }

    /** Opens a course; its readers and routes run from then on. */
    interface Opening {
        Course open();
    }
}
