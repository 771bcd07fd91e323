package org.referralhub.flow;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.apache.camel.component.jms.JmsConstants;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.dialect.Outbound;
import org.referralhub.disclosure.Projection;
import org.referralhub.message.Headers;
import org.referralhub.message.Queues;

/** The last stage: what one recipient may see, in its own dialect, into its own inbox. */
public final class Delivery {
    private final Supplier<Handbook> handbook;
    private final ObjectMapper json;

    /** @param handbook asked once for each message */
    public Delivery(Supplier<Handbook> handbook, ObjectMapper json) {
        this.handbook = handbook;
        this.json = json;
    }

    /**
     * One recipient's view of a message.
     *
     * @param recipient who may see it
     * @param projection what is left of the message for this recipient, and on what basis
     * @param handbook by which it was made, and is translated
     * @param letter the dead letter that it is sent again from; null when it goes the first time
     */
    public record View(
            Agency recipient,
            Projection projection,
            Handbook handbook,
            @Nullable String letter) {}

    /**
     * Cuts the canonical message down to what the recipient's kind may see.
     *
     * @throws UnknownAgencyException when the recipient has left the registry since the ledger chose it
     * @throws ProcessEndedException when the process has ended with this message in hand too often
     */
    public View minimise(
            @Body byte[] canonical,
            @Header(Headers.RECIPIENT) String recipient,
            @Header(Headers.REPLAY_OF) @Nullable String letter,
            @ExchangeProperty(StagePolicies.ENDS) @Nullable Integer ends)
            throws IOException {
        if (ends != null) {
            throw new ProcessEndedException(ends);
        }
        Handbook now = handbook.get();
        Agency agency = now.agencies().find(recipient).orElseThrow(() -> new UnknownAgencyException(recipient));
        ObjectNode message = json.readValue(canonical, ObjectNode.class);
        return new View(agency, now.disclosure().project(message, agency), now, letter);
    }

    /** Translates the view and addresses it to the recipient's inbox. */
    public byte[] translate(@Variable("view") View view, @org.apache.camel.Headers Map<String, Object> headers) {
        Outbound outbound = view.handbook()
                .translator()
                .outbound(view.recipient().dialect(), view.projection().canonical());
        headers.remove(Headers.RECIPIENT);
        headers.remove(Headers.REPLAY_OF);
        headers.put(Headers.CONTENT_TYPE, outbound.contentType());
        headers.put(
                JmsConstants.JMS_DESTINATION_NAME, Queues.inbox(view.recipient().id()));
        return outbound.bytes();
    }
}
