package org.referralhub.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.edition.Editions;
import org.referralhub.ledger.Books;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.ReferralSearch;
import org.referralhub.message.AgencyKind;
import org.referralhub.testing.RunningHub;
import org.springframework.jdbc.core.JdbcTemplate;

/** A newcomer sees referrals come, and answers to them. */
class DemoTrafficIT {
    @Test
    void the_invented_agencies_send_and_answer_and_the_books_balance(@TempDir Path data) {
        try (RunningHub hub =
                RunningHub.start(data, Map.of("hub.demo.traffic", "true", "hub.demo.referrals-per-minute", "120"))) {
            ReferralSearch search = hub.bean(ReferralSearch.class);
            await("referrals sent").atMost(Duration.ofMinutes(1)).until(() -> count(search, null) >= 5);
            await("referrals accepted").atMost(Duration.ofMinutes(3)).until(() -> count(search, "accepted") >= 1);
            await("every kind of agency sends, and one of each is sent to")
                    .atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> {
                        AgencyRegistry agencies =
                                hub.bean(Editions.class).current().setup().agencies();
                        Set<AgencyKind> sent = EnumSet.noneOf(AgencyKind.class);
                        Set<AgencyKind> took = EnumSet.noneOf(AgencyKind.class);
                        for (Agency agency : agencies.all()) {
                            for (ReferralSearch.Found found : of(search, agency.id())) {
                                (found.sender().equals(agency.id()) ? sent : took).add(agency.kind());
                            }
                        }
                        assertThat(sent).containsExactlyInAnyOrder(AgencyKind.values());
                        assertThat(took).containsExactlyInAnyOrder(AgencyKind.values());
                    });
            for (String state : List.of("rejected", "cancelled", "transferred")) {
                await(state).atMost(Duration.ofMinutes(5)).until(() -> count(search, state) >= 1);
            }
            await("balance").atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                            hub.bean(Books.class).books().faults())
                    .isEmpty());
            assertThat(hub.bean(Books.class).books().openLetters()).isZero();
            assertThat(refusals(hub)).isEmpty();
        }
    }

    /** Type, dialect and report of each message that was refused: nobody's words but invented ones. */
    private static List<String> refusals(RunningHub hub) {
        return new JdbcTemplate(hub.bean(LedgerDatabase.class).readers())
                .query(
                        "select type, dialect, report from message where status = 'REFUSED'",
                        (row, number) -> row.getString(1) + " in " + row.getString(2) + ": "
                                + new String(row.getBytes(3), StandardCharsets.UTF_8));
    }

    private static List<ReferralSearch.Found> of(ReferralSearch search, String agency) {
        ReferralSearch.Query query = new ReferralSearch.Query(agency, null, null, null, null, null, null, false, null);
        return search.search(query, null, 50).items();
    }

    private static long count(ReferralSearch search, String state) {
        ReferralSearch.Query query = new ReferralSearch.Query(null, null, null, state, null, null, null, false, null);
        return search.search(query, null, 50).items().size();
    }
}
