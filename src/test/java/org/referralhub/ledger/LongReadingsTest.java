package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reads for minutes leaves the connections that clocks, alarms and doors read with alone. */
class LongReadingsTest {
    private static final int ORDINARY = 4;

    @TempDir
    private Path folder;

    @Test
    void whileOneVerifiesOthersAreTurnedAwayAndEveryOrdinaryConnectionIsFree() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        try (LedgerDatabase database = LedgerDatabase.embedded(folder.resolve("ledger.db"))) {
            Books books = new Books(database.readers(), database.longReaders(), queue -> {
                reading.countDown();
                await(enough);
                return 0;
            });
            CompletableFuture<Books.BooksView> first = CompletableFuture.supplyAsync(books::verify);
            assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();

            assertThatThrownBy(books::verify).isInstanceOf(BusyException.class);
            List<Connection> ordinary = new ArrayList<>();
            for (int i = 0; i < ORDINARY; i++) {
                ordinary.add(database.readers().getConnection());
            }
            assertThat(first).isNotDone();
            for (Connection connection : ordinary) {
                connection.close();
            }
            enough.countDown();
            assertThat(first.get(30, TimeUnit.SECONDS).balanced()).isTrue();
            assertThat(books.verify().balanced()).as("the next one may").isTrue();
        }
    }

    @Test
    void whatReadsForMinutesIsNotTakenForADatabaseThatIsAway() throws Exception {
        try (LedgerDatabase database = Databases.POSTGRESQL.open();
                Connection ordinary = database.readers().getConnection();
                Connection patient = database.longReaders().getConnection()) {
            assertThat(ordinary.getNetworkTimeout()).isEqualTo(60_000);
            assertThat(patient.getNetworkTimeout()).isEqualTo(30 * 60_000);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
