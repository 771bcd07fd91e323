package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.message.MessageType;

/** A canonical message that becomes a row of a spreadsheet and canonical again says what it said. */
class SchoolRoundTripTest {
    private static final Dialects DIALECTS = SamplesTest.load();
    private static final Dialect SCHOOL = DIALECTS.find("school").orElseThrow();
    private static final Translator TRANSLATOR = new Translator(DIALECTS);
    /** 13 types, 20,020 messages. */
    private static final int MESSAGES_OF_EACH_TYPE = 1_540;

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
            byte[] document = TRANSLATOR.outbound("school", canonical).bytes();

            assertThat(TRANSLATOR.parts("school", document)).hasSize(1);
            Codec.Read read = SCHOOL.codec().read(document);
            assertThat(read.findings()).isEmpty();
            assertThat(pruned(SCHOOL.toCanonical().apply(read.tree()), false))
                    .as("message %d", i)
                    .isEqualTo(told(canonical));
        }
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
        return pruned(told, true);
    }

    /** Without what is empty, and with the white space at the ends of a text taken off. */
    private static JsonNode pruned(JsonNode node, boolean stripped) {
        if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                JsonNode value = pruned(field.getValue(), stripped);
                if (!value.isNull() && (!value.isContainerNode() || !value.isEmpty())) {
                    object.set(field.getKey(), value);
                }
            }
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> array.add(pruned(element, stripped)));
            return array;
        }
        return stripped && node.isTextual() ? TextNode.valueOf(node.textValue().strip()) : node;
    }
}
