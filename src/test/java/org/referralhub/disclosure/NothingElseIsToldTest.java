package org.referralhub.disclosure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.referralhub.agency.Agency;
import org.referralhub.agency.TestAgencies;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.dialect.Dialect;
import org.referralhub.dialect.Dialects;
import org.referralhub.dialect.GeneratedMessages;
import org.referralhub.dialect.TranslationException;
import org.referralhub.dialect.Translator;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Finding;
import org.referralhub.message.MessageType;
import org.referralhub.message.Report;
import org.slf4j.LoggerFactory;

/**
 * What a recipient may not see makes no difference to what it gets, in any dialect: two messages that differ in nothing else
 * become the same bytes. And what a message says comes back in no report, refusal, receipt, exception or line of the log.
 */
class NothingElseIsToldTest {
    private static final HubHome HOME = new HubHome(Path.of("").toAbsolutePath());
    private static final Instant NOW = Instant.parse("2026-11-20T15:40:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();
    /** No word of any language, dialect or code list. */
    private static final String SECRET = "QQsecretQQ";

    private static final int MESSAGES = 12;
    private static final String RECIPIENT = "an-agency";
    /** What may say of whom it is hidden. */
    private static final Set<MessageType> HIDES = EnumSet.of(MessageType.REQUEST, MessageType.AMEND);

    /** A cell that the hub has written. */
    private static final Pattern CSV_VALUE = Pattern.compile("(?<=[;\n]\")(?:[^\"]|\"\")*(?=\"[;\r])");

    private static final Pattern XML_VALUE = Pattern.compile("(?<=>)[^<>\\s][^<>]*(?=<)|(?<=value=\")[^\"]+(?=\")");

    private static Dialects dialects;
    private static Translator translator;
    private static Disclosure disclosure;
    private static final Map<String, Field> FIELDS = new TreeMap<>();
    private static final Map<String, Matrix.Row> ROWS = new TreeMap<>();
    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();
    private static Level before;

    @BeforeAll
    static void load() {
        Faults faults = new Faults();
        Places places = Places.load(HOME, faults);
        dialects = Dialects.load(HOME, CodeLists.load(HOME, faults), places, faults);
        translator = new Translator(dialects);
        Matrix matrix = MatrixFile.read(HOME.config().resolve("disclosure.csv"), faults);
        disclosure = new Disclosure(matrix);
        for (Matrix.Row row : matrix.rows()) {
            for (Field field : row.fields()) {
                String name = (field.type() == null ? "" : field.type()) + "/" + String.join("/", field.path());
                FIELDS.put(name, field);
                ROWS.put(name, row);
            }
        }
        faults.throwIfAny();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Logger own = (Logger) LoggerFactory.getLogger("org.referralhub");
        before = own.getLevel();
        own.setLevel(Level.TRACE);
        LOG.start();
        root.addAppender(LOG);
    }

    @AfterAll
    static void stopListening() {
        ((Logger) LoggerFactory.getLogger("org.referralhub")).setLevel(before);
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(LOG);
    }

    @ParameterizedTest
    @EnumSource(AgencyKind.class)
    void what_a_kind_may_not_see_makes_no_difference_to_what_it_gets(AgencyKind kind) {
        int differing = 0;
        int withheld = 0;
        for (MessageType type : EnumSet.complementOf(EnumSet.of(MessageType.RECEIPT))) {
            GeneratedMessages generated = new GeneratedMessages(108L * kind.ordinal() + type.ordinal());
            Agency recipient = TestAgencies.agency(RECIPIENT, kind);
            for (int i = 0; i < MESSAGES; i++) {
                ObjectNode message = generated.next(type);
                boolean unknown = i % 3 == 0
                        && content(message, type) instanceof ObjectNode content
                        && HIDES.contains(type)
                        && withhold(content, i % 2 == 0 ? RECIPIENT : kind.name());
                ObjectNode twin = unknown ? stranger(message, type) : twin(message, type, kind);
                differing += twin.equals(message) ? 0 : 1;
                Projection projection = disclosure.project(message, recipient);
                ObjectNode shown = projection.canonical();
                ObjectNode shownOfTwin = disclosure.project(twin, recipient).canonical();
                if (unknown) {
                    withheld++;
                    assertThat(projection.basis()).isEqualTo(Disclosure.WITHHELD);
                    assertThat(beyondRouting(shown, type))
                            .as("%s %d to %s", type, i, kind)
                            .isEmpty();
                }
                assertThat(shownOfTwin).as("%s %d to %s", type, i, kind).isEqualTo(shown);
                for (Dialect dialect : dialects.all()) {
                    String got = text(translator.outbound(dialect.name(), shown).bytes());
                    assertThat(text(translator
                                    .outbound(dialect.name(), shownOfTwin)
                                    .bytes()))
                            .as("%s %d to %s in %s", type, i, kind, dialect.name())
                            .isEqualTo(got)
                            .doesNotContain(SECRET);
                }
            }
        }
        assertThat(differing).as("messages that say more than the kind may see").isGreaterThan(MESSAGES);
        assertThat(withheld).as("messages of which it may not know").isEqualTo(HIDES.size() * MESSAGES / 3);
        nothingInTheLog();
    }

    static Stream<String> dialects() {
        return Stream.of(
                "canonical", "health", "health-xml", "helpline", "one-stop", "police", "school", "social-work");
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void what_a_faulty_message_says_comes_back_in_no_report_and_no_receipt(String name) {
        Dialect dialect = dialects.find(name).orElseThrow();
        Random random = new Random(name.hashCode());
        int refused = 0;
        for (MessageType type : EnumSet.complementOf(EnumSet.of(MessageType.RECEIPT))) {
            GeneratedMessages generated = new GeneratedMessages(type.ordinal());
            for (int i = 0; i < MESSAGES; i++) {
                String document =
                        text(translator.outbound(name, generated.next(type)).bytes());
                byte[] spoilt = spoilt(document, dialect, random).getBytes(StandardCharsets.UTF_8);
                Report report =
                        translator.inbound(name, "an-agency", spoilt, NOW).report();
                refused += report.findings().stream().anyMatch(Finding::refuses) ? 1 : 0;
                assertThat(report.findings())
                        .noneMatch(finding -> finding.toString().contains(SECRET));
                for (Dialect other : dialects.all()) {
                    assertThat(text(translator
                                    .outbound(other.name(), receipt(report))
                                    .bytes()))
                            .doesNotContain(SECRET);
                }
            }
        }
        assertThat(refused).as("messages that were refused").isGreaterThan(MESSAGES);
        nothingInTheLog();
    }

    /** A mapping or a schema that does not bear what it gets says so without repeating it. */
    @ParameterizedTest
    @MethodSource("dialects")
    void what_cannot_be_written_is_not_repeated(String name) {
        GeneratedMessages generated = new GeneratedMessages(1);
        int failed = 0;
        for (int i = 0; i < MESSAGES; i++) {
            ObjectNode message = generated.next(MessageType.REQUEST);
            message.put("sentAt", SECRET).put("messageId", SECRET + " " + SECRET);
            message.withObject("/body")
                    .put("urgency", SECRET)
                    .put("child", SECRET)
                    .put("concerns", SECRET);
            try {
                translator.outbound(name, message);
            } catch (TranslationException e) {
                failed++;
                StringWriter trace = new StringWriter();
                e.printStackTrace(new PrintWriter(trace));
                assertThat(trace.toString()).doesNotContain(SECRET);
                assertThat(e.report().findings())
                        .noneMatch(finding -> finding.toString().contains(SECRET));
            }
        }
        assertThat(failed).as("messages that could not be written").isPositive();
        nothingInTheLog();
    }

    private static void nothingInTheLog() {
        assertThat(List.copyOf(LOG.list))
                .noneMatch(event -> event.getFormattedMessage().contains(SECRET)
                        || (event.getThrowableProxy() != null
                                && String.valueOf(event.getThrowableProxy().getMessage())
                                        .contains(SECRET)));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A receipt that tells this report. */
    private static ObjectNode receipt(Report report) {
        ObjectNode receipt = JsonNodeFactory.instance.objectNode();
        receipt.put("messageId", "receipt-1");
        receipt.put("messageType", "RECEIPT");
        receipt.put("sentAt", "2026-11-20T23:40:00+08:00");
        receipt.put("sender", "hub");
        ObjectNode body = receipt.putObject("body");
        body.put("status", "refused");
        ArrayNode findings = body.putArray("findings");
        for (Finding finding : report.findings()) {
            findings.addObject()
                    .put("severity", finding.severity().name().toLowerCase(java.util.Locale.ROOT))
                    .put("code", finding.code())
                    .put("pointer", finding.pointer())
                    .put("line", finding.line())
                    .put("column", finding.column())
                    .put("mn", finding.message().mn())
                    .put("en", finding.message().en());
        }
        return receipt;
    }

    /** The document with the secret in place of, or behind, every third of its values. */
    private static String spoilt(String document, Dialect dialect, Random random) {
        UnaryOperator<String> spoil = value -> switch (random.nextInt(9)) {
            case 0 -> SECRET;
            case 1 -> value + SECRET;
            case 2 -> SECRET + "\u0007".repeat(dialect.mediaTypes().get(0).contains("xml") ? 0 : 1);
            default -> value;
        };
        if (dialect.mediaTypes().get(0).contains("xml")) {
            return XML_VALUE
                    .matcher(document)
                    .replaceAll(found -> Matcher.quoteReplacement(spoil.apply(found.group())));
        }
        if (dialect.mediaTypes().get(0).equals("text/csv")) {
            int header = document.indexOf("\r\n");
            return document.substring(0, header)
                    + CSV_VALUE
                            .matcher(document.substring(header))
                            .replaceAll(found -> Matcher.quoteReplacement(spoil.apply(found.group())));
        }
        try {
            return spoilt(JSON.readTree(document), spoil).toString();
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError("the hub has written no JSON");
        }
    }

    private static JsonNode spoilt(JsonNode node, UnaryOperator<String> spoil) {
        if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            node.properties().forEach(field -> object.set(field.getKey(), spoilt(field.getValue(), spoil)));
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> array.add(spoilt(element, spoil)));
            return array;
        }
        String value = node.asText();
        String other = spoil.apply(value);
        return other.equals(value) ? node : TextNode.valueOf(other);
    }

    /** Where what is said of the child stands. */
    private static JsonNode content(ObjectNode message, MessageType type) {
        JsonNode body = message.path("body");
        return type == MessageType.AMEND ? body.path("changes") : body;
    }

    private static boolean withhold(ObjectNode content, String name) {
        content.withObject("/consent").withArray("/withholdFrom").add(name);
        return true;
    }

    /** The message with other values in every field but those of the routing. */
    private static ObjectNode stranger(ObjectNode message, MessageType type) {
        ObjectNode stranger = message.deepCopy();
        leaves(
                content(stranger, type),
                "REQUEST",
                (name, leaf) -> isRouting(name) || name.contains("/withholdFrom/") ? leaf : other(leaf));
        return stranger;
    }

    private static boolean isRouting(String name) {
        return ROWS.containsKey(name) && ROWS.get(name).group().equals(Matrix.ROUTING);
    }

    /** Names of the values outside the routing, but for words that stand where a message must have some. */
    private static Set<String> beyondRouting(ObjectNode shown, MessageType type) {
        Set<String> beyond = new TreeSet<>();
        ObjectNode envelope = shown.deepCopy();
        leaves(envelope.remove("body"), type.name(), (name, leaf) -> {
            String field = name.replaceFirst("^AMEND/changes/", "REQUEST/");
            if (!isRouting(field)
                    && !(field.equals("REQUEST/concerns/*") && leaf.asText().equals("UNKNOWN"))) {
                beyond.add(field);
            }
            return leaf;
        });
        leaves(envelope, "", (name, leaf) -> {
            if (!isRouting(name)) {
                beyond.add(name);
            }
            return leaf;
        });
        return beyond;
    }

    /** The message with other values in every field of which this kind may not see the value. */
    private static ObjectNode twin(ObjectNode message, MessageType type, AgencyKind kind) {
        JsonNode content = content(message, type);
        JsonNode consent = content.path("consent");
        boolean condition = consent.path("disclosure").asBoolean()
                || (consent.path("overridden").asBoolean()
                        && !consent.path("overrideReason").asText().isBlank())
                || (kind == AgencyKind.COURT
                        && content.path("legalBasis").asText().equals("LEGAL_OBLIGATION"));
        ObjectNode twin = message.deepCopy();
        if (type == MessageType.AMEND) {
            alter(twin.path("body").path("changes"), "REQUEST", kind, condition);
            alter(twin.path("body"), type.name(), kind, condition);
        } else {
            alter(twin.path("body"), type.name(), kind, condition);
        }
        return twin;
    }

    private static void alter(JsonNode node, String name, AgencyKind kind, boolean condition) {
        leaves(node, name, (field, value) -> altered(value, field, kind, condition));
    }

    /** Puts in place of each value what is made of it and its name. */
    private static void leaves(JsonNode node, String name, BiFunction<String, JsonNode, JsonNode> change) {
        if (node instanceof ObjectNode object) {
            for (String key : names(object)) {
                object.set(key, changed(object.get(key), name + "/" + key, change));
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, changed(array.get(i), name + "/*", change));
            }
        }
    }

