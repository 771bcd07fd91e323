package org.referralhub.flow;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.jms.JmsMessage;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.jspecify.annotations.Nullable;
import org.referralhub.broker.InHand;
import org.referralhub.message.Headers;
import org.referralhub.trace.LogContext;
import org.referralhub.trace.Stage;
import org.referralhub.trace.Traces;

/** Measures, traces and names in the log what the routes of a stage have in hand. A route knows nothing of it. */
final class StagePolicies implements RoutePolicyFactory {
    /** Property of an exchange: W3C trace context for what is sent from it. */
    static final String TRACE = "hubTrace";

    /** Property of an exchange: at how many ends of the process in a row its message was in hand, when these are too many. */
    static final String ENDS = "hubEnds";

    private static final String BEGUN = "hubStage";
    private static final String DELIVER = "deliver";
    private static final String INTAKE_ROUTES = "intake-";
    private static final String COURIER_ROUTES = "courier-";

    private final Traces traces;
    private final InHand inHand;
    private final Map<String, Stage> stages;

    StagePolicies(MeterRegistry meters, Traces traces, InHand inHand) {
        this.traces = traces;
        this.inHand = inHand;
        this.stages = Map.of(
                Stage.INTAKE, new Stage(meters, Stage.INTAKE),
                Stage.DELIVERY, new Stage(meters, Stage.DELIVERY),
                Stage.COURIER, new Stage(meters, Stage.COURIER));
    }

    @Override
    public @Nullable RoutePolicy createRoutePolicy(CamelContext camel, String routeId, NamedNode definition) {
        String name = stage(routeId);
        Stage stage = name == null ? null : stages.get(name);
        if (name == null || stage == null) {
            return null;
        }
        String agency = routeId.startsWith(COURIER_ROUTES) ? routeId.substring(COURIER_ROUTES.length()) : null;
        // What a courier has in hand is a document of the hub's own making, and may take it as long as its server
        // likes.
        return new Policy(name, stage, agency, traces, agency == null ? inHand : InHand.NONE);
    }

    private static @Nullable String stage(String routeId) {
        if (routeId.equals(DELIVER)) {
            return Stage.DELIVERY;
        }
        if (routeId.startsWith(INTAKE_ROUTES)) {
            return Stage.INTAKE;
        }
        return routeId.startsWith(COURIER_ROUTES) ? Stage.COURIER : null;
    }

    /** What has begun with a message and is to end. */
    private record Begun(Traces.Step step, InHand.Hold hold, long at) {}

    private static final class Policy extends RoutePolicySupport {
        private final String name;
        private final Stage stage;
        /** Whose inbox a courier empties; null in the other stages, where the message says whose it is. */
        private final @Nullable String courierOf;

        private final Traces traces;
        private final InHand inHand;

        Policy(String name, Stage stage, @Nullable String courierOf, Traces traces, InHand inHand) {
            this.name = name;
            this.stage = stage;
            this.courierOf = courierOf;
            this.traces = traces;
            this.inHand = inHand;
        }

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            Message message = exchange.getIn();
            String agency = agency(message);
            Traces.Step step = traces.begin(name, text(message, Headers.TRACE));
            LogContext.begin(name, agency, text(message, Headers.REFERENCE), step.trace());
            if (traces.isOn()) {
                step.note("hub.agency", agency);
            }
            String context = step.context();
            if (context != null) {
                exchange.setProperty(TRACE, context);
                message.setHeader(Headers.TRACE, context);
            }
            Integer attempt = message.getHeader(DoorBinding.DELIVERY_COUNT, Integer.class);
            if (attempt != null && attempt > 1) {
                stage.retried();
            }
            InHand.Hold hold = InHand.Hold.NOTHING;
            if (message instanceof JmsMessage jms && jms.getJmsMessage() != null) {
                int ends = inHand.ends(jms.getJmsMessage());
                if (ends >= InHand.ENDS) {
                    exchange.setProperty(ENDS, ends);
                }
                hold = inHand.take(jms.getJmsMessage());
            }
            exchange.setProperty(BEGUN, new Begun(step, hold, System.nanoTime()));
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            try {
                Begun begun = exchange.getProperty(BEGUN, Begun.class);
                if (begun == null) {
                    return;
                }
                begun.hold().close();
                stage.took(Duration.ofNanos(System.nanoTime() - begun.at()));
                Message message = exchange.getMessage();
                String cause = text(message, Headers.DEAD_CAUSE);
                if (cause != null) {
                    stage.failed();
                }
                if (traces.isOn()) {
                    tell(begun.step(), message, cause, exchange.getException() != null);
                }
                begun.step().end();
            } finally {
                LogContext.end();
            }
        }

        private static void tell(Traces.Step step, Message message, @Nullable String cause, boolean rolledBack) {
            step.note("hub.dialect", text(message, Headers.DIALECT));
            step.note("hub.message.type", text(message, Headers.MESSAGE_TYPE));
            step.note("hub.urgency", text(message, Headers.URGENCY));
            step.note("hub.referral", text(message, Headers.REFERRAL_ID));
            step.note("hub.delivery", text(message, Headers.DELIVERY_ID));
            if (cause != null) {
                step.fail(cause);
            } else if (rolledBack) {
                step.fail("tried-again");
            }
        }

        private @Nullable String agency(Message message) {
            if (courierOf != null) {
                return courierOf;
            }
            return text(message, name.equals(Stage.DELIVERY) ? Headers.RECIPIENT : Headers.SENDER);
        }

        private static @Nullable String text(Message message, String header) {
            return message.getHeader(header) instanceof String text ? text : null;
        }
    }
}
