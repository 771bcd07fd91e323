package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.message.ConfigurationChange;
import org.referralhub.testing.RunningHub;

/** Who looks for a child is on the audit chain, through the real broker; and when it can't be noted, nothing is shown. */
class AccessLogIT {
    private static final RunningHub HUB = RunningHub.shared();

    @TempDir
    private Path folder;

    @Test
    void aSearchForAChildIsNotedWithItsActorAndNotWithWhatWasLookedFor() throws Exception {
        long before = count("select count(*) from audit where actor = 'operator'");

        assertThat(HUB.as("operator")
                        .post(
                                "/referrals/search",
                                "application/json",
                                "{\"registerNo\": \"УБ16250415\"}".getBytes(StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(200);

        await().atMost(RunningHub.PATIENCE)
                .until(() -> count("select count(*) from audit where actor = 'operator'") == before + 1);
        assertThat(count("select count(*) from audit where action like '%16250415%' or subject like '%16250415%'"))
                .isZero();
        assertThat(AuditChain.firstBroken(HUB.bean(LedgerDatabase.class).readers()))
                .isEmpty();
    }

    @Test
    void theNoteIsWrittenOnceAndAMissingBrokerIsSaid() throws Exception {
        String actor = "actor-" + UUID.randomUUID();
        HUB.bean(AccessLog.class).note(actor, "search-child");

        await().atMost(RunningHub.PATIENCE)
                .until(() -> count("select count(*) from audit where actor = '" + actor + "'") == 1);
        try (ActiveMQConnectionFactory nowhere =
                new ActiveMQConnectionFactory("tcp://127.0.0.1:1?initialConnectAttempts=1")) {
            try (Notes notes = new Notes(nowhere, folder, Duration.ofDays(1))) {
                assertThatThrownBy(() -> new AccessLog(notes).note(actor, "search-child"))
                        .isInstanceOf(LedgerUnavailableException.class);
            }
        }
    }

    @Test
    void a_change_that_the_broker_does_not_take_is_kept_and_recorded_once_it_answers() throws Exception {
        ConnectionFactory broker = HUB.bean(Broker.class).connectionFactory();
        AtomicBoolean away = new AtomicBoolean(true);
        ConnectionFactory sometimes = mock(ConnectionFactory.class);
        when(sometimes.createConnection()).thenAnswer(call -> {
            if (away.get()) {
                throw new JMSException("away");
            }
            return broker.createConnection();
        });
        String id = UUID.randomUUID().toString();
        try (Notes notes = new Notes(sometimes, folder, Duration.ofMillis(20))) {
            DataSource readers = HUB.bean(LedgerDatabase.class).readers();
            new ConfigurationLog(notes, readers)
                    .note(new ConfigurationChange(
                            id, 1, "node", "BACK", "integrator", "ACCEPTED", "v2", "v1", 0, "The map was wrong."));
            new AccessLog(notes).noteLater("actor-" + id, "sign-in");
            verify(sometimes, timeout(10_000).atLeast(3)).createConnection();
            assertThat(count("select count(*) from configuration_change where id = '" + id + "'"))
                    .isZero();
            away.set(false);
            await().atMost(RunningHub.PATIENCE)
                    .until(() -> count("select count(*) from configuration_change where id = '" + id
                                    + "' and reason = 'The map was wrong.'")
                            == 1);
            await().atMost(RunningHub.PATIENCE)
                    .until(() -> count("select count(*) from audit where actor = 'actor-" + id + "'") == 1);
        }
    }

    @Test
    void what_the_broker_has_not_taken_when_the_process_ends_is_recorded_by_the_next_one() throws Exception {
        String id = UUID.randomUUID().toString();
        try (ActiveMQConnectionFactory nowhere =
                        new ActiveMQConnectionFactory("tcp://127.0.0.1:1?initialConnectAttempts=1");
                Notes notes = new Notes(nowhere, folder, Duration.ofDays(1))) {
            new ConfigurationLog(notes, HUB.bean(LedgerDatabase.class).readers())
                    .note(new ConfigurationChange(
                            id, 1, "node", "FILES", "hub", "REFUSED", "v2", "v1", 3, "Шалтгаан."));
            new AccessLog(notes).noteLater("actor-" + id, "locked-out");
        }
        assertThat(files()).hasSize(2);
        // The process may have been killed while it wrote another.
        Files.writeString(folder.resolve("half.json.part"), "{\"ki");
        Files.writeString(folder.resolve("damaged.json"), "{\"ki");

        try (Notes next = new Notes(HUB.bean(Broker.class).connectionFactory(), folder, Duration.ofMillis(20))) {
            await().atMost(RunningHub.PATIENCE)
                    .until(() -> count("select count(*) from configuration_change where id = '" + id
                                            + "' and faults = 3 and reason = 'Шалтгаан.'")
                                    + count("select count(*) from audit where actor = 'actor-" + id + "'")
                            == 2);
            await().atMost(RunningHub.PATIENCE)
                    .untilAsserted(() -> assertThat(files()).containsOnly("half.json.part", "damaged.json"));
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static long count(String sql) throws Exception {
        try (Connection connection = HUB.bean(LedgerDatabase.class).readers().getConnection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
