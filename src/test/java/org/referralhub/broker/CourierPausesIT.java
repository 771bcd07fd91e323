package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.CourierSettings;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Reach;
import org.referralhub.agency.Transport;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Text;
import org.referralhub.testing.StockBroker;
import org.referralhub.testing.TestBroker;

/** The broker waits between a courier's attempts as the agency's entry says, and gives nothing up by itself. */
class CourierPausesIT {
    private static final AgencyRegistry AGENCIES = TestBroker.agencies(
            TestBroker.agency("police-national", AgencyKind.POLICE, "police"),
            new Agency(
                    "shelter",
                    AgencyKind.SHELTER,
                    new Text("shelter", "shelter"),
                    Set.of(Agency.EVERYWHERE),
                    "canonical",
                    OpeningHours.ALWAYS,
                    new Reach(
                            new CourierSettings(
                                    new Transport.Folder(Path.of("out"), false),
                                    Duration.ofSeconds(2),
                                    Duration.ofMinutes(3),
                                    Duration.ofHours(1),
                                    5,
                                    Duration.ofSeconds(15)),
                            null,
                            null)),
            new Agency(
                    "ngo",
                    AgencyKind.NGO,
                    new Text("ngo", "ngo"),
                    Set.of(Agency.EVERYWHERE),
                    "canonical",
                    OpeningHours.ALWAYS,
                    new Reach(
                            CourierSettings.usual(new Transport.Mail(
                                    new Transport.MailServer(
                                            "mail", 25, true, List.of(), null, null, "hub@example.org"),
                                    "ngo@example.org",
                                    null,
                                    null,
                                    Duration.ofSeconds(5))),
                            null,
                            null)));
    /** The same without the shelter. */
    private static final AgencyRegistry LATER =
            TestBroker.agencies(TestBroker.agency("police-national", AgencyKind.POLICE, "police"));

    @TempDir
    Path data;

    @Test
    void in_the_hubs_own_broker() {
        try (EmbeddedBroker broker = TestBroker.start(data, AGENCIES)) {
            check(broker.server());
            broker.settle(AGENCIES, LATER);
            checkLater(broker.server());
        }
    }

    @Test
    void in_a_broker_outside() throws Exception {
        try (StockBroker stock = StockBroker.start(data, 0, "AMQP,STOMP", new IntakeGuard());
                ExternalBroker broker = ExternalBrokerIT.start(stock, AGENCIES)) {
            assertThat(broker.isRunning()).isTrue();
            check(stock.server());
            broker.settle(AGENCIES, LATER);
            checkLater(stock.server());
        }
    }

    private static void check(ActiveMQServer server) {
        AddressSettings courier = server.getAddressSettingsRepository().getMatch("agency.shelter.inbox");
        assertThat(courier.getRedeliveryDelay()).isEqualTo(2_000);
        assertThat(courier.getMaxRedeliveryDelay()).isEqualTo(180_000);
        assertThat(courier.getRedeliveryMultiplier()).isEqualTo(4);
        assertThat(courier.getMaxDeliveryAttempts()).isEqualTo(-1);
        assertThat(courier.getRedeliveryCollisionAvoidanceFactor())
                .as("of all queues")
                .isEqualTo(0.15);
        assertThat(courier.getDeadLetterAddress().toString()).isEqualTo("hub.deadletter");
        assertThat(courier.getAddressFullMessagePolicy()).isEqualTo(AddressFullMessagePolicy.PAGE);
        assertThat(courier.isAutoCreateQueues()).isFalse();
        assertThat(server.getAddressSettingsRepository()
                        .getMatch("agency.police-national.inbox")
                        .getMaxDeliveryAttempts())
                .as("without a courier")
                .isEqualTo(18);
        assertThat(server.getAddressSettingsRepository()
                        .getMatch("agency.ngo.inbox")
                        .getMaxDeliveryAttempts())
                .as("told by mail, and read by its agency")
                .isEqualTo(18);
    }

    private static void checkLater(ActiveMQServer server) {
        assertThat(server.getAddressSettingsRepository()
                        .getMatch("agency.shelter.inbox")
                        .getMaxDeliveryAttempts())
                .as("the courier has gone")
                .isEqualTo(18);
    }
}
