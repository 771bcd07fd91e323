package org.referralhub.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.ledger.Books;
import org.referralhub.ledger.ReferralSearch;
import org.referralhub.testing.RunningHub;

/** A newcomer sees referrals come, and answers to them. */
class DemoTrafficIT {
    @Test
    void the_invented_agencies_send_and_answer_and_the_books_balance(@TempDir Path data) {
        try (RunningHub hub =
                RunningHub.start(data, Map.of("hub.demo.traffic", "true", "hub.demo.referrals-per-minute", "120"))) {
            ReferralSearch search = hub.bean(ReferralSearch.class);
            await("referrals sent").atMost(Duration.ofMinutes(1)).until(() -> count(search, null) >= 5);
            await("referrals accepted").atMost(Duration.ofMinutes(3)).until(() -> count(search, "accepted") >= 1);
            for (String state : List.of("rejected", "cancelled", "transferred")) {
                await(state).atMost(Duration.ofMinutes(5)).until(() -> count(search, state) >= 1);
            }
            await("balance").atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                            hub.bean(Books.class).books().faults())
                    .isEmpty());
            assertThat(hub.bean(Books.class).books().openLetters()).isZero();
            assertThat(hub.bean(Books.class).books().refusedMessages()).isZero();
        }
    }

    private static long count(ReferralSearch search, String state) {
        ReferralSearch.Query query = new ReferralSearch.Query(null, null, null, state, null, null, null, false, null);
        return search.search(query, null, 50).items().size();
    }
}
