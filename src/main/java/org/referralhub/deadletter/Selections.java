package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/** Finds the letters that somebody means. */
final class Selections {
    private static final int LOOKUP = 64;
    private static final String SELECT =
            "select id, sender, recipient, referral_id, delivery_id, captured_at, rank, due_at,"
                    + " (select d.created_at from delivery d where d.id = letter.delivery_id) from letter";

    private Selections() {}

    /** Where statements come from. */
    @FunctionalInterface
    interface Statements {
        PreparedStatement prepare(String sql) throws SQLException;
    }

    /**
     * A letter that is meant.
     *
     * @param pace whose rate it counts for: its recipient; of a letter from intake its sender
     * @param lane letters with the same must stay in order
     * @param owedSince by which they are ordered, milliseconds since 1970 UTC
     */
    record Chosen(String id, int rank, long dueAt, String pace, String lane, long owedSince) {
        static final Comparator<Chosen> ORDER = Comparator.comparingInt(Chosen::rank)
                .thenComparingLong(Chosen::dueAt)
                .thenComparing(Chosen::id);

        static Chosen of(ResultSet row) throws SQLException {
            String id = row.getString(1);
            String sender = row.getString(2);
            String recipient = row.getString(3);
            String referral = row.getString(4);
            boolean delivery = row.getString(5) != null;
            long captured = row.getLong(6);
            long owed = row.getLong(9);
            boolean known = !row.wasNull();
            String pace = recipient != null ? recipient : sender != null ? sender : "";
            return new Chosen(
                    id,
                    row.getInt(7),
                    row.getLong(8),
                    pace,
                    delivery && referral != null ? referral + '>' + pace : id,
                    known ? owed : captured);
        }
    }

    /**
     * The letters, in the order of the desk.
     *
     * @param most as many at most; one more tells that there are more
     * @throws IllegalArgumentException when it is not clear which are meant
     */
    static List<Chosen> choose(Statements statements, Selection selection, int most) throws SQLException {
        if (!selection.isClear()) {
            throw new IllegalArgumentException("one of letters, group and search must be given");
        }
        List<String> listed = selection.letters();
        if (listed != null) {
            return listed(statements, new ArrayList<>(new LinkedHashSet<>(listed)), most);
        }
        Desk.Where where = new Desk.Where(selection.filter());
        PreparedStatement select =
                statements.prepare(SELECT + where + " order by rank, due_at, id limit " + (most + 1));
        where.set(select, 1);
        List<Chosen> chosen = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                chosen.add(Chosen.of(rows));
            }
        }
        return chosen;
    }

    private static List<Chosen> listed(Statements statements, List<String> ids, int most) throws SQLException {
        List<Chosen> chosen = new ArrayList<>();
        PreparedStatement select = statements.prepare(SELECT + " where id in (?" + ", ?".repeat(LOOKUP - 1) + ")");
        for (int from = 0; from < ids.size() && chosen.size() <= most; from += LOOKUP) {
            for (int i = 0; i < LOOKUP; i++) {
                select.setString(i + 1, ids.get(Math.min(from + i, ids.size() - 1)));
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    chosen.add(Chosen.of(rows));
                }
            }
        }
        // The last one of the list fills up what is left of the last look.
        return chosen.stream().distinct().sorted(Chosen.ORDER).toList();
    }
}
