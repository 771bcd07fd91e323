package org.referralhub.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.jms.JMSException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.dialect.Translator;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * Lets the invented agencies exchange referrals, each in its own dialect: every kind of them sends and is sent to in its
 * {@linkplain Turns turn}, and now and then calls a referral off; whoever gets one answers, stays silent, declines or hands
 * over, as {@link Fate} has it. Only messages of its own conversations are taken from an inbox, so a visitor's referral stays
 * in the inbox for the visitor.
 */
final class DemoTraffic implements ApplicationListener<ApplicationReadyEvent>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DemoTraffic.class);
    /** So long is the longest conversation at the liveliest, and longer. */
    private static final int REMEMBERED_REFERRALS = 600;

    /** Of so many also those messages are looked for that the hub itself has written. */
    private static final int LOOKED_FOR = 60;

    /** One of so many requests is called off. */
    private static final int RECALLED_ONE_OF = 8;

    private final AgencyRegistry agencies;
    private final Broker broker;
    private final Translator translator;
    private final DemoSettings settings;
    private final Clock clock;
    private final Random random = new Random();
    private final List<Office> offices = new ArrayList<>();
    private Turns turns = new Turns(List.of(), random);
    /** The newest referrals by id, in order. */
    private final Map<String, Conversation> conversations = new LinkedHashMap<>();

    private final PriorityQueue<Answer> answers =
            new PriorityQueue<>((one, other) -> Long.compare(one.dueMillis(), other.dueMillis()));
    private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "demo-traffic");
        thread.setDaemon(true);
        return thread;
    });

    /** What an office is going to say. */
    private record Answer(
            long dueMillis,
            Office office,
            MessageType type,
            Conversation conversation,
            @Nullable String answers,
            String body) {}

    DemoTraffic(AgencyRegistry agencies, Broker broker, Translator translator, DemoSettings settings, Clock clock) {
        this.agencies = agencies;
        this.broker = broker;
        this.translator = translator;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        if (settings.traffic()) {
            start();
        }
    }

    void start() {
        Integer port = broker.ports().get("core");
        if (port == null) {
            LOG.info("The invented agencies stay silent: the broker is not in this process");
            return;
        }
        for (Agency agency : agencies.all()) {
            if (agencies.authenticate(agency.id(), Office.secret(agency.id()).toCharArray())) {
                offices.add(new Office(agency, port));
            }
        }
        turns = new Turns(offices.stream().map(Office::agency).toList(), random);
        long betweenReferrals = TimeUnit.MINUTES.toMillis(1) / settings.referralsPerMinute();
        clockwork.scheduleWithFixedDelay(guarded(this::refer), 2_000, betweenReferrals, TimeUnit.MILLISECONDS);
        clockwork.scheduleWithFixedDelay(guarded(this::readAndAnswer), 3_000, 2_000, TimeUnit.MILLISECONDS);
    }

    private Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.warn("The invented agencies stumbled: {}", e.getClass().getName());
            }
        };
    }

    private void refer() {
        turns.next().ifPresent(this::refer);
    }

    private void refer(Turns.Turn turn) {
        Office sender = office(turn.sender());
        String recipient = turn.recipient();
        String messageId = Office.MARK + UUID.randomUUID();
        String referralId = Identifiers.referralId(sender.agency().id(), messageId);
        boolean recalled = random.nextInt(RECALLED_ONE_OF) == 0;
        Conversation conversation = new Conversation(referralId, turn.sender(), recalled);
        conversations.put(referralId, conversation);
        if (conversations.size() > REMEMBERED_REFERRALS) {
            conversations.remove(conversations.keySet().iterator().next());
        }
        send(
                sender,
                sender.agency().kind() == AgencyKind.HELPLINE_108
                        ? Story.call(random, messageId, recipient, now())
                        : inDialect(
                                sender.agency(),
                                Story.request(random, messageId, sender.agency().id(), recipient, now())));
        if (recalled) {
            say(
                    later(clock.millis(), 10, 20),
                    sender,
                    MessageType.RECALL,
                    conversation,
                    null,
                    "{\"reason\": \"Давхардсан.\"}");
        }
    }

    private Office office(String id) {
        return offices.stream()
                .filter(office -> office.agency().id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** A document that an agency could get is one that it could have sent, so that the translator writes both. */
    private String inDialect(Agency agency, ObjectNode canonical) {
        return new String(translator.outbound(agency.dialect(), canonical).bytes(), StandardCharsets.UTF_8);
    }

    private void readAndAnswer() {
        Collection<String> own = conversations.keySet().stream()
                .skip(Math.max(0, conversations.size() - LOOKED_FOR))
                .toList();
        for (Office office : offices) {
            try {
                for (Office.Arrived arrived : office.take(own)) {
                    respond(office, arrived);
                }
            } catch (JMSException e) {
                office.hangUp();
            }
        }
        for (Answer next = answers.peek(); next != null && next.dueMillis() <= clock.millis(); next = answers.peek()) {
            answers.remove();
            Office office = next.office();
            document(next).ifPresent(document -> send(office, document));
        }
    }

    private void respond(Office office, Office.Arrived arrived) {
        Conversation conversation = arrived.referralId() == null ? null : conversations.get(arrived.referralId());
        if (conversation == null) {
            return;
        }
        if (MessageType.RECALL.name().equals(arrived.messageType())) {
            say(later(clock.millis(), 1, 5), office, MessageType.ACK, conversation, arrived.messageId(), "{}");
        } else if (MessageType.REQUEST.name().equals(arrived.messageType())) {
            conversation.joined(office.agency().id());
            Fate fate = conversation.isRecalled() ? Fate.ONLY_READ : Fate.any(random);
            long due = clock.millis();
            for (Fate.Saying saying : fate.sayings(office.agency())) {
                due = later(due, saying.fromSeconds(), saying.toSeconds());
                say(due, office, saying.type(), conversation, arrived.messageId(), saying.body());
            }
        }
    }

    private long later(long due, int fromSeconds, int toSeconds) {
        return due + TimeUnit.SECONDS.toMillis(fromSeconds + random.nextInt(toSeconds - fromSeconds + 1));
    }

    private void say(
            long due,
            Office office,
            MessageType type,
            Conversation conversation,
            @Nullable String answers,
            String body) {
        this.answers.add(new Answer(due, office, type, conversation, answers, body));
    }

    /** What is said when its time has come; nothing when nobody is left to hand the referral over to. */
    private Optional<String> document(Answer answer) {
        Agency speaker = answer.office().agency();
        Optional<String> body = answer.type() == MessageType.TRANSFER
                ? answer.conversation().successor(agencies).map(answer.body()::formatted)
                : Optional.of(answer.body());
        return body.map(said -> inDialect(
                speaker,
                Story.answer(
                        Office.MARK + UUID.randomUUID(),
                        answer.type(),
                        answer.conversation().referralId(),
                        answer.answers(),
                        speaker.id(),
                        now(),
                        said)));
    }

    private void send(Office office, String document) {
        try {
            office.send(document);
        } catch (JMSException e) {
            LOG.warn(
                    "The invented agency {} could not send: {}",
                    office.agency().id(),
                    e.getClass().getName());
            office.hangUp();
        }
    }

    private OffsetDateTime now() {
        return OffsetDateTime.now(clock.withZone(ZoneId.of("Asia/Ulaanbaatar"))).truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public void close() {
        clockwork.shutdownNow();
        try {
            clockwork.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        offices.forEach(Office::close);
    }
}
