package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** An office's system that understands and says canonical messages in the project's own dialects. */
public final class Speaker {
    private static final Dialects DIALECTS = SamplesTest.load();
    private static final Translator TRANSLATOR = new Translator(DIALECTS);

    private final Dialect dialect;

    public Speaker(String dialect) {
        this.dialect = DIALECTS.find(dialect).orElseThrow();
    }

    /** Names of all dialects. */
    public static List<String> dialects() {
        return List.copyOf(DIALECTS.names());
    }

    /** What a document says, but for what only the hub may say: that it is a receipt, and its id of a new referral. */
    public JsonNode understand(byte[] document) {
        Codec.Read read = dialect.codec().read(document);
        if (!read.findings().isEmpty()) {
            throw new IllegalArgumentException(dialect.name() + " " + read.findings());
        }
        return dialect.toCanonical().apply(read.tree());
    }

    /** The document that says this. */
    public byte[] say(ObjectNode message) {
        return TRANSLATOR.outbound(dialect.name(), message).bytes();
    }

    /** The media type of what it says. */
    public String mediaType() {
        return dialect.mediaTypes().get(0);
    }
}
