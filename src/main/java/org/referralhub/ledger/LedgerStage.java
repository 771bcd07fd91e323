package org.referralhub.ledger;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.api.core.ActiveMQQueueMaxConsumerLimitReached;
import org.jspecify.annotations.Nullable;
import org.referralhub.broker.InHand;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.referralhub.trace.LogContext;
import org.referralhub.trace.Stage;
import org.referralhub.trace.Traces;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Carries batches from the broker to the ledger and what follows from them back: one thread, one transacted session. The
 * database commits first; when the process dies before the broker's commit, the same messages come again and the ledger
 * answers as before.
 *
 * <p>While the database is away the batch stays unacknowledged in the session, so no message uses up its attempts. A message
 * that fails by itself is found by taking the batch one by one, and goes to the dead letters.
 */
public final class LedgerStage implements SmartLifecycle {
    /** Property that the broker sets on a dead letter of its own making: the address it was on. */
    public static final String ORIGINAL_ADDRESS = "_AMQ_ORIG_ADDRESS";
    /** Property that the broker sets on a dead letter of its own making: the queue it was in. */
    public static final String ORIGINAL_QUEUE = "_AMQ_ORIG_QUEUE";
    /** Property that the broker sets on a message whose time was over: when it took it off its queue. */
    public static final String EXPIRED_AT = "_AMQ_ACTUAL_EXPIRY";
    /** Who sent it, as the broker verified. */
    public static final String VALIDATED_USER = "_AMQ_VALIDATED_USER";

    /** Name of the thread that does all of its work. */
    public static final String THREAD = "ledger";

    /** Messages in one transaction at most. */
    public static final int BATCH = 256;

    /** Bytes from one queue in one transaction, about: large messages that have piled up must not fill the memory. */
    static final long BATCH_BYTES = 16 << 20;

    /** What was in hand at an end comes first again, save for what is more urgent: so many more are taken one by one then. */
    private static final int MORE_URGENT = 16;

    private static final Logger LOG = LoggerFactory.getLogger(LedgerStage.class);
    private static final String ORIGINAL_MESSAGE = "_AMQ_ORIG_MESSAGE_ID";
    private static final int TRANSIENT_ATTEMPTS = 5;
    private static final Duration IDLE = Duration.ofMillis(50);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** For so long messages are kept in hand while the database does not answer; then another node may have more luck. */
    private static final Duration HOLDS_ON = Duration.ofSeconds(5);

    private static final Duration UNCAPTURED_DELAY = Duration.ofMinutes(1);

    private static final String TAKEN = "another node with a database of its own reads hub.ledger at this broker; set"
            + " hub.database.url of all nodes to one PostgreSQL";

    private static final List<String> HUB_PROPERTIES = List.of(
            Headers.KIND,
            Headers.STAMP,
            Headers.SENDER,
            Headers.DIALECT,
            Headers.ARRIVED_AT,
            Headers.CONFIGURATION,
            Headers.INCOMPLETE,
            Headers.DELIVERY_ID,
            Headers.RECIPIENT,
            Headers.MESSAGE_TYPE,
            Headers.REFERRAL_ID,
            Headers.REFERENCE,
            Headers.MESSAGE_ID,
            Headers.URGENCY,
            Headers.CLOCK,
            Headers.DUE_AT,
            Headers.REPLAY_OF,
            Headers.SENDING,
            Headers.TRACE);
    private static final List<String> DEAD_PROPERTIES = List.of(
            Headers.DEAD_ORIGIN,
            Headers.DEAD_STAGE,
            Headers.DEAD_CAUSE,
            Headers.DEAD_CLASS,
            Headers.DEAD_EXCEPTION,
            Headers.DEAD_ATTEMPTS,
            Headers.CONTENT_TYPE,
            ORIGINAL_ADDRESS,
            ORIGINAL_QUEUE,
            EXPIRED_AT,
            VALIDATED_USER);

    /**
     * How the stage is doing.
     *
     * @param reason in a few words, without anything from a message
     */
    public record Health(boolean up, String reason) {}

