package org.referralhub.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;

import jakarta.jms.ConnectionFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.Lease;
import org.referralhub.message.MessageType;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Two nodes on one database drive the same run: one at a time, and nothing goes twice or faster than it may. */
class TwoDriversTest {
    private static final int LETTERS = 40;
    private static final int A_SECOND = 4;

    @TempDir
    private Path folder;

    private RepairWorld world;
    private String run;

    @BeforeEach
    void begin() throws Exception {
        // The embedded database has one node, which always holds the lease.
        world = new RepairWorld(Databases.POSTGRESQL, folder);
        world.letters(LETTERS);
        world.broken.clear();
        world.stopDriving();
        run = world.begin(List.of(), A_SECOND * 60);
    }

    @AfterEach
    void close() throws Exception {
        world.close();
    }

    @Test
    void what_a_killed_leader_has_sent_is_not_sent_again_by_the_next() throws Exception {
        Lease first = world.lease();
        assertThat(world.driver(first).turn()).isTrue();
        await("on their way")
                .atMost(RepairWorld.PATIENCE)
                .until(() ->
                        world.arrivals(RepairWorld.POLICE, MessageType.REQUEST).size() == A_SECOND);
        // It says nothing any more, but its time is not up.
        assertThat(world.driver(world.lease()).turn()).as("another drives too").isFalse();

        first.release();
        world.drive();

        allWentOnceAndAtTheirRate();
    }

    @Test
    void a_leader_that_wakes_up_too_late_sends_nothing() throws Exception {
        Lease first = world.lease();
        Pausing readers = new Pausing(world.database.readers());
        ConnectionFactory broker = mock(ConnectionFactory.class);
        CompletableFuture<Boolean> turn = CompletableFuture.supplyAsync(() -> {
            try {
                return RepairWorld.driver(readers, broker, first).turn();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        // It knows what it would send, and is held up.
        assertThat(readers.reached.await(60, TimeUnit.SECONDS)).isTrue();
        long since = System.nanoTime();
        first.release();
        world.drive();
        await("longer than it relies on its lease")
                .atMost(RepairWorld.PATIENCE)
                .until(() -> System.nanoTime() - since > RunDriver.AGAIN.toNanos()
                        && world.run(run).progress().resolved() > 0);

        readers.goOn.countDown();

        turn.get(60, TimeUnit.SECONDS);
        verifyNoInteractions(broker);
        allWentOnceAndAtTheirRate();
    }

    private void allWentOnceAndAtTheirRate() throws Exception {
        Run done = world.awaitState(run, RunState.DONE);
        assertThat(done.progress()).isEqualTo(new Run.Progress(0, 0, LETTERS, 0, 0));
        assertThat(world.arrivals(RepairWorld.POLICE, MessageType.REQUEST))
                .hasSize(LETTERS)
                .doesNotHaveDuplicates();
        assertThat(world.number("select count(*) from audit where action = 'run-replay'"))
                .isEqualTo(LETTERS);
        // Its rate is not left unused either: without pauses it takes ten seconds.
        assertThat(Duration.between(done.begunAt(), done.endedAt())).isLessThan(Duration.ofSeconds(30));
        assertThat(RepairWorld.mostInASecond(world.items(run))).isLessThanOrEqualTo(A_SECOND);
        assertThat(world.faults()).isEmpty();
    }

    /** Lets a driver look which letters may go, and holds it up before it sends them. */
    private static final class Pausing extends DelegatingDataSource {
        private static final int LOOKS = 2;

        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        private final AtomicInteger looks = new AtomicInteger();

        Pausing(DataSource readers) {
            super(readers);
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (looks.incrementAndGet() > LOOKS) {
                reached.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new SQLException(e);
                }
            }
            return super.getConnection();
        }
    }
}