    private static JsonNode changed(JsonNode value, String name, BiFunction<String, JsonNode, JsonNode> change) {
        if (value.isContainerNode()) {
            leaves(value, name, change);
            return value;
        }
        return change.apply(name, value);
    }

    private static Set<String> names(ObjectNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode altered(JsonNode value, String name, AgencyKind kind, boolean condition) {
        Field field = FIELDS.get(name);
        // Whether the reporter stays unknown decides on the call-back number: that it does is no secret.
        if (field == null || name.equals("REQUEST/reporter/kind") || name.equals("REQUEST/reporter/anonymous")) {
            return value;
        }
        Access access = ROWS.get(name).access().get(kind);
        return switch (access) {
            case FULL -> value;
            case CONDITIONAL -> condition ? value : other(value);
            case NEVER, ENFORCED -> other(value);
            case LIMITED -> reducedAlike(value, field.limited());
        };
    }

    private static JsonNode other(JsonNode value) {
        return value.isBoolean()
                ? BooleanNode.valueOf(!value.asBoolean())
                : value.isNumber() ? IntNode.valueOf(value.asInt() + 1) : TextNode.valueOf(SECRET);
    }

    /** Another value of which the same is left, as far as there is one. */
    private static JsonNode reducedAlike(JsonNode value, Reduction reduction) {
        JsonNode left = reduction.apply(value);
        String text = value.asText();
        List<JsonNode> others = List.of(
                other(value),
                TextNode.valueOf(SECRET + text),
                TextNode.valueOf(text + SECRET),
                TextNode.valueOf(text.length() < 4 ? text : text.substring(0, 4) + "-01"));
        for (JsonNode other : others) {
            JsonNode leftOfOther = reduction.apply(other);
            if (left == null ? leftOfOther == null : left.equals(leftOfOther)) {
                return other;
            }
        }
        return value;
    }
}
