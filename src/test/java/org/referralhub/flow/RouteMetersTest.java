package org.referralhub.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** However many agencies there are, the metrics that are read from outside stay few. */
class RouteMetersTest {
    private static final int AGENCIES = 1000;

    private final SimpleMeterRegistry read = new SimpleMeterRegistry();

    @Test
    void a_thousand_agencies_with_couriers_and_collectors_have_as_many_series_as_one() throws Exception {
        int withOne = series(1);
        read.clear();

        assertThat(series(AGENCIES)).isEqualTo(withOne).isPositive();
    }

    private int series(int agencies) throws Exception {
        RouteMeters meters = new RouteMeters(read);
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            meters.policies().forEach(camel::addRoutePolicyFactory);
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:deliver").routeId("deliver").setBody(constant(""));
                    for (int i = 0; i < agencies; i++) {
                        from("direct:courier-" + i)
                                .routeId("courier-office-" + i)
                                .setBody(constant(""));
                        from("direct:collector-" + i)
                                .routeId("collector-office-" + i)
                                .setBody(constant(""));
                    }
                }
            });
            camel.start();
            try (ProducerTemplate template = camel.createProducerTemplate()) {
                template.sendBody("direct:deliver", "");
                for (int i = 0; i < agencies; i++) {
                    template.sendBody("direct:courier-" + i, "");
                    template.sendBody("direct:collector-" + i, "");
                }
            }
            RouteFigures figures = new RouteFigures(camel, meters);
            assertThat(figures.all()).hasSize(1 + 2 * agencies).allSatisfy(figure -> {
                assertThat(figure.messages()).as(figure.id()).isOne();
                assertThat(figure.meanMillis()).as(figure.id()).isNotNull();
            });
            assertThat(read.find("camel.exchanges.total")
                            .tag("routeId", "deliver")
                            .counters())
                    .hasSize(1);
            assertThat(read.getMeters())
                    .noneMatch(meter ->
                            String.valueOf(meter.getId().getTag("routeId")).contains("office"));
            return read.getMeters().size();
        }
    }
}
