package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.UUID;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.referralhub.testing.RunningHub;

/** Who looks for a child is on the audit chain, through the real broker; and when it can't be noted, nothing is shown. */
class AccessLogIT {
    private static final RunningHub HUB = RunningHub.shared();

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
            assertThatThrownBy(() -> new AccessLog(nowhere).note(actor, "search-child"))
                    .isInstanceOf(LedgerUnavailableException.class);
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
