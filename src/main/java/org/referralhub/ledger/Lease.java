package org.referralhub.ledger;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Lets one node of several do a thing. Who holds it says so again and again; a node that has fallen silent, be it without
 * power or without a network, loses it. The embedded database has one node, which always holds it.
 */
public final class Lease {
    /** How long a silent holder keeps it. */
    public static final Duration TIME = Duration.ofSeconds(30);

    private static final String ADD = "insert into lease (name, until) values (?, 0) on conflict do nothing";
    // Only PostgreSQL is asked, by its own clock: those of the nodes may differ.
    private static final String HOLD = "update lease set holder = ?,"
            + " until = cast(extract(epoch from clock_timestamp()) * 1000 as bigint) + ? where name = ?"
            + " and (holder = ? or until < cast(extract(epoch from clock_timestamp()) * 1000 as bigint))";
    private static final String RELEASE = "update lease set until = 0 where name = ? and holder = ?";

    private final LedgerDatabase database;
    private final String name;
    private final String holder;
    private volatile boolean held;

    /**
     * A lease that this node does not hold yet.
     *
     * @param name what is done under it, at most 40 characters
     * @param holder tells this process from all others, at most 36 characters
     */
    public Lease(LedgerDatabase database, String name, String holder) {
        this.database = database;
        this.name = name;
        this.holder = holder;
    }

    /** Shows whether this node holds it: the sum over all nodes is 1. */
    public Lease measure(MeterRegistry meters) {
        Gauge.builder("hub.lease.held", this, lease -> lease.held ? 1 : 0)
                .description("1 on the node that does what one node of several does")
                .tag("lease", name)
                .register(meters);
        return this;
    }

    /** Takes it, or holds it for a while longer. False when another node has it. */
    public boolean hold() throws SQLException {
        if (database.isEmbedded()) {
            held = true;
            return true;
        }
        held = false;
        try (Connection connection = database.writer()) {
            add(connection);
            try (PreparedStatement update = connection.prepareStatement(HOLD)) {
                update.setString(1, holder);
                update.setLong(2, TIME.toMillis());
                update.setString(3, name);
                update.setString(4, holder);
                held = update.executeUpdate() == 1;
                return held;
            }
        }
    }

    /** Leaves it to the next at once; harmless when another node has it. */
    public void release() throws SQLException {
        held = false;
        if (database.isEmbedded()) {
            return;
        }
        try (Connection connection = database.writer();
                PreparedStatement update = connection.prepareStatement(RELEASE)) {
            update.setString(1, name);
            update.setString(2, holder);
            update.executeUpdate();
        }
    }

    /** What the holder, this one or an earlier one, left for the next; null when nothing. */
    public @Nullable String note() throws SQLException {
        try (Connection connection = database.readers().getConnection();
                PreparedStatement select = connection.prepareStatement("select note from lease where name = ?")) {
            select.setString(1, name);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    /** Leaves this for the next holder. */
    public void note(@Nullable String note) throws SQLException {
        try (Connection connection = database.writer()) {
            add(connection);
            try (PreparedStatement update = connection.prepareStatement("update lease set note = ? where name = ?")) {
                update.setString(1, note);
                update.setString(2, name);
                update.executeUpdate();
            }
        }
    }

    private void add(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(ADD)) {
            insert.setString(1, name);
            insert.executeUpdate();
        }
    }
}
