package org.referralhub.broker;

import jakarta.jms.ConnectionFactory;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.referralhub.agency.AgencyRegistry;

/** The message broker that this node works with, inside the process or outside. */
public interface Broker {

    /** The hub's own user: sees every queue, and its messages may name the agency they come from. */
    String HUB_USER = "hub";

    /** Pooled connections as the hub's own user, on which each send returns when the broker has the message on disk. */
    ConnectionFactory connectionFactory();

    /**
     * Pooled connections as the hub's own user for transacted sessions only: a send need not wait, and the commit fails
     * when anything before it did. The same object always, so that a route can consume and produce in one transaction.
     */
    ConnectionFactory transactions();

    /** The same for who takes one message at a time and leaves the others where everybody sees them. */
    ConnectionFactory couriers();

    /** The name of the hub's own user at this broker. */
    default String user() {
        return HUB_USER;
    }

    /** True when the broker lives in this process. */
    boolean isEmbedded();

    /** True while messages can be sent and received. */
    boolean isRunning();

    /** What holds the messages and how, in a few words; the journal that is really in use, not the one asked for. */
    String journal();

    /**
     * Where it keeps messages and how much room that takes.
     *
     * @throws BrokerException when the broker does not answer
     */
    Storage storage();

    /**
     * True while its disk is used to the limit: it takes nothing from agencies, whose clients wait. The hub's own single sends go
     * through, so its doors must ask this first. Answers at once, for a broker outside as {@link #storage} found it last.
     */
    boolean isFull();

    /** Port of each acceptor by its name ({@code amqp}, {@code stomp}, {@code core}); empty when the broker is outside. */
    Map<String, Integer> ports();

    /**
     * Messages in a queue, those in delivery and those waiting for another attempt included.
     *
     * @throws IllegalArgumentException when there is no such queue
     * @throws BrokerException when the broker does not answer
     */
    long depth(String queue);

    /**
     * Messages in every queue of the hub, by queue name.
     *
     * @throws BrokerException when the broker does not answer
     */
    default Map<String, Long> depths() {
        Map<String, Long> depths = new LinkedHashMap<>();
        activity().forEach((queue, activity) -> depths.put(queue, activity.messages()));
        return depths;
    }

    /** How often a message of this queue is brought before it goes to the desk; -1 when it never does. Answers at once. */
    int attempts(String queue);

    /**
     * What happened at a queue.
     *
     * @param messages that it holds, those in delivery and those waiting for another attempt included
     * @param taken messages that somebody took for good, since the broker started
     * @param readers that are connected to it now
     */
    record Activity(long messages, long taken, int readers) {}

    /**
     * Lets only so many readers take from a queue at once. A broker inside the process has nobody else there.
     *
     * @param most -1: as many as come
     * @throws BrokerException when the broker does not allow it
     */
    default void limitReaders(String queue, int most) {}

    /**
     * What happened at every queue of the hub, by queue name.
     *
     * @throws BrokerException when the broker does not answer
     */
    Map<String, Activity> activity();

    /**
     * Makes the queues, users and permissions that these agencies and dialects need, where they are not there yet. What is
     * there stays as it is.
     *
     * @throws BrokerException when the broker does not answer or does not allow it
     */
    void prepare(AgencyRegistry agencies, Collection<String> dialects);

    /**
     * Ends the connections of those who may no longer do what they could: who have left, or whose secret or dialect is another
     * now. Their queues stay, and what was for the courier of an inbox ends with it.
     *
     * @param before who took part so far
     * @param now who takes part from now on
     */
    void settle(AgencyRegistry before, AgencyRegistry now);
}
