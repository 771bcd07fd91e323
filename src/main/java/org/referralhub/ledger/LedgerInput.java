package org.referralhub.ledger;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.LedgerKind;

/**
 * One message as the ledger took it from a queue.
 *
 * @param token identifies this JMS message, the same on each redelivery
 * @param kind what it tells; null on a dead letter that the broker itself made
 * @param properties the hub's own properties (see {@link org.referralhub.message.Headers}) and the broker's notes on the
 *     origin of a dead letter; nothing else
 * @param body the bytes as they came
 */
public record LedgerInput(String token, @Nullable LedgerKind kind, Map<String, String> properties, byte[] body) {

    public LedgerInput {
        properties = Map.copyOf(properties);
    }

    /** The property's value, or null. */
    public @Nullable String property(String name) {
        return properties.get(name);
    }

    /** The property's value. */
    public String property(String name, String otherwise) {
        return properties.getOrDefault(name, otherwise);
    }

    /** The body is personal and stays out of logs. */
    @Override
    public String toString() {
        return "LedgerInput[token=%s, kind=%s, body=%d bytes]".formatted(token, kind, body.length);
    }
}
