package org.referralhub.broker;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.CourierSettings;
import org.referralhub.agency.Transport;
import org.referralhub.message.Queues;

/** The queues that there must be before anybody connects. */
final class HubQueues {
    /** Each pause of a courier is so many times the one before. */
    private static final double GROWTH = 4;

    private HubQueues() {}

    /** The hub's own, one intake for each dialect, one inbox for each agency. */
    static List<String> of(AgencyRegistry agencies, Collection<String> dialects) {
        return Stream.of(
                        Stream.of(Queues.LEDGER, Queues.DELIVERY, Queues.DEAD_LETTER),
                        dialects.stream().sorted().map(Queues::intake),
                        agencies.all().stream().map(Agency::inbox))
                .flatMap(names -> names)
                .toList();
    }

    /** A queue as it is declared when {@code broker.xml} does not. */
    static QueueConfiguration declaration(String queue) {
        QueueConfiguration declared = QueueConfiguration.of(queue)
                .setAddress(queue)
                .setRoutingType(RoutingType.ANYCAST)
                .setDurable(true)
                .setAutoDelete(false);
        if (isIntake(queue)) {
            // What one agency sends stays in order: its AMEND never overtakes its REQUEST.
            declared.setGroupBuckets(256);
        }
        return declared;
    }

    /**
     * Pauses between the attempts of couriers, by inbox. How long a document is tried is for the courier's route to say, so the
     * broker never gives one up by itself. An inbox that its agency reads itself, and is only told of by mail, is no courier's:
     * what its program keeps rolling back must come to the desk.
     */
    static Map<String, AddressSettings> courierPauses(AgencyRegistry agencies) {
        Map<String, AddressSettings> pauses = new LinkedHashMap<>();
        for (Agency agency : agencies.all()) {
            CourierSettings courier = agency.reach().courier();
            if (courier != null && !isReadByItsAgency(courier.transport())) {
                pauses.put(
                        agency.inbox(),
                        new AddressSettings()
                                .setRedeliveryDelay(courier.firstPause().toMillis())
                                .setRedeliveryMultiplier(GROWTH)
                                .setMaxRedeliveryDelay(courier.longestPause().toMillis())
                                .setMaxDeliveryAttempts(-1));
            }
        }
        return pauses;
    }

    /** Inboxes that had pauses of a courier and have none any more: from now on they go by what is for all inboxes. */
    static Set<String> withoutCourierAnyMore(AgencyRegistry before, AgencyRegistry now) {
        Set<String> left = new TreeSet<>(courierPauses(before).keySet());
        left.removeAll(courierPauses(now).keySet());
        return left;
    }

    private static boolean isReadByItsAgency(Transport transport) {
        return transport instanceof Transport.Mail mail && mail.certificate() == null;
    }

    private static boolean isIntake(String queue) {
        return queue.startsWith("intake.");
    }

    /** True for a queue that holds messages of the hub, also for the inbox of an agency that is no longer registered. */
    static boolean isOurs(String queue) {
        return queue.startsWith("hub.") || queue.startsWith("intake.") || queue.startsWith("agency.");
    }
}
