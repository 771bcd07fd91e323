package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a ledger holds is still there after the tables were changed under it. */
class MigrationTest {
    @TempDir
    Path folder;

    @Test
    void deadlines_and_states_move_to_the_order_of_opening() throws Exception {
        Path file = folder.resolve("ledger.db");
        Flyway.configure()
                .dataSource("jdbc:sqlite:" + file, null, null)
                .locations("classpath:db/migration")
                .placeholders(Map.of("clustered", "without rowid"))
                .target("4")
                .load()
                .migrate();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "insert into referral (id, reference, sender, request, urgency, concerns, version, incomplete,"
                            + " revision, opened_at) values ('r-1', 'RF-1', 'helpline-108', 'm-1', 'URGENT', 'NEGLECT', 1, 0, 0, 77)");
            statement.execute(
                    "insert into clock (referral_id, agency, kind, state, started_at, due_at, fired_at, fired_by,"
                            + " escalated_to, ladder_end) values ('r-1', 'police', 'ACCEPT', 'OVERDUE', 1, 2, 3, 'ID:1', 'team', 1)");
            statement.execute("insert into progress (referral_id, recipient, cause, state, at, seq)"
                    + " values ('r-1', 'police', 'm-1', 'requested', 5, 6)");
        }
        try (LedgerDatabase database = LedgerDatabase.embedded(file);
                Connection connection = database.readers().getConnection()) {
            assertThat(row(
                            connection,
                            "select opened_at, agency, kind, state, started_at, due_at, fired_at, fired_by,"
                                    + " escalated_to, ladder_end from clock where referral_id = 'r-1'"))
                    .isEqualTo("77 police ACCEPT OVERDUE 1 2 3 ID:1 team 1");
            assertThat(row(connection, "select opened_at, recipient, cause, state, at, seq from progress"))
                    .isEqualTo("77 police m-1 requested 5 6");
            // The condition that every query on one referral's rows uses must lead to them.
            for (String table : new String[] {"clock", "progress"}) {
                assertThat(row(
                                connection,
                                "explain query plan select 1 from " + table + " where "
                                        + Referral.ROWS.replace("?", "'r-1'")))
                        .contains("SEARCH " + table + " USING PRIMARY KEY (opened_at=? AND referral_id=?)");
            }
        }
    }

    /** Each of these would read all that was ever delivered if the database began with another index. */
    @Test
    void what_waits_and_what_was_late_is_found_without_reading_the_rest() throws Exception {
        try (LedgerDatabase database = LedgerDatabase.embedded(folder.resolve("new.db"));
                Connection connection = database.readers().getConnection()) {
            String late = Manifests.TO_LATE;
            for (int parameter = 0; parameter < 7; parameter++) {
                late = late.replaceFirst("\\?", "1");
            }
            assertThat(row(connection, "explain query plan " + late))
                    .contains("delivery_late (settled_at>? AND settled_at<?)");
            assertThat(row(connection, "explain query plan " + Books.HELD)).contains("INDEX delivery_held");
            assertThat(row(connection, "select sql from sqlite_master where name = 'delivery_held'"))
                    .contains("state = 'WAITING'");
        }
    }

    private static String row(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).as(sql).isTrue();
            StringBuilder text = new StringBuilder(String.valueOf(rows.getObject(1)));
            for (int column = 2; column <= rows.getMetaData().getColumnCount(); column++) {
                text.append(' ').append(rows.getObject(column));
            }
            return text.toString();
        }
    }
}
