package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.referralhub.message.MessageType;

/**
 * A canonical message that becomes a document of a dialect, and canonical again, says what it said, but for what the dialect's
 * {@code dialect.yaml} declares under {@code roundTrip}.
 */
class RoundTripTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Dialects DIALECTS = SamplesTest.load();
    private static final Translator TRANSLATOR = new Translator(DIALECTS);
    private static final int REFERRALS = 20_000;
    private static final int OTHERS_OF_EACH_TYPE = 250;
    /** What one thread makes and compares before it takes the next. */
    private static final int AT_ONCE = 250;

    @TestFactory
    Stream<DynamicTest> a_message_of_each_type_comes_back_as_it_went() {
        return DIALECTS.all().stream().flatMap(dialect -> Stream.of(MessageType.values())
                // Only the hub says this, so that it never comes back.
                .filter(type -> type != MessageType.RECEIPT)
                .map(type -> dynamicTest(dialect.name() + " " + type, () -> thereAndBack(dialect, type))));
    }

    @Test
    void a_difference_that_is_not_declared_is_seen() {
        Differences none = new Differences(Set.of(), Set.of(), Set.of());
        ObjectNode message = new GeneratedMessages(1).next(MessageType.REQUEST);
        ObjectNode altered = message.deepCopy();
        altered.withObject("/body").put("urgency", "NEVER");
        assertThat(none.told(altered)).isNotEqualTo(none.told(message));
    }

    private static void thereAndBack(Dialect dialect, MessageType type) {
        Differences differences = Differences.of(dialect);
        int messages = type == MessageType.REQUEST ? REFERRALS : OTHERS_OF_EACH_TYPE;
        IntStream.range(0, messages / AT_ONCE).parallel().forEach(part -> {
            GeneratedMessages generated = new GeneratedMessages(20261120 + 1000L * type.ordinal() + part);
            for (int i = 0; i < AT_ONCE; i++) {
                ObjectNode canonical = generated.next(type);
                Codec.Read read = dialect.codec()
                        .read(TRANSLATOR.outbound(dialect.name(), canonical).bytes());
                assertThat(read.findings()).isEmpty();
                ObjectNode back = (ObjectNode) dialect.toCanonical().apply(read.tree());
                JsonNode told = differences.told(canonical);
                JsonNode understood = differences.told(back);
                if (!understood.equals(told)) {
                    // Said in full only when it differs: the texts are long.
                    assertThat(understood).as("message %d of part %d", i, part).isEqualTo(told);
                }
            }
        });
    }

    /**
     * What may differ.
     *
     * @param lost pointers of fields that do not come back
     * @param unordered pointers of lists that come back in another order
     * @param sameInstant pointers of times that come back written in another way
     */
    private record Differences(Set<String> lost, Set<String> unordered, Set<String> sameInstant) {
        static Differences of(Dialect dialect) {
            JsonNode file = read(dialect.folder());
            if (file.has("like")) {
                file = read(dialect.folder().resolveSibling(file.path("like").asText()));
            }
            Differences differences = new Differences(
                    pointers(file.at("/roundTrip/lost")),
                    pointers(file.at("/roundTrip/unordered")),
                    pointers(file.at("/roundTrip/sameInstant")));
            if (dialect.toCanonical() != Mapping.IDENTITY) {
                differences.lost.addAll(Set.of("REQUEST /referralId", "REQUEST /body/consent/withholdFrom"));
                differences.lost.add("AMEND /body/changes/consent/withholdFrom");
            }
            return differences;
        }

        private static JsonNode read(Path folder) {
            try {
                return YAML.readTree(Files.readAllBytes(folder.resolve("dialect.yaml")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** {@code REQUEST/child/sex} as {@code REQUEST /body/child/sex}, and what an AMEND has in its place. */
        private static Set<String> pointers(JsonNode fields) {
            Set<String> pointers = new HashSet<>();
            for (JsonNode field : fields) {
                int slash = field.asText().indexOf('/');
                String type = field.asText().substring(0, slash);
                pointers.add(type + " /body" + field.asText().substring(slash));
                if (type.equals(MessageType.REQUEST.name())) {
                    pointers.add("AMEND /body/changes" + field.asText().substring(slash));
                }
            }
            return pointers;
        }

        /** The message without what may differ, and without what is empty. */
        JsonNode told(ObjectNode message) {
            return told(message, message.path("messageType").asText() + " ");
        }

        private JsonNode told(JsonNode node, String at) {
            if (node.isObject()) {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    String pointer = at + "/" + field.getKey();
                    JsonNode value = told(field.getValue(), pointer);
                    if (!lost.contains(pointer) && !value.isNull() && (!value.isContainerNode() || !value.isEmpty())) {
                        object.set(field.getKey(), value);
                    }
                }
                return object;
            }
            if (node.isArray()) {
                List<JsonNode> elements = new ArrayList<>();
                node.forEach(element -> elements.add(told(element, at)));
                if (unordered.contains(at)) {
                    elements.sort(Comparator.comparing(JsonNode::toString));
                }
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                return array.addAll(elements);
            }
            return sameInstant.contains(at) && node.asText().contains("T")
                    ? TextNode.valueOf(instant(node.asText()).toString())
                    : node;
        }

        private static Instant instant(String time) {
            return OffsetDateTime.parse(time).toInstant();
        }
    }
}
