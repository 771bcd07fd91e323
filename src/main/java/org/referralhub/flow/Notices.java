package org.referralhub.flow;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.FieldSet;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Notice;
import org.referralhub.message.Queues;

/**
 * What the ledger must know of the deliveries that share a commit, told in one message in their transaction: either all of
 * them are in their inboxes and the ledger knows, or none is. A message of its own for each would be a third of all messages.
 */
public final class Notices {
    private final Predicate<String> known;
    /** Since its last commit, by consumer: each has a thread of its own, and stays on it from a message to the commit. */
    private final ThreadLocal<@Nullable Open> open = new ThreadLocal<>();

    /** @param known whether the ledger has the names of a set of fields, so that they need not be told again */
    public Notices(Predicate<String> known) {
        this.known = known;
    }

    private static final class Open {
        private final List<Notice> notices = new ArrayList<>();
        private int priority;
    }

    /** From here on this thread notes, until it has sent or forgotten. */
    void begin() {
        open.set(new Open());
    }

    /**
     * Notes that the delivery is in its inbox when the transaction is committed.
     *
     * @throws IllegalStateException when nobody would send it: then the delivery must not leave either
     */
    public void add(
            @Body byte[] document,
            @Variable("view") Delivery.View view,
            @Header(Headers.DELIVERY_ID) String delivery,
            @Header(Headers.SENDING) @Nullable Integer sending,
            @Header(DoorBinding.DELIVERY_COUNT) Integer attempts,
            @Header(DoorBinding.PRIORITY) Integer priority) {
        FieldSet shown = view.projection().shown();
        add(
                new Notice(
                        delivery,
                        view.recipient().id(),
                        view.projection().basis(),
                        attempts == null ? 1 : attempts,
                        Identifiers.digest(document),
                        view.handbook().version(),
                        view.letter(),
                        shown.id(),
                        known.test(shown.id()) ? null : shown.names(),
                        sending == null ? 0 : sending),
                priority == null ? Message.DEFAULT_PRIORITY : priority);
    }

    /**
     * The same for whoever has made the notice itself.
     *
     * @throws IllegalStateException when nobody would send it
     */
    public void add(Notice notice, int priority) {
        Open mine = open.get();
        if (mine == null) {
            throw new IllegalStateException("a delivery outside of a transaction that tells the ledger");
        }
        mine.notices.add(notice);
        mine.priority = Math.max(mine.priority, priority);
    }

    /** Tells the ledger within the session's transaction, if there is anything to tell. */
    void send(Session session) throws JMSException {
        Open mine = open.get();
        open.remove();
        if (mine == null || mine.notices.isEmpty()) {
            return;
        }
        BytesMessage message = session.createBytesMessage();
        message.setStringProperty(Headers.KIND, LedgerKind.DELIVERED.name());
        message.writeBytes(Notice.toBytes(mine.notices));
        try (MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            producer.send(message, DeliveryMode.PERSISTENT, mine.priority, Message.DEFAULT_TIME_TO_LIVE);
        }
    }

    /** What was noted was rolled back. */
    void forget() {
        open.remove();
    }

    /** What this thread has noted and not sent. */
    List<Notice> noted() {
        Open mine = open.get();
        return mine == null ? List.of() : List.copyOf(mine.notices);
    }
}
