package org.referralhub.ledger;

import java.util.HashMap;
import java.util.Map;
import org.referralhub.message.Headers;

/**
 * A message that the ledger sends when its transaction has been committed.
 *
 * @param queue where to
 * @param priority JMS priority, 0 to 9
 * @param properties message properties, opaque ids and codes only
 * @param body the bytes
 */
public record Emission(String queue, int priority, Map<String, String> properties, byte[] body) {

    /** The same as part of a trace. */
    Emission tracedBy(String context) {
        Map<String, String> traced = new HashMap<>(properties);
        traced.put(Headers.TRACE, context);
        return new Emission(queue, priority, traced, body);
    }

    /** The body is personal and stays out of logs. */
    @Override
    public String toString() {
        return "Emission[queue=%s, properties=%s, body=%d bytes]".formatted(queue, properties, body.length);
    }
}
