package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.ledger.AuditTrail.Query;
import org.referralhub.ledger.AuditTrail.Verification;

/** The audit chain is read page by page, and a row that somebody has meddled with is found in whatever step it lies. */
class AuditTrailTest {
    private static final Instant BEGIN = Instant.parse("2026-11-22T00:00:00Z");

    @ParameterizedTest
    @EnumSource(Databases.class)
    void pages_go_from_the_latest_to_the_first_and_miss_none(Databases kind) throws Exception {
        try (LedgerDatabase database = kind.open()) {
            fill(database, 25);
            AuditTrail trail = new AuditTrail(database.readers());

            List<Long> numbers = new ArrayList<>();
            Long after = null;
            do {
                AuditTrail.Page page = trail.page(Query.ANY, after, 10);
                page.items().forEach(row -> numbers.add(row.number()));
                after = page.next();
            } while (after != null);

            assertThat(numbers)
                    .hasSize(25)
                    .startsWith(25L, 24L)
                    .endsWith(2L, 1L)
                    .doesNotHaveDuplicates();
            assertThat(trail.page(Query.ANY, 1L, 10)).isEqualTo(new AuditTrail.Page(List.of(), null));
        }
    }

    @ParameterizedTest
    @EnumSource(Databases.class)
    void rows_are_found_by_actor_action_subject_and_time(Databases kind) throws Exception {
        try (LedgerDatabase database = kind.open()) {
            fill(database, 25);
            AuditTrail trail = new AuditTrail(database.readers());

            assertThat(numbers(trail, new Query("bold", null, null, null, null)))
                    .containsExactly(25L, 20L, 15L, 10L, 5L);
            assertThat(numbers(trail, new Query(" bold ", "pause", null, null, null)))
                    .containsExactly(20L, 10L);
            assertThat(numbers(trail, new Query("", " ", "subject-7", null, null)))
                    .containsExactly(7L);
            assertThat(numbers(trail, new Query(null, null, null, BEGIN.plusSeconds(3), BEGIN.plusSeconds(6))))
                    .containsExactly(5L, 4L, 3L);
            assertThat(numbers(trail, new Query("nobody", null, null, null, null)))
                    .isEmpty();
            try (Connection connection = database.writer()) {
                AuditChain.append(
                        new OneRow(connection, BEGIN.plusSeconds(26)), "sarnai", "see-unmasked", "subject-7/3e1c");
            }
            assertThat(numbers(trail, new Query(null, null, "subject-7", null, null)))
                    .containsExactly(26L, 7L);
            assertThat(numbers(trail, new Query(null, null, "subject", null, null)))
                    .isEmpty();
            assertThat(numbers(trail, new Query(null, null, null, BEGIN.plusSeconds(1000), null)))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Databases.class)
    void the_chain_is_followed_in_steps_to_its_end(Databases kind) throws Exception {
        try (LedgerDatabase database = kind.open()) {
            AuditTrail trail = new AuditTrail(database.readers());
            assertThat(trail.verify(1, 10)).isEqualTo(new Verification(true, 1, 0, null, null, 0, null));

            fill(database, 25);

            Verification first = trail.verify(1, 10);
            assertThat(first.whole()).isTrue();
            assertThat(first.next()).isEqualTo(11);
            assertThat(trail.verify(11, 10).next()).isEqualTo(21);
            Verification last = trail.verify(21, 10);
            assertThat(last.whole()).isTrue();
            assertThat(last.next()).isNull();
            assertThat(last.last()).isEqualTo(25);
            assertThat(last.hash()).isEqualTo(trail.verify(25, 1).hash()).hasSize(64);
            // A step that begins just after the end says so and nothing else.
            assertThat(trail.verify(26, 10)).isEqualTo(new Verification(true, 26, 25, null, null, 25, last.hash()));
        }
    }

    @ParameterizedTest
    @EnumSource(Databases.class)
    void a_row_that_was_changed_removed_or_cut_off_is_named(Databases kind) throws Exception {
        try (LedgerDatabase database = kind.open()) {
            fill(database, 25);
            AuditTrail trail = new AuditTrail(database.readers());
            Databases.execute(database, "update audit set actor = 'somebody-else' where seq = 15");

            assertThat(trail.verify(1, 10).whole()).isTrue();
            assertThat(trail.verify(11, 10).broken()).isEqualTo(15);
            assertThat(trail.verify(11, 10).next()).isNull();

            Databases.execute(database, "delete from audit where seq = 15");
            assertThat(trail.verify(11, 10).broken()).isEqualTo(15);
            assertThat(trail.verify(16, 10).broken()).isEqualTo(15);

            Databases.execute(database, "delete from audit where seq >= 11");
            assertThat(trail.verify(11, 10).whole()).isTrue();
            // Only who has noted the last row elsewhere can tell that some are missing at the end.
            assertThat(trail.verify(25, 1).whole()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Databases.class)
    void a_reason_that_was_changed_or_removed_is_found(Databases kind) throws Exception {
        try (LedgerDatabase database = kind.open()) {
            try (Connection connection = database.writer()) {
                OneRow transaction = new OneRow(connection, BEGIN);
                AuditChain.append(transaction, "sarnai", "discard", "letter-1", "sent twice");
                AuditChain.append(transaction, "sarnai", "see-unmasked", "letter-1/1");
                AuditChain.append(transaction, "sarnai", "discard", "letter-2", "x".repeat(1_001));
                AuditChain.append(transaction, "sarnai", "replay", "letter-3", " ");
            }
            AuditTrail trail = new AuditTrail(database.readers());
            assertThat(trail.page(Query.ANY, null, 10).items())
                    .extracting(AuditTrail.Row::reason)
                    .containsExactly(null, "x".repeat(1_000), null, "sent twice");
            assertThat(trail.verify(1, 10).whole()).isTrue();

            for (String change : List.of("reason = 'by mistake'", "reason = null", "subject = '8:letter-1'")) {
                Databases.execute(database, "update audit set " + change + " where seq = 1");
                assertThat(trail.verify(1, 10).broken()).as(change).isEqualTo(1);
            }
            Databases.execute(database, "update audit set subject = 'letter-1', reason = 'sent twice' where seq = 1");
            Databases.execute(database, "update audit set reason = 'because' where seq = 2");
            assertThat(trail.verify(1, 10).broken()).isEqualTo(2);
            assertThat(AuditChain.firstBroken(database.readers())).hasValue(2);
        }
    }

    /** A chain that an earlier release wrote goes on. */
    @ParameterizedTest
    @EnumSource(Databases.class)
    void a_row_without_a_reason_has_the_hash_that_it_always_had(Databases kind) throws Exception {
        try (LedgerDatabase database = kind.open()) {
            fill(database, 1);

            // SHA-256 of 64 zeros and "1:1795305601000:6:sarnai:6:replay:9:subject-1".
            assertThat(new AuditTrail(database.readers()).verify(1, 1).hash())
                    .isEqualTo("4f94ee04d6b4ca56512f290d160fedea25a73e957ef4d51cd644c4db194db08b");
        }
    }

    private static List<Long> numbers(AuditTrail trail, Query query) {
        return trail.page(query, null, 100).items().stream()
                .map(AuditTrail.Row::number)
                .toList();
    }

    /** One row a second; every fifth is bold's, every second a pause. */
    private static void fill(LedgerDatabase database, int rows) throws Exception {
        try (Connection connection = database.writer()) {
            for (int i = 1; i <= rows; i++) {
                AuditChain.append(
                        new OneRow(connection, BEGIN.plusSeconds(i)),
                        i % 5 == 0 ? "bold" : "sarnai",
                        i % 2 == 0 ? "pause" : "replay",
                        "subject-" + i);
            }
        }
    }

    /** Each statement by itself. */
    private record OneRow(Connection connection, Instant now) implements LedgerTransaction {
        @Override
        public PreparedStatement statement(String sql) throws SQLException {
            return connection.prepareStatement(sql);
        }

        @Override
        public void flush() {
            // Nothing is collected.
        }

        @Override
        public void emit(Emission emission) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void record(LedgerInput input) {
            throw new UnsupportedOperationException();
        }
    }
}
