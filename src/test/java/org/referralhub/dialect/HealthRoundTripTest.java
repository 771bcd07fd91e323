package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.message.MessageType;

/** A canonical message that becomes FHIR, in JSON or in XML, and canonical again says what it said. */
class HealthRoundTripTest {
    private static final Dialects DIALECTS = SamplesTest.load();
    private static final Dialect HEALTH = DIALECTS.find("health").orElseThrow();
    private static final Translator TRANSLATOR = new Translator(DIALECTS);
    private static final int MESSAGES_OF_EACH_TYPE = 160;
    private static final int IN_XML_ONE_OF = 4;

    @ParameterizedTest
    @EnumSource(
            value = MessageType.class,
            mode = EnumSource.Mode.EXCLUDE,
            // Only the hub says this, so that it never comes back.
            names = "RECEIPT")
    void a_message_of_each_type_comes_back_as_it_went(MessageType type) {
        GeneratedMessages messages = new GeneratedMessages(20261120 + type.ordinal());
        for (int i = 0; i < MESSAGES_OF_EACH_TYPE; i++) {
            ObjectNode canonical = messages.next(type);
            byte[] json = TRANSLATOR.outbound("health", canonical).bytes();

            assertThat(back(json)).as("message %d in JSON", i).isEqualTo(told(canonical));
            if (i % IN_XML_ONE_OF == 0) {
                JsonNode tree = HEALTH.codec().read(json).tree();
                byte[] xml = FhirXml.write(tree).getBytes(StandardCharsets.UTF_8);
                assertThat(back(xml)).as("message %d in XML", i).isEqualTo(told(canonical));
            }
        }
    }

    private static JsonNode back(byte[] document) {
        Codec.Read read = HEALTH.codec().read(document);
        assertThat(read.findings()).isEmpty();
        return pruned(HEALTH.toCanonical().apply(read.tree()), "");
    }

    /** The message without what README.md of the dialect says that is not told. */
    private static JsonNode told(ObjectNode canonical) {
        ObjectNode told = canonical.deepCopy();
        if (told.path("messageType").asText().equals("REQUEST")) {
            // The hub gives it anew.
            told.remove("referralId");
        }
        for (String body : new String[] {"/body", "/body/changes"}) {
            if (told.at(body + "/consent") instanceof ObjectNode consent) {
                consent.remove("withholdFrom");
            }
        }
        return pruned(told, "");
    }

    /** Without what is empty, times with seconds. */
    private static JsonNode pruned(JsonNode node, String name) {
        if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                JsonNode value = pruned(field.getValue(), field.getKey());
                if (!value.isNull() && (!value.isContainerNode() || !value.isEmpty())) {
                    object.set(field.getKey(), value);
                }
            }
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> array.add(pruned(element, name)));
            return array;
        }
        return (name.equals("until") || name.equals("expectedBy")) && node.isTextual()
                ? TextNode.valueOf(node.textValue().replaceFirst("T([0-9]{2}:[0-9]{2})(Z|[+-])", "T$1:00$2"))
                : node;
    }
}
