package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.activemq.artemis.core.server.files.FileStoreMonitor;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.courier.CourierDesk;
import org.referralhub.ledger.ConfigurationLog;
import org.referralhub.message.ConfigurationChange;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;

/** A disk that is used to the broker's limit: agencies hear so at once, operators can still work, and all goes on afterwards. */
class DiskLimitIT {
    private static final String HELPLINE = "helpline-108";
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    @Test
    void whoever_sends_over_http_is_answered_503_and_what_the_hub_notes_itself_goes_through(@TempDir Path data) {
        try (RunningHub hub = RunningHub.start(data, Map.of())) {
            assertThat(send(hub, "before").status()).isEqualTo(202);
            hub.settle();

            limit(hub, 0.0001);
            Participant.Answer refused = assertTimeoutPreemptively(AT_ONCE, () -> send(hub, "meanwhile"));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isEqualTo("60");
            ConfigurationLog log = hub.bean(ConfigurationLog.class);
            // More than the credits that a session may have from before.
            assertTimeoutPreemptively(AT_ONCE, () -> {
                for (int i = 0; i < 300; i++) {
                    log.note(new ConfigurationChange(
                            UUID.randomUUID().toString(),
                            i,
                            "node",
                            "FILES",
                            "-",
                            "REFUSED",
                            "",
                            null,
                            1,
                            "x".repeat(200)));
                }
            });
            CourierDesk couriers = hub.bean(CourierDesk.class);
            assertThat(assertTimeoutPreemptively(
                            AT_ONCE, () -> couriers.order(HELPLINE, true, "operator", "the disk is full")))
                    .as("the ledger has the order")
                    .isTrue();

            limit(hub, 1);
            assertThat(send(hub, "meanwhile").status()).isEqualTo(202);
            hub.settle();
        }
    }

    private static Participant.Answer send(RunningHub hub, String call) {
        return hub.as(HELPLINE).send("application/json", Referrals.call(call));
    }

    /** As if the disk were that small, or large again. */
    private static void limit(RunningHub hub, double share) {
        FileStoreMonitor monitor =
                ((ActiveMQServerImpl) ((EmbeddedBroker) hub.bean(Broker.class)).server()).getMonitor();
        monitor.setMaxUsage(share);
        monitor.tick();
        assertThat(hub.bean(Broker.class).isFull()).isEqualTo(share < 1);
    }
}
