package org.referralhub.flow;

import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.sql.SQLTransientException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.RuntimeCamelException;
import org.jspecify.annotations.Nullable;
import org.referralhub.courier.UndeliveredException;
import org.referralhub.dialect.TranslationException;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells failures that may heal from those that will not. It only classifies: the one who tries again is the broker, by its
 * address settings. What nobody has classified is permanent, since trying it again would only delay its repair.
 */
public final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private final int attempts;

    /**
     * @param attempts how often a message is tried in all; at most the broker's {@code max-delivery-attempts}, or the broker
     *     would give the message up before its cause is written down
     */
    public Failures(int attempts) {
        this.attempts = attempts;
    }

    /** True when the message should go back to its queue to be tried again. */
    public boolean mayHeal(
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable failure,
            @Header(DoorBinding.DELIVERY_COUNT) @Nullable Integer attempt) {
        UndeliveredException undelivered = undelivered(failure);
        // How long a document is tried is its agency's affair.
        boolean again = undelivered != null
                ? undelivered.next() == UndeliveredException.Next.AGAIN
                : isTransient(failure) && (attempt == null || attempt < attempts);
        LOG.warn(
                "Attempt {} failed and {}: {}",
                attempt == null ? 1 : attempt,
                again ? "will be repeated" : "goes to the desk",
                names(failure));
        return again;
    }

    /**
     * Sets the properties that tell the desk where and why a message failed. An exception's text may quote the message, so
     * only class names leave.
     */
    public void describe(
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable failure,
            @ExchangeProperty(Exchange.FAILURE_ROUTE_ID) @Nullable String route,
            @Header(DoorBinding.DELIVERY_COUNT) @Nullable Integer attempt,
            @org.apache.camel.Headers Map<String, Object> headers) {
        Throwable root = root(failure);
        headers.put(Headers.KIND, LedgerKind.DEAD.name());
        headers.put(Headers.DEAD_ORIGIN, origin(route));
        headers.put(Headers.DEAD_STAGE, route == null ? "unknown" : route);
        headers.put(Headers.DEAD_CAUSE, cause(root));
        headers.put(Headers.DEAD_EXCEPTION, names(failure));
        headers.put(Headers.DEAD_CLASS, classOf(failure, root));
        headers.put(Headers.DEAD_ATTEMPTS, attempt == null ? 1 : attempt);
        headers.remove(DoorBinding.DELIVERY_COUNT);
        headers.remove(DoorBinding.TIMESTAMP);
    }

    /** Class names from the outermost to the root; their texts may quote a message. */
    static String names(Throwable failure) {
        Throwable root = root(failure);
        return root == failure
                ? failure.getClass().getName()
                : failure.getClass().getName() + " < " + root.getClass().getName();
    }

    private static String origin(@Nullable String route) {
        if (route == null) {
            return "unknown";
        }
        if (route.startsWith("courier-")) {
            return Queues.inbox(route.substring("courier-".length()));
        }
        return route.startsWith("intake-") ? "intake." + route.substring("intake-".length()) : Queues.DELIVERY;
    }

    /** The code of the cause with which this failure would be at the desk. */
    static String code(Throwable failure) {
        return cause(root(failure));
    }

    private static String cause(Throwable root) {
        if (root instanceof UndeliveredException undelivered) {
            return undelivered.code();
        }
        if (root instanceof TranslationException) {
            return "translation-failed";
        }
        if (root instanceof UnknownAgencyException) {
            return "unknown-agency";
        }
        if (root instanceof ProcessEndedException) {
            return "process-ended";
        }
        if (root instanceof JMSException) {
            return "broker-failed";
        }
        return "unexpected-failure";
    }

    private static @Nullable UndeliveredException undelivered(Throwable failure) {
        return root(failure) instanceof UndeliveredException undelivered ? undelivered : null;
    }

    private static String classOf(Throwable failure, Throwable root) {
        if (root instanceof UndeliveredException undelivered) {
            return undelivered.next() == UndeliveredException.Next.REFUSED ? "permanent" : "exhausted";
        }
        if (isTransient(failure) || root instanceof ProcessEndedException) {
            return "exhausted";
        }
        return root instanceof TranslationException || root instanceof UnknownAgencyException ? "permanent" : "unknown";
    }

    private static boolean isTransient(Throwable failure) {
        Throwable root = root(failure);
        if (root instanceof InvalidDestinationException) {
            return false;
        }
        return root instanceof JMSException
                || root instanceof IOException
                || root instanceof SQLTransientException
                || failure instanceof org.springframework.jms.JmsException;
    }

    private static Throwable root(Throwable failure) {
        Throwable current = failure;
        while (current.getCause() != null
                && current.getCause() != current
                && (current instanceof RuntimeCamelException
                        || current instanceof org.springframework.jms.JmsException
                        || current.getCause() instanceof JMSException
                        || current.getCause() instanceof TranslationException
                        || current.getCause() instanceof UndeliveredException)) {
            current = current.getCause();
        }
        return current;
    }
}
