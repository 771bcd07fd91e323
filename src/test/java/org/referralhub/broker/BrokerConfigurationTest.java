package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.AgencyKind;
import org.referralhub.testing.TestBroker;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

class BrokerConfigurationTest {
    private final AgencyRegistry agencies =
            TestBroker.agencies(TestBroker.agency("helpline-108", AgencyKind.HELPLINE_108, "helpline"));
    private final LinkedBlockingQueue<String> losses = new LinkedBlockingQueue<>();

    @TempDir
    Path data;

    @Test
    void the_broker_inside_is_up_with_its_queues_and_its_loss_is_told_once() throws Exception {
        try (AnnotationConfigApplicationContext context = start(Map.of())) {
            EmbeddedBroker broker = (EmbeddedBroker) context.getBean(Broker.class);
            BrokerConfiguration configuration = new BrokerConfiguration();
            assertThat(broker.depths())
                    .as("an intake for each folder of schemas/ and each agency's dialect")
                    .containsKeys("intake.helpline", "intake.police", "intake.canonical", "agency.helpline-108.inbox");
            var health = configuration.brokerHealthIndicator(broker);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(health.health().getDetails()).containsEntry("where", "in this process");

            broker.server().stop();
            await().untilAsserted(() -> assertThat(losses).hasSize(1));
            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        }
        assertThat(losses).hasSize(1);
    }

    @Test
    void an_orderly_end_is_no_loss() {
        start(Map.of()).close();
        assertThat(losses).isEmpty();
    }

    @Test
    void a_broker_outside_needs_the_secret_of_the_hubs_own_user() throws Exception {
        Map<String, Object> outside = Map.of("hub.broker.url", "tcp://127.0.0.1:1");
        assertThatThrownBy(() -> start(outside))
                .rootCause()
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("hub.broker.secret-file");
        Path empty = Files.createFile(data.resolve("empty"));
        assertThatThrownBy(() -> start(with(outside, "hub.broker.secret-file", empty)))
                .rootCause()
                .hasMessageContaining("is empty");
        assertThatThrownBy(() -> start(with(outside, "hub.broker.secret-file", data.resolve("none"))))
                .rootCause()
                .hasMessageContaining("can't be read");
        Path secret = Files.writeString(data.resolve("secret"), "a secret");
        assertThatThrownBy(() -> start(with(outside, "hub.broker.secret-file", secret)))
                .rootCause()
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("tcp://127.0.0.1:1: ");
    }

    private static Map<String, Object> with(Map<String, Object> settings, String name, Path value) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(name, value.toString());
        return all;
    }

    private AnnotationConfigApplicationContext start(Map<String, Object> settings) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        Map<String, Object> all = new HashMap<>(TestBroker.SETTINGS);
        all.putAll(settings);
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", all));
        context.registerBean(HubHome.class, () -> new HubHome(Path.of(""), data));
        context.registerBean(Clock.class, Clock::systemUTC);
        context.registerBean("agencies", Agencies.class, () -> () -> agencies);
        context.setAllowBeanDefinitionOverriding(true);
        context.register(BrokerConfiguration.class, Losses.class);
        context.registerBean("losses", LinkedBlockingQueue.class, () -> losses);
        context.refresh();
        return context;
    }

    /** Instead of ending the process of the tests. */
    static class Losses {
        @org.springframework.context.annotation.Bean
        BrokerConfiguration.BrokerLoss brokerLoss(LinkedBlockingQueue<String> losses) {
            return losses::add;
        }
    }

    private interface Agencies extends Supplier<AgencyRegistry> {}
}
