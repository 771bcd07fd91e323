package org.referralhub.broker;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.Queues;

/** The queues that there must be before anybody connects. */
final class HubQueues {
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

    private static boolean isIntake(String queue) {
        return queue.startsWith("intake.");
    }

    /** True for a queue that holds messages of the hub, also for the inbox of an agency that is no longer registered. */
    static boolean isOurs(String queue) {
        return queue.startsWith("hub.") || queue.startsWith("intake.") || queue.startsWith("agency.");
    }
}
