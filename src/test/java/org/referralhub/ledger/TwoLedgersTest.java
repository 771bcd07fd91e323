package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.MessageType;
import org.referralhub.recipient.Choice;

/** Two hub nodes on one database, which hear of the same referrals at the same time. */
class TwoLedgersTest {
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with("police-bzd", AgencyKind.POLICE, "1110")
            .with("social-bzd-23", AgencyKind.SOCIAL_WORKER, "111095")
            .registry();
    private static final int REFERRALS = 60;

    private LedgerDatabase database;
    private final ExecutorService nodes = Executors.newFixedThreadPool(2);

    @AfterEach
    void close() {
        nodes.shutdownNow();
        database.close();
    }

    @Test
    void interleavedBatchesLoseNothingAndOweNothingTwice() throws Exception {
        // The embedded database has one writer: several nodes need PostgreSQL.
        database = Databases.POSTGRESQL.open();
        List<LedgerInput> first = new ArrayList<>();
        List<LedgerInput> second = new ArrayList<>();
        for (int i = 0; i < REFERRALS; i++) {
            String call = "call-" + i;
            // The same arrival at both nodes, as when one dies and is believed dead too early.
            LedgerInput request = Messages.request("helpline-108", call).input();
            String referral = Messages.request("helpline-108", call).referralId();
            // And the sender's own repeat, which is another arrival.
            LedgerInput repeat = Messages.request("helpline-108", call).input();
            first.addAll(List.of(request, answer("police-bzd", "p-" + i, MessageType.ACK, referral)));
            second.addAll(List.of(repeat, request, answer("social-bzd-23", "s-" + i, MessageType.ACCEPT, referral)));
        }

        Map<String, Emission> emitted = new HashMap<>();
        Future<List<Emission>> one = nodes.submit(node(first, 1));
        Future<List<Emission>> two = nodes.submit(node(second, 2));
        List<Emission> all = new ArrayList<>(one.get(2, TimeUnit.MINUTES));
        all.addAll(two.get(2, TimeUnit.MINUTES));
        for (Emission emission : all) {
            Emission before = emitted.put(emission.properties().get(Headers.DELIVERY_ID), emission);
            // One that both nodes emit is the same message with the same id: the broker and the notices count it once.
            assertThat(before == null || java.util.Arrays.equals(before.body(), emission.body()))
                    .isTrue();
        }

        // For each referral two REQUESTs, the answers that came after it, and a receipt for each arrival.
        Map<String, Long> requests = new HashMap<>();
        emitted.values().stream()
                .filter(emission -> "REQUEST".equals(emission.properties().get(Headers.MESSAGE_TYPE)))
                .forEach(emission -> requests.merge(emission.properties().get(Headers.RECIPIENT), 1L, Long::sum));
        assertThat(requests)
                .containsOnly(Map.entry("police-bzd", (long) REFERRALS), Map.entry("social-bzd-23", (long) REFERRALS));
        Books.BooksView books =
                new Books(database.readers(), queue -> queue.equals("hub.delivery") ? emitted.size() : 0).verify();
        assertThat(books.faults()).isEmpty();
        // The second answer for one sender leaves when the first has arrived.
        assertThat(books.total().waiting()).isEqualTo(emitted.size() + REFERRALS);
        assertThat(books.acceptedMessages() + books.refusedMessages()).isEqualTo(3L * REFERRALS);
    }

    private static LedgerInput answer(String sender, String id, MessageType type, String referral) {
        return Messages.followUp(sender, id, type, referral).input();
    }

    /** Works as the stage does: a batch that another node has overtaken is taken again, one by one. */
    private Callable<List<Emission>> node(List<LedgerInput> inputs, long seed) {
        return () -> {
            List<Emission> emissions = new ArrayList<>();
            Random random = new Random(seed);
            try (Ledger ledger = new Ledger(
                    database,
                    (request, at) -> List.of(
                            new Choice(AGENCIES.find("police-bzd").orElseThrow(), "violence"),
                            new Choice(AGENCIES.find("social-bzd-23").orElseThrow(), "violence")),
                    Views.WHOLE,
                    AGENCIES,
                    ResponseTimes.PROPOSED,
                    Clock.systemUTC())) {
                int from = 0;
                while (from < inputs.size()) {
                    int to = Math.min(inputs.size(), from + 1 + random.nextInt(20));
                    try {
                        emissions.addAll(ledger.process(inputs.subList(from, to)));
                    } catch (SQLException e) {
                        for (LedgerInput input : inputs.subList(from, to)) {
                            emissions.addAll(insist(ledger, Collections.singletonList(input)));
                        }
                    }
                    from = to;
                }
            }
            return emissions;
        };
    }

    private static List<Emission> insist(Ledger ledger, List<LedgerInput> input) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return ledger.process(input);
            } catch (SQLException e) {
                if (attempt == 20) {
                    throw e;
                }
            }
        }
    }
}
