package org.referralhub.bench;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntConsumer;
import org.referralhub.Setup;
import org.referralhub.agency.Agency;
import org.referralhub.deadletter.DeadLetterEntry;
import org.referralhub.ledger.Ledger;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.LedgerInput;
import org.referralhub.ledger.LedgerStage;
import org.referralhub.ledger.Views;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;

/** Dead letters of many causes, captured by the ledger's own code over the last two days, all of them open. */
final class LetterFill {
    private static final Duration TIME = Duration.ofHours(48);
    private static final int CONTENT = 1_200;

    private final Setup setup;
    private final LedgerDatabase database;
    private final Random random;
    private final List<String> referrals;

    /** @param referrals that the letters are about */
    LetterFill(Setup setup, LedgerDatabase database, Random random, List<String> referrals) {
        this.setup = setup;
        this.database = database;
        this.random = random;
        this.referrals = referrals;
    }

    /** Some of the letters' identifiers: enough to ask for others each time. */
    record Filled(int letters, List<String> some) {}

    /** @param groups how many different causes there are */
    Filled fill(int letters, int groups, IntConsumer progress) throws SQLException {
        List<String> some = new ArrayList<>();
        int batches = Math.max(1, letters / LedgerStage.BATCH);
        MovingClock clock = new MovingClock(Instant.now().minus(TIME));
        try (Ledger ledger = new Ledger(
                database, setup.recipients()::choose, Views.WHOLE, setup.agencies(), setup.responseTimes(), clock)) {
            ledger.add(DeadLetterEntry.room(ledger.obligations(), List.of(), queue -> 1));
            for (int done = 0; done < letters; ) {
                List<LedgerInput> batch = new ArrayList<>();
                while (batch.size() < LedgerStage.BATCH && done < letters) {
                    LedgerInput letter = letter(random.nextInt(groups), clock.instant());
                    batch.add(letter);
                    if (done++ % Math.max(1, letters / 1_000) == 0) {
                        some.add(Identifiers.derive("letter", "stamp", letter.property(Headers.STAMP, "")));
                    }
                }
                ledger.process(batch);
                clock.forward(TIME.dividedBy(batches + 1));
                progress.accept(done);
            }
        }
        return new Filled(letters, some);
    }

    /** One whose mapping failed at the delivery to an agency, or, every third cause, one that failed on its way in. */
    private LedgerInput letter(int group, Instant at) {
        List<Agency> agencies = List.copyOf(setup.agencies().all());
        Agency sender = agencies.get(random.nextInt(agencies.size()));
        Agency recipient = agencies.get(group % agencies.size());
        boolean intake = group % 3 == 0;
        Map<String, String> properties = new HashMap<>();
        properties.put(Headers.STAMP, new UUID(random.nextLong(), random.nextLong()).toString());
        properties.put(Headers.SENDER, intake ? recipient.id() : sender.id());
        properties.put(Headers.DIALECT, recipient.dialect());
        properties.put(Headers.DEAD_ORIGIN, intake ? Queues.intake(recipient.dialect()) : Queues.DELIVERY);
        properties.put(Headers.DEAD_STAGE, intake ? "intake-" + recipient.dialect() : "deliver");
        properties.put(Headers.DEAD_CAUSE, intake ? "unexpected-failure" : "translation-failed");
        properties.put(Headers.DEAD_CLASS, intake ? "unknown" : "permanent");
        properties.put(Headers.DEAD_EXCEPTION, "invented.Failure" + group);
        properties.put(Headers.URGENCY, Urgency.values()[random.nextInt(Urgency.values().length)].name());
        properties.put(Headers.ARRIVED_AT, Long.toString(at.toEpochMilli()));
        properties.put(Headers.MESSAGE_ID, "bench-letter-" + random.nextInt(Integer.MAX_VALUE));
        if (!intake) {
            properties.put(Headers.RECIPIENT, recipient.id());
            properties.put(Headers.REFERRAL_ID, referrals.get(random.nextInt(referrals.size())));
        }
        return new LedgerInput(
                "ID:" + properties.get(Headers.STAMP),
                LedgerKind.DEAD,
                properties,
                "x".repeat(CONTENT).getBytes(StandardCharsets.UTF_8));
    }
}
