package org.referralhub.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.ledger.Databases;

/** Which letters are found to have lain long enough. */
class RetentionTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void however_many_are_over_all_are_asked_for_at_once(Databases kind) throws Exception {
        try (RepairWorld world = new RepairWorld(kind, folder)) {
            world.letters(4);
            Retention retention = world.retention(Duration.ofDays(30), 2);
            assertThat(retention.sweep()).as("open ones").isZero();

            Databases.execute(
                    world.database,
                    "update letter set state = case message_id when 'call-0' then 'DISCARDED' else 'RESOLVED' end,"
                            + " closed_at = 1000, changed_at = 9000000000000 where message_id <> 'call-3'");

            assertThat(retention.sweep()).isEqualTo(3);
        }
    }
}
