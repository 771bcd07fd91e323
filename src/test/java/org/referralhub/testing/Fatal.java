package org.referralhub.testing;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.referralhub.ledger.Failpoint;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.message.Headers;
import org.springframework.beans.factory.ObjectProvider;
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
@ConditionalOnProperty("hub.test.fatal")
public class Fatal {
    /** Begins the id of a message that ends the process when it is checked. */
    public static final String IN_INTAKE = "ends-in-intake";
    /** Begins the id of a message that ends the process when it is translated for the police. */
    public static final String IN_DELIVERY = "ends-in-delivery";
    /** Begins the id of a message that ends the process when the ledger has recorded it and the broker does not know. */
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

    @Bean
    Failpoint fatalLedger(ObjectProvider<LedgerDatabase> database) {
        return place -> {
            if (place == Failpoint.Place.AFTER_DATABASE_COMMIT && isFatal(database.getObject())) {
                Runtime.getRuntime().halt(SIGKILL);
            }
        };
    }

    /** Until the message is at the desk. */
    private static boolean isFatal(LedgerDatabase database) {
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select exists (select 1 from message where message_id like '"
                        + IN_LEDGER + "%') and not exists (select 1 from letter where message_id like '"
                        + IN_LEDGER + "%')")) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
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
                    if (body.contains(marker) && recipient.startsWith("police")) {
                        Runtime.getRuntime().halt(SIGKILL);
                    }
                    return super.process(exchange, callback);
                }
            };
        }
    }
}
