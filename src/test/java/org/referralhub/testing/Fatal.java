package org.referralhub.testing;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.referralhub.ledger.Rulebook;
import org.referralhub.message.Headers;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * What a fault of the Java machine would be: a message whose id says so ends the process, without a word, where its id says. Only
 * in a process that a test has given this class to and told to be like this.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("test.fatal")
public class Fatal {
    /** Begins the id of a message that ends the process when it is checked. */
    public static final String IN_INTAKE = "ends-in-intake";
    /** Begins the id of a message that ends the process when it is translated for the police. */
    public static final String IN_DELIVERY = "ends-in-delivery";
    /** Begins the id of a message that ends the process while the ledger decides who gets it. */
    public static final String IN_LEDGER = "ends-in-ledger";

    private static final int SIGKILL = 137;

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    CamelContextConfiguration fatalSteps() {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext camel) {
                camel.getCamelContextExtension().addInterceptStrategy(new Steps());
            }

            @Override
            public void afterApplicationStart(CamelContext camel) {
                // Nothing more.
            }
        };
    }

    /** Choosing recipients is the one place where the ledger can be reached from outside before its commit. */
    @Bean
    static BeanPostProcessor fatalLedger() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return name.equals("rulebook") && bean instanceof Supplier<?> rules ? new Rules(rules) : bean;
            }
        };
    }

    /** The same rules again as long as the hub's are the same. */
    private static final class Rules implements Supplier<Rulebook> {
        private final Supplier<?> own;
        private Rulebook seen;
        private Rulebook fatal;

        Rules(Supplier<?> own) {
            this.own = own;
        }

        @Override
        public synchronized Rulebook get() {
            Rulebook now = (Rulebook) own.get();
            if (now != seen) {
                seen = now;
                fatal = new Rulebook(
                        now.version(),
                        (request, at) -> {
                            endIf(request.path("messageId").asText().startsWith(IN_LEDGER));
                            return now.recipients().apply(request, at);
                        },
                        now.views(),
                        now.agencies(),
                        now.responseTimes(),
                        now.ladder());
            }
            return fatal;
        }
    }

    private static void endIf(boolean fatal) {
        if (fatal) {
            Runtime.getRuntime().halt(SIGKILL);
        }
    }

    private static final class Steps implements InterceptStrategy {
        @Override
        public Processor wrapProcessorInInterceptors(
                CamelContext camel, NamedNode definition, Processor target, Processor nextTarget) {
            String id = String.valueOf(definition.getId());
            String marker = id.endsWith("check-and-translate")
                    ? IN_INTAKE
                    : id.endsWith("translate-for-recipient") ? IN_DELIVERY : null;
            if (marker == null) {
                return target;
            }
            return new DelegateAsyncProcessor(target) {
                @Override
                public boolean process(Exchange exchange, AsyncCallback callback) {
                    String body = new String(exchange.getMessage().getBody(byte[].class), StandardCharsets.UTF_8);
                    String recipient = exchange.getMessage().getHeader(Headers.RECIPIENT, "police", String.class);
                    endIf(body.contains(marker) && recipient.startsWith("police"));
                    return super.process(exchange, callback);
                }
            };
        }
    }
}
