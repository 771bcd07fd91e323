package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

class MetersTest {

    /** Each reading waits for the pool's patience: eleven in a row would be longer than Prometheus waits. */
    @Test
    void aDatabaseThatIsAwayIsAskedOnceForAllTheGauges() throws SQLException {
        DataSource away = Mockito.mock(DataSource.class);
        Mockito.when(away.getConnection()).thenThrow(new SQLException("away"));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();

        LedgerMeters.books(meters, new Books(away, queue -> 0));
        readAll(meters);
        Mockito.verify(away, Mockito.times(1)).getConnection();

        OverdueMeters.register(meters, away, agency -> false);
        readAll(meters);
        Mockito.verify(away, Mockito.times(2)).getConnection();
    }

    private static void readAll(SimpleMeterRegistry meters) {
        assertThat(meters.getMeters()).isNotEmpty().allSatisfy(meter -> assertThat(((Gauge) meter).value())
                .as(meter.getId().getName())
                .isNaN());
    }
}
