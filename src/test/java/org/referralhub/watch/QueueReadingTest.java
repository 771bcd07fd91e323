package org.referralhub.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.referralhub.broker.Broker;

/** The thread that watches asks the broker; who reads the metrics never waits for it. */
class QueueReadingTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Broker broker = Mockito.mock(Broker.class);
    private final QueueReading reading = new QueueReading(broker, meters);

    @Test
    void only_a_look_asks_the_broker_and_what_it_does_not_tell_is_no_number() {
        assertThat(value("hub.inbox.messages")).isNaN();
        Mockito.when(broker.depths()).thenReturn(Map.of("hub.ledger", 3L, "agency.a.inbox", 5L, "agency.b.inbox", 0L));
        reading.take();

        assertThat(queue("hub.ledger").value()).isEqualTo(3);
        assertThat(value("hub.inbox.messages")).isEqualTo(5);
        assertThat(value("hub.inbox.agencies")).isEqualTo(1);
        assertThat(value("hub.inbox.longest")).isEqualTo(5);
        assertThat(meters.get("hub.inbox.backlog").gauges()).hasSize(1);
        Mockito.verify(broker, Mockito.times(1)).depths();

        Mockito.when(broker.depths()).thenThrow(new IllegalStateException("hangs, then fails"));
        assertThatThrownBy(reading::take).isInstanceOf(IllegalStateException.class);
        assertThat(value("hub.inbox.longest")).isNaN();
        assertThat(queue("hub.ledger")).isNull();
        Mockito.verify(broker, Mockito.times(2)).depths();
    }

    @Test
    void a_dialect_that_comes_while_the_hub_runs_has_its_queue_counted() {
        Mockito.when(broker.depths()).thenReturn(Map.of("hub.ledger", 0L));
        reading.take();
        assertThat(queue("intake.new")).isNull();

        Mockito.when(broker.depths()).thenReturn(Map.of("hub.ledger", 0L, "intake.new", 7L));
        reading.take();
        assertThat(queue("intake.new").value()).isEqualTo(7);
    }

    private double value(String name) {
        return meters.get(name).gauge().value();
    }

    private Gauge queue(String name) {
        return meters.find("hub.queue.messages").tag("queue", name).gauge();
    }
}