    private final ConnectionFactory connections;
    private final Ledger ledger;
    private final InHand inHand;
    private final Failpoint failpoint;
    private final Traces traces;
    private final @Nullable Stage meters;
    private volatile Health health = new Health(false, "not started");
    /** When the database was last found to answer no more. */
    private long awaySince;

    private final Loop loop = new Loop(THREAD, Duration.ofSeconds(30), this::run);

    /** What one attempt at the batch came to. */
    private enum Failure {
        /** The database can't be used now; every message would fail. */
        AWAY,
        /** Worth another attempt. */
        TRANSIENT,
        /** Will fail again. */
        PERMANENT
    }

    public LedgerStage(ConnectionFactory connections, Ledger ledger, Failpoint failpoint) {
        this(connections, ledger, InHand.NONE, failpoint, Traces.OFF, null);
    }

    /** @param meters null: nothing is measured */
    public LedgerStage(
            ConnectionFactory connections,
            Ledger ledger,
            InHand inHand,
            Failpoint failpoint,
            Traces traces,
            @Nullable Stage meters) {
        this.connections = connections;
        this.ledger = ledger;
        this.inHand = inHand;
        this.failpoint = failpoint;
        this.traces = traces;
        this.meters = meters;
    }

    /** Up while batches can be taken. */
    public Health health() {
        return health;
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    /** Starts early and stops late: the routes that feed it come and go before. */
    @Override
    public int getPhase() {
        return 0;
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        while (!loop.isStopped()) {
            try (Connection connection = connections.createConnection()) {
                connection.start();
                Exchange exchange = new Exchange(connection.createSession(true, Session.SESSION_TRANSACTED));
                if (awaySince == 0) {
                    health = new Health(true, "taking messages");
                    pause = FIRST_PAUSE;
                }
                while (!loop.isStopped() && exchange.turn()) {
                    pause = FIRST_PAUSE;
                }
            } catch (JMSException | RuntimeException e) {
                if (!loop.isStopped()) {
                    String reason = isTaken(e) ? TAKEN : "the broker does not answer";
                    health = new Health(false, reason);
                    LOG.warn("The ledger has no session and tries again, {}: {}", reason, causes(e));
                }
            }
            // Until the next attempt its messages are for a node that shares the queue and has a database.
            loop.pause(pause);
            pause = longer(pause);
        }
        ledger.close();
        health = new Health(false, "stopped");
    }

    private boolean isAwayTooLong() {
        return awaySince != 0 && System.nanoTime() - awaySince > HOLDS_ON.toNanos();
    }

    private static boolean isTaken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ActiveMQQueueMaxConsumerLimitReached) {
                return true;
            }
        }
        return false;
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /** Class names from the outermost to the root; their texts may hold what nobody should read in a log. */
    static String causes(Throwable failure) {
        StringBuilder names = new StringBuilder(failure.getClass().getName());
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < 8; depth++) {
            names.append(" < ").append(cause.getClass().getName());
            cause = cause.getCause();
        }
        if (failure instanceof SQLException sql) {
            names.append(" (")
                    .append(sql.getSQLState())
                    .append(", ")
                    .append(sql.getErrorCode())
                    .append(')');
        }
        return names.toString();
    }

    /** One session with its consumers and its producer. */
    private final class Exchange {
        private final Session session;
        private final MessageConsumer ledgerQueue;
        private final MessageConsumer deadLetters;
        private final MessageProducer producer;
        private final Map<String, Queue> queues = new HashMap<>();
        /** Bytes that the batch may still grow by. */
        private long room;
        /** When the ledger last looked for messages that have waited long enough, which it does with each batch. */
        private long looked = System.nanoTime();
        /** So many are still taken one by one, so that the one that ends the process is known. */
        private int alone = inHand.left() == 0 ? 0 : 2 * inHand.left() + MORE_URGENT;

        Exchange(Session session) throws JMSException {
            this.session = session;
            this.ledgerQueue = session.createConsumer(session.createQueue(Queues.LEDGER));
            this.deadLetters = session.createConsumer(session.createQueue(Queues.DEAD_LETTER));
            this.producer = session.createProducer(null);
            this.producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            this.producer.setDisableMessageTimestamp(true);
        }

        /** Takes what there is, or waits a moment for something to come; false when the database is away for too long. */
        boolean turn() throws JMSException {
            List<LedgerInput> batch = new ArrayList<>();
            room = BATCH_BYTES;
            Message first = ledgerQueue.receive(IDLE.toMillis());
            boolean dead = first == null && alone > 0;
            if (dead) {
                first = deadLetters.receiveNoWait();
            }
            if (first != null) {
                add(read(first, dead), batch);
            }
            if (alone == 0) {
                if (first != null) {
                    drain(ledgerQueue, false, batch, BATCH);
                }
                // Dead letters get their turn in every round, however busy the other queue is, and however large its
                // messages.
                room = BATCH_BYTES;
                drain(deadLetters, true, batch, batch.size() + BATCH / 4);
            }
            if (batch.isEmpty() && System.nanoTime() - looked < LOOK.toNanos()) {
                return true;
            }
            Message single = null;
            if (alone > 0 && first != null) {
                alone--;
                single = first;
            }

            looked = System.nanoTime();
            BatchTrace trace = BatchTrace.begin(traces, batch);
            try {
                List<Emission> emissions = decide(trace.inputs(), single);
                if (emissions == null) {
                    session.rollback();
                    return false;
                }
                failpoint.pass(Failpoint.Place.AFTER_DATABASE_COMMIT);
                for (Emission emission : emissions) {
                    send(emission, Duration.ZERO);
                }
                failpoint.pass(Failpoint.Place.BEFORE_BROKER_COMMIT);
                session.commit();
                trace.done();
                measure(batch.size(), Duration.ofNanos(System.nanoTime() - looked));
                failpoint.pass(Failpoint.Place.AFTER_BROKER_COMMIT);
            } finally {
                trace.end();
            }
            return true;
        }

        /**
         * The emissions of the batch; null when the database is not back before the stage is stopped or gives them back. Only
         * until the database has it is a message in hand: from then on it is not decided again, and what follows from it must
         * not be lost at the desk.
         *
         * @param single the only message of the batch, when each is taken alone
         */
        private @Nullable List<Emission> decide(List<LedgerInput> batch, @Nullable Message single) throws JMSException {
            try (InHand.Hold hold = single == null ? inHand.takeBatch(batch.size()) : inHand.take(single)) {
                return single != null && inHand.ends(single) >= InHand.ENDS ? refuse(batch.get(0)) : take(batch);
            }
        }

        /** Each message of a batch is in hand as long as the batch. */
        private void measure(int messages, Duration time) {
            if (meters != null) {
                for (int i = 0; i < messages; i++) {
                    meters.took(time);
                }
            }
        }

        private void drain(MessageConsumer consumer, boolean dead, List<LedgerInput> batch, int most)
                throws JMSException {
            while (batch.size() < most && room > 0) {
                Message next = consumer.receiveNoWait();
                if (next == null) {
                    return;
                }
                add(read(next, dead), batch);
            }
        }

        private void add(LedgerInput input, List<LedgerInput> batch) {
            room -= input.body().length;
            batch.add(input);
        }

        /** The emissions of the batch; null when the database is not back before the stage is stopped or gives them back. */
        private @Nullable List<Emission> take(List<LedgerInput> batch) throws JMSException {
            Duration pause = FIRST_PAUSE;
            while (true) {
                try {
                    List<Emission> emissions = ledger.process(batch);
                    recovered();
                    return emissions;
                } catch (SQLException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
                    // An error, too, is first of all one message's: it must not end the process again and again.
                    if (classify(e) != Failure.AWAY) {
                        LOG.warn("A batch of {} failed and is taken one by one: {}", batch.size(), causes(e));
                        return oneByOne(batch);
                    }
                    away(e);
                }
                if (loop.isStopped() || isAwayTooLong()) {
                    return null;
                }
                loop.pause(pause);
                pause = longer(pause);
            }
        }

        private @Nullable List<Emission> oneByOne(List<LedgerInput> batch) throws JMSException {
            List<Emission> emissions = new ArrayList<>();
            try {
                for (LedgerInput input : batch) {
                    LogContext.begin(
                            Stage.LEDGER,
                            input.property(Headers.SENDER),
                            reference(input),
                            Traces.traceOf(input.property(Headers.TRACE)));
                    List<Emission> own = single(input, true);
                    if (own == null) {
                        return null;
                    }
                    emissions.addAll(own);
                }
            } finally {
                LogContext.end();
            }
            return emissions;
        }

        private @Nullable List<Emission> single(LedgerInput input, boolean mayDie) throws JMSException {
            Duration pause = FIRST_PAUSE;
            int attempts = 0;
            while (!loop.isStopped()) {
                try {
                    List<Emission> emissions = ledger.process(List.of(input));
                    recovered();
                    return emissions;
                } catch (SQLException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
                    Failure failure = classify(e);
                    if (failure == Failure.AWAY) {
                        away(e);
                        if (isAwayTooLong()) {
                            return null;
                        }
                    } else {
                        attempts++;
                        if (meters != null) {
                            meters.retried();
                        }
                        if (failure == Failure.PERMANENT || attempts >= TRANSIENT_ATTEMPTS) {
                            return mayDie ? bury(input, e, failure, attempts) : keep(input, e);
                        }
                    }
                }
                loop.pause(pause);
                pause = longer(pause);
            }
            return null;
        }

        private @Nullable List<Emission> refuse(LedgerInput input) throws JMSException {
            LOG.error(
                    "A message goes to the dead letters: the process has ended {} times with it in hand.", InHand.ENDS);
            return input.kind() == LedgerKind.DEAD
                    ? later(input)
                    : bury(input, "process-ended", "exhausted", null, InHand.ENDS);
        }

        /** Captures the poison as a letter, in the same way as one that came over the queue. */
        private @Nullable List<Emission> bury(LedgerInput input, Throwable e, Failure failure, int attempts)
                throws JMSException {
            if (input.kind() == LedgerKind.DEAD) {
                return keep(input, e);
            }
            LOG.error("A message for the ledger goes to the dead letters: {}", causes(e));
            return bury(
                    input,
                    "ledger-failed",
                    failure == Failure.PERMANENT ? "permanent" : "exhausted",
                    causes(e),
                    attempts);
        }

        private @Nullable List<Emission> bury(
                LedgerInput input, String cause, String failure, @Nullable String exception, int attempts)
                throws JMSException {
            if (meters != null) {
                meters.failed();
            }
            Map<String, String> properties = new HashMap<>(input.properties());
            properties.put(Headers.DEAD_ORIGIN, Queues.LEDGER);
            properties.put(Headers.DEAD_STAGE, "ledger");
            properties.put(Headers.DEAD_CAUSE, cause);
            properties.put(Headers.DEAD_CLASS, failure);
            if (exception != null) {
                properties.put(Headers.DEAD_EXCEPTION, exception);
            }
            properties.put(Headers.DEAD_ATTEMPTS, Integer.toString(attempts));
            return single(new LedgerInput(input.token(), LedgerKind.DEAD, properties, input.body()), false);
        }

        /** What can't even be captured goes back to the queue of dead letters, and is tried again later. */
        private List<Emission> keep(LedgerInput input, Throwable e) throws JMSException {
            LOG.error("A dead letter can't be captured and stays on its queue: {}", causes(e));
            return later(input);
        }

        private List<Emission> later(LedgerInput input) throws JMSException {
            Map<String, String> properties = new HashMap<>(input.properties());
            properties.remove(VALIDATED_USER);
            properties.put(Headers.KIND, LedgerKind.DEAD.name());
            properties.putIfAbsent(Headers.DEAD_ORIGIN, input.property(ORIGINAL_QUEUE, Queues.DEAD_LETTER));
            send(
                    new Emission(Queues.DEAD_LETTER, Message.DEFAULT_PRIORITY, properties, input.body()),
                    UNCAPTURED_DELAY);
            return List.of();
        }

        private void send(Emission emission, Duration delay) throws JMSException {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(emission.body());
            for (Map.Entry<String, String> property : emission.properties().entrySet()) {
                if (!property.getKey().startsWith("_AMQ")) {
                    message.setStringProperty(property.getKey(), property.getValue());
                }
            }
            // One recipient's messages stay in order, and so do one sender's that are sent again.
            String group = emission.properties()
                    .get(emission.queue().equals(Queues.DELIVERY) ? Headers.RECIPIENT : Headers.SENDER);
            if (group != null) {
                message.setStringProperty("JMSXGroupID", group);
            }
            Queue queue = queues.get(emission.queue());
            if (queue == null) {
                queue = session.createQueue(emission.queue());
                queues.put(emission.queue(), queue);
            }
            producer.setDeliveryDelay(delay.toMillis());
            producer.send(queue, message, DeliveryMode.PERSISTENT, emission.priority(), Message.DEFAULT_TIME_TO_LIVE);
        }
    }

    private void recovered() {
        awaySince = 0;
        if (!health.up()) {
            LOG.info("The ledger's database is back.");
            health = new Health(true, "taking messages");
        }
    }

    private void away(Throwable e) {
        if (awaySince == 0) {
            awaySince = System.nanoTime();
            LOG.error("The ledger's database is away; messages wait in the broker: {}", causes(e));
        }
        health = new Health(false, "the database does not answer");
    }

    /**
     * Whose fault it is. States and codes of SQLite (primary result code) and PostgreSQL: connection lost, no room, shutting
     * down, read-only and damaged mean that nothing can be recorded now; a unique key or a serialisation failure means that
     * another node was faster.
     */
    private static Failure classify(Throwable e) {
        if (!(e instanceof SQLException sql)) {
            return Failure.PERMANENT;
        }
        String state = sql.getSQLState();
        if (state == null || state.isEmpty()) {
            return switch (sql.getErrorCode() & 0xff) {
                case 19 -> Failure.TRANSIENT; // constraint
                case 1, 18, 20, 25 -> Failure.PERMANENT; // error, too big, mismatch, range
                default -> Failure.AWAY; // busy, locked, I/O, full, can't open, read-only, corrupt, not a database
            };
        }
        return switch (state.substring(0, Math.min(2, state.length()))) {
            case "40", "23" -> Failure.TRANSIENT;
            case "08", "53", "55", "57", "58", "25", "XX", "28", "3D" -> Failure.AWAY;
            default -> Failure.PERMANENT;
        };
    }

    private static LedgerInput read(Message message, boolean dead) throws JMSException {
        Map<String, String> properties = new HashMap<>(32);
        copy(message, HUB_PROPERTIES, properties);
        if (dead) {
            copy(message, DEAD_PROPERTIES, properties);
        }
        byte[] body = body(message);
        String token = message.getJMSMessageID();
        if (token == null) {
            token = Identifiers.derive(
                    "token",
                    properties.getOrDefault(ORIGINAL_QUEUE, ""),
                    String.valueOf(message.getStringProperty(ORIGINAL_MESSAGE)),
                    Identifiers.digest(body));
        }
        LedgerKind kind = dead ? LedgerKind.DEAD : kind(properties.get(Headers.KIND));
        return new LedgerInput(token, kind, properties, body);
    }

    /** The reference that people use; null when the message belongs to no referral. */
    private static @Nullable String reference(LedgerInput input) {
        String referral = input.property(Headers.REFERRAL_ID);
        return referral == null ? null : Identifiers.reference(referral);
    }

    private static @Nullable LedgerKind kind(@Nullable String name) {
        for (LedgerKind kind : LedgerKind.values()) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        return null;
    }

    private static void copy(Message message, List<String> names, Map<String, String> properties) throws JMSException {
        for (String name : names) {
            String value = message.getStringProperty(name);
            if (value != null) {
                properties.put(name, value);
            }
        }
    }

    private static byte[] body(Message message) throws JMSException {
        if (message instanceof BytesMessage bytes) {
            byte[] body = new byte[(int) bytes.getBodyLength()];
            bytes.reset();
            bytes.readBytes(body);
            return body;
        }
        if (message instanceof TextMessage text) {
            String value = text.getText();
            return value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
        }
        return new byte[0];
    }
}
