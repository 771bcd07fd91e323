package org.referralhub.disclosure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.TestAgencies;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Text;
import org.referralhub.message.Withheld;

class DisclosureTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SCHEMAS = Path.of("schemas/canonical");
    private static final Matrix MATRIX = matrix();
    private static final Disclosure DISCLOSURE = new Disclosure(MATRIX);
    /** Fields that keep something of themselves, or stand for something, where access is limited; the rest is dropped. */
    private static final Map<String, String> REDUCED = Map.of(
            "REQUEST/child/registerNo", "******1614",
            "REQUEST/child/birthDate", "2003",
            "REQUEST/perpetrators/*/name", "Д.Б.");

    private static Matrix matrix() {
        Faults faults = new Faults();
        Matrix matrix = MatrixFile.read(Path.of("config/disclosure.csv"), faults);
        assertThat(faults.all()).isEmpty();
        return matrix;
    }

    @Test
    void the_file_carries_the_matrix_as_it_was_agreed() throws Exception {
        try (InputStream agreed = getClass().getResourceAsStream("matrix.csv")) {
            List<String> expected = new String(agreed.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            List<String> columns = Arrays.asList(
                    expected.get(0).substring("field_group,".length()).split(","));
            List<String> carried = new ArrayList<>(List.of(expected.get(0)));
            for (Matrix.Row row : MATRIX.rows()) {
                StringBuilder line =
                        new StringBuilder(row.group().contains(",") ? '"' + row.group() + '"' : row.group());
                for (String column : columns) {
                    line.append(',')
                            .append(row.access()
                                    .get(AgencyKind.valueOf(column))
                                    .name()
                                    .charAt(0));
                }
                carried.add(line.toString());
            }
            assertThat(carried).isEqualTo(expected);
        }
    }

    @Test
    void every_field_of_the_canonical_schemas_stands_in_one_group_and_no_other_field_does() throws Exception {
        Set<String> named = new TreeSet<>();
        MATRIX.rows().forEach(row -> row.fields().forEach(field -> named.add(name(field))));
        assertThat(named).isEqualTo(schemaFields());
    }

    /** Whatever the sender fills in, nothing outside the matrix reaches any kind; hundreds of seeded messages. */
    @ParameterizedTest
    @EnumSource(AgencyKind.class)
    void nothing_outside_the_matrix_reaches_a_kind(AgencyKind kind) throws Exception {
        Random random = new Random(kind.ordinal());
        Map<String, Access> access = new TreeMap<>();
        Map<String, Field> fields = new TreeMap<>();
        for (Matrix.Row row : MATRIX.rows()) {
            for (Field field : row.fields()) {
                access.put(name(field), row.access().get(kind));
                fields.put(name(field), field);
            }
        }
        for (int round = 0; round < 50; round++) {
            for (MessageType type : MessageType.values()) {
                ObjectNode message = filled(type, random, fields.keySet());
                boolean consent = random.nextBoolean();
                consent(message, type, consent);
                JsonNode before = message.deepCopy();
                Projection projection = DISCLOSURE.project(message, TestAgencies.agency("an-agency", kind));
                assertThat(message).as("the message itself is not touched").isEqualTo(before);
                String sent = before.toString();
                String shown = projection.canonical().toString();
                for (String field : fields.keySet()) {
                    String marker = marker(field);
                    if (!sent.contains('"' + marker)) {
                        continue;
                    }
                    boolean allowed =
                            switch (access.get(field)) {
                                case FULL -> true;
                                case LIMITED -> fields.get(field).limited() == Reduction.KEEP;
                                case CONDITIONAL -> consent;
                                case NEVER, ENFORCED -> false;
                            };
                    assertThat(shown.contains('"' + marker))
                            .as("%s of %s to %s, consent %s", field, type, kind, consent)
                            .isEqualTo(allowed);
                }
                assertThat(shown).doesNotContain("added-by-nobody").doesNotContain("withholdFrom");
            }
        }
    }

    /** What a sender is told was withheld agrees with what was cut, group by group, for whatever a message holds. */
    @ParameterizedTest
    @EnumSource(AgencyKind.class)
    void what_is_said_to_be_withheld_is_what_is_cut(AgencyKind kind) throws Exception {
        Random random = new Random(kind.ordinal());
        Set<String> fields = new TreeSet<>();
        MATRIX.rows().forEach(row -> row.fields().forEach(field -> fields.add(name(field))));
        for (int round = 0; round < 30; round++) {
            for (MessageType type : MessageType.values()) {
                ObjectNode message = filled(type, random, fields);
                consent(message, type, random.nextBoolean());
                if (random.nextInt(4) == 0) {
                    content(message, type)
                            .withObject("/consent")
                            .putArray("withholdFrom")
                            .add("an-agency");
                }
                ObjectNode shown = DISCLOSURE
                        .project(message, TestAgencies.agency("an-agency", kind))
                        .canonical();
                List<String> whole = new ArrayList<>();
                List<String> partly = new ArrayList<>();
                for (Matrix.Row row : MATRIX.rows()) {
                    List<String> before = new ArrayList<>();
                    List<String> after = new ArrayList<>();
                    for (Field field : row.fields()) {
                        before.addAll(leaves(message, type, field));
                        after.addAll(leaves(shown, type, field));
                    }
                    // What only says that there is something, or that nobody knows, is nothing of it.
                    after.removeIf(value -> value.equals(Reduction.NOTICE.asText()) || value.equals("UNKNOWN"));
                    if (after.isEmpty() && !before.isEmpty()) {
                        whole.add(row.group());
                    } else if (!after.equals(before)) {
                        partly.add(row.group());
                    }
                }
                Withheld withheld = DISCLOSURE.withheld(message).apply(TestAgencies.agency("an-agency", kind));
                assertThat(withheld.whole())
                        .extracting(Text::en)
                        .as("%s to %s", type, kind)
                        .isEqualTo(whole);
                assertThat(withheld.partly())
                        .extracting(Text::en)
                        .as("%s to %s", type, kind)
                        .isEqualTo(partly);
                assertThat(withheld.whole())
                        .extracting(Text::mn)
                        .doesNotContain("")
                        .doesNotHaveDuplicates();
            }
        }
    }

    private static ObjectNode content(ObjectNode message, MessageType type) {
        return (ObjectNode) (type == MessageType.AMEND ? message.at("/body/changes") : message.path("body"));
    }

    private static List<String> leaves(ObjectNode message, MessageType type, Field field) {
        if (field.type() == null) {
            return values(message, field.path(), 0);
        }
        if (type == MessageType.AMEND && field.type() == MessageType.REQUEST) {
            return values(message.at("/body/changes"), field.path(), 0);
        }
        return field.type() == type ? values(message.path("body"), field.path(), 0) : List.of();
    }

    @Test
    void the_number_that_tells_who_reports_is_withheld_even_where_phones_are_shown() throws Exception {
        ObjectNode message = request();
        ((ObjectNode) message.at("/body/reporter")).put("anonymous", true);
        assertThat(withheldFrom(message, AgencyKind.POLICE).whole())
                .extracting(Text::en)
                .contains("caregiver names/phones");
        message.withObject("/body").putArray("caregivers").addObject().put("name", "a name");
        assertThat(withheldFrom(message, AgencyKind.POLICE).partly())
                .extracting(Text::en)
                .contains("caregiver names/phones");
    }

    private static Withheld withheldFrom(ObjectNode message, AgencyKind kind) {
        return DISCLOSURE.withheld(message).apply(TestAgencies.agency("an-agency", kind));
    }

    @ParameterizedTest
    @EnumSource(AgencyKind.class)
    void limited_fields_are_reduced_as_the_file_says(AgencyKind kind) throws Exception {
        ObjectNode message = request();
        ObjectNode shown = DISCLOSURE
                .project(message, TestAgencies.agency("an-agency", kind))
                .canonical();
        for (Matrix.Row row : MATRIX.rows()) {
            for (Field field : row.fields()) {
                if (REDUCED.containsKey(name(field)) && row.access().get(kind) == Access.LIMITED) {
                    assertThat(values(shown.path("body"), field.path(), 0))
                            .as(name(field))
                            .containsExactly(REDUCED.get(name(field)));
                }
            }
        }
    }

    @Test
    void a_school_learns_of_bullying_but_not_of_what_happens_at_home() throws Exception {
        ObjectNode message = request();
        ObjectNode body = (ObjectNode) message.get("body");
        body.set("concerns", JSON.readTree("[\"PHYSICAL_VIOLENCE\", \"PEER_BULLYING\", \"NEGLECT\"]"));
        JsonNode shown = DISCLOSURE
                .project(message, TestAgencies.agency("school-1", AgencyKind.SCHOOL))
                .canonical();
        assertThat(shown.at("/body/concerns").toString()).isEqualTo("[\"OTHER\",\"PEER_BULLYING\"]");
        assertThat(shown.at("/body/narrative").isMissingNode()).isTrue();
        assertThat(shown.at("/body/child/givenName").asText()).isEqualTo("Тэмүүлэн");
        assertThat(shown.at("/body/child/birthDate").asText()).isEqualTo("2003");
        assertThat(shown.at("/body/child/address").toString()).isEqualTo("{\"state\":\"11\",\"district\":\"1110\"}");
    }

    @Test
    void who_is_on_the_withhold_from_list_gets_identifiers_and_state_only() throws Exception {
        for (String entry : List.of(
                "ngo-home-visit", "NGO", " ngo ", "NGO\u00a0", "NG\u041e", "NGO home visit", "NGO home-visit (MN)")) {
            ObjectNode message = request();
            ((ArrayNode) message.at("/body/consent/withholdFrom")).removeAll().add(entry);
            Projection projection = DISCLOSURE.project(message, TestAgencies.agency("ngo-home-visit", AgencyKind.NGO));
            assertThat(projection.basis()).isEqualTo(Disclosure.WITHHELD);
            assertThat(projection.canonical().get("body").toString())
                    .isEqualTo("{\"urgency\":\"IMMEDIATE\",\"concerns\":[\"UNKNOWN\"]}");
            assertThat(projection.canonical().get("referralId")).isEqualTo(message.get("referralId"));
        }
    }

    @Test
    void conditional_fields_need_consent_or_a_reasoned_override() throws Exception {
        ObjectNode message = request();
        ObjectNode consent = (ObjectNode) message.at("/body/consent");
        assertThat(basis(message, AgencyKind.NGO)).isEqualTo(Disclosure.NEED_TO_KNOW);
        assertThat(shown(message, AgencyKind.NGO, "/body/child").isMissingNode())
                .isTrue();
        consent.put("overridden", true);
        assertThat(basis(message, AgencyKind.NGO)).as("no reason given").isEqualTo(Disclosure.NEED_TO_KNOW);
        consent.put("overrideReason", "Амь насанд аюултай");
        assertThat(basis(message, AgencyKind.NGO)).isEqualTo(Disclosure.OVERRIDE);
        consent.put("disclosure", true);
        assertThat(basis(message, AgencyKind.NGO)).isEqualTo(Disclosure.CONSENT);
        assertThat(shown(message, AgencyKind.NGO, "/body/child/givenName").asText())
                .isEqualTo("Тэмүүлэн");
    }

    @Test
    void a_court_may_also_have_a_legal_obligation_to_stand_on() throws Exception {
        ObjectNode message = request();
        ((ObjectNode) message.get("body")).put("legalBasis", "LEGAL_OBLIGATION");
        assertThat(basis(message, AgencyKind.COURT)).isEqualTo(Disclosure.LEGAL_BASIS);
        assertThat(basis(message, AgencyKind.NGO)).isEqualTo(Disclosure.NEED_TO_KNOW);
    }

    @Test
    void the_number_of_a_reporter_who_stays_unknown_goes_to_nobody_but_a_childs_own_does() throws Exception {
        ObjectNode message = request();
        ObjectNode reporter = (ObjectNode) message.at("/body/reporter");
        reporter.put("anonymous", true).put("kind", "NEIGHBOUR");
        assertThat(shown(message, AgencyKind.POLICE, "/body/callbackPhone").isMissingNode())
                .isTrue();
        reporter.put("kind", "THE_CHILD");
        assertThat(shown(message, AgencyKind.POLICE, "/body/callbackPhone").asText())
                .isEqualTo("99112233");
    }

    @Test
    void the_helpline_learns_how_it_ended_but_not_the_story() throws Exception {
        ObjectNode outcome = envelope(MessageType.OUTCOME);
        outcome.set(
                "body",
                JSON.readTree("{\"result\":\"COMPLETED\",\"closeReason\":\"SERVICE_IMPLEMENTED\","
                        + "\"summary\":\"secret\",\"servicesGiven\":[\"SAFETY\"]}"));
        JsonNode body = DISCLOSURE
                .project(outcome, TestAgencies.agency("helpline-108", AgencyKind.HELPLINE_108))
                .canonical()
                .get("body");
        assertThat(body.get("closeReason").asText()).isEqualTo("SERVICE_IMPLEMENTED");
        assertThat(body.get("servicesGiven").toString()).isEqualTo("[\"SAFETY\"]");
        assertThat(body.get("summary")).isEqualTo(Reduction.NOTICE);
    }

    @Test
    void faults_are_named_with_their_line(@TempDir Path folder) throws Exception {
        String text = Files.readString(Path.of("config/disclosure.csv"))
                .replace("register number,Регистрийн дугаар,F,F,N", "register number,,F,X,N")
                .replace("REQUEST/child/registerNo:last-four", "REQUEST/child/registerNo:last-five")
                .replace("REQUEST/householdWelfare:notice", "HOUSE/welfare REQUEST/narrative");
        Path file = folder.resolve("disclosure.csv");
        Files.writeString(file, text);
        Faults faults = new Faults();
        MatrixFile.read(file, faults);
        assertThat(faults.all().stream().map(Object::toString))
                .hasSize(5)
                .anyMatch(fault -> fault.contains("group register number has no name in column field_group_mn"))
                .allMatch(fault -> fault.startsWith("config/disclosure.csv:"))
                .anyMatch(fault -> fault.contains("column HEALTH holds neither"))
                .anyMatch(fault -> fault.contains("unknown reduction last-five"))
                .anyMatch(fault -> fault.contains("HOUSE/welfare is not a field"))
                .anyMatch(fault -> fault.contains("REQUEST/narrative stands in line"));
        Faults missing = new Faults();
        Disclosure.load(new HubHome(folder.resolve("nowhere")), missing);
        assertThat(missing.all()).hasSize(1);
    }

    private static String basis(ObjectNode message, AgencyKind kind) {
        return DISCLOSURE
                .project(message, TestAgencies.agency("an-agency", kind))
                .basis();
    }

    private static JsonNode shown(ObjectNode message, AgencyKind kind, String pointer) {
        return DISCLOSURE
                .project(message, TestAgencies.agency("an-agency", kind))
                .canonical()
                .at(pointer);
    }

    private static String name(Field field) {
        return (field.type() == null ? "" : field.type().name()) + "/" + String.join("/", field.path());
    }

    private static String marker(String field) {
        return "marker " + field + " end";
    }

    private static ObjectNode envelope(MessageType type) {
        return JSON.createObjectNode()
                .put("messageId", "m-1")
                .put("messageType", type.name())
                .put("schemaVersion", "1.0")
                .put("referralId", "00000000-0000-8000-8000-000000000001")
                .put("version", 1)
                .put("sentAt", "2026-11-20T23:10:00+08:00")
                .put("sender", "helpline-108");
    }

    private static ObjectNode request() throws Exception {
        ObjectNode message = envelope(MessageType.REQUEST);
        message.set("body", JSON.readTree("""
                {"urgency": "IMMEDIATE", "riskLevel": "HIGH", "concerns": ["NEGLECT"], "narrative": "secret",
                 "callbackPhone": "99112233",
                 "child": {"givenName": "Тэмүүлэн", "registerNo": "УК03271614", "birthDate": "2003-07-16",
                   "address": {"state": "11", "district": "1110", "subdistrict": "111051", "line": "12-3"}},
                 "reporter": {"kind": "NEIGHBOUR", "name": "secret"},
                 "perpetrators": [{"relation": "NEIGHBOUR", "name": "Доржийн Бат"}],
                 "consent": {"services": true, "disclosure": false, "withholdFrom": ["father"]}}"""));
        return message;
    }

    private static void consent(ObjectNode message, MessageType type, boolean given) {
        JsonNode content = type == MessageType.AMEND ? message.at("/body/changes") : message.path("body");
        if (type == MessageType.REQUEST || type == MessageType.AMEND) {
            ObjectNode consent = content.path("consent") instanceof ObjectNode present
                    ? present
                    : ((ObjectNode) content).putObject("consent");
            consent.put("disclosure", given).remove("overridden");
        }
    }

    /** A message of the type with a random half of all fields filled with their own names, and some that no schema knows. */
    private static ObjectNode filled(MessageType type, Random random, Set<String> fields) {
        ObjectNode message = JSON.createObjectNode().put("messageType", type.name());
        ObjectNode body = message.putObject("body").put("added-by-nobody", "added-by-nobody");
        ObjectNode changes = type == MessageType.AMEND ? body.putObject("changes") : body;
        for (String field : fields) {
            if (field.equals("/messageType") || random.nextInt(4) == 0) {
                continue;
            }
            if (field.startsWith("/")) {
                message.put(field.substring(1), marker(field));
            } else if (field.startsWith(type.name() + "/")) {
                fill(body, field, random);
            } else if (type == MessageType.AMEND && field.startsWith("REQUEST/")) {
                fill(changes, field, random);
            }
        }
        return message;
    }

    private static void fill(ObjectNode body, String field, Random random) {
        String[] path = field.substring(field.indexOf('/') + 1).split("/");
        ObjectNode at = body;
        for (int i = 0; i < path.length - 1; i++) {
            if (path[i + 1].equals("*")) {
                ArrayNode array = at.withArray("/" + path[i]);
                if (i + 2 == path.length) {
                    for (int n = random.nextInt(3); n >= 0; n--) {
                        array.add(marker(field) + n);
                    }
                    return;
                }
                at = array.isEmpty() ? array.addObject() : (ObjectNode) array.get(0);
                at.put("added-by-nobody", 1);
                i++;
            } else {
                at = at.withObject("/" + path[i]);
            }
        }
        at.put(path[path.length - 1], marker(field));
    }

    private static List<String> values(JsonNode node, List<String> path, int from) {
        if (from == path.size()) {
            return node.isMissingNode() ? List.of() : List.of(node.asText());
        }
        List<String> values = new ArrayList<>();
        if (path.get(from).equals("*")) {
            node.forEach(item -> values.addAll(values(item, path, from + 1)));
        } else {
            values.addAll(values(node.path(path.get(from)), path, from + 1));
        }
        return values;
    }

    private static Set<String> schemaFields() throws Exception {
        Set<String> fields = new TreeSet<>();
        for (MessageType type : MessageType.values()) {
            String file = type.name().toLowerCase(Locale.ROOT) + ".schema.json";
            JsonNode schema = JSON.readTree(SCHEMAS.resolve(file).toFile());
            for (String top : iterable(schema.path("properties"))) {
                if (top.equals("body")) {
                    leaves(schema.at("/properties/body"), file, type.name(), fields);
                } else {
                    fields.add("/" + top);
                }
            }
        }
        fields.removeIf(field -> field.startsWith("AMEND/changes/"));
        return fields;
    }

    private static void leaves(JsonNode schema, String file, String path, Set<String> fields) throws Exception {
        if (schema.has("$ref")) {
            String[] target = schema.get("$ref").asText().split("#", 2);
            String in = target[0].isEmpty() ? file : target[0];
            leaves(JSON.readTree(SCHEMAS.resolve(in).toFile()).at(target[1]), in, path, fields);
        } else if (schema.has("properties")) {
            for (String name : iterable(schema.get("properties"))) {
                leaves(schema.get("properties").get(name), file, path + "/" + name, fields);
            }
        } else if (schema.has("items")) {
            leaves(schema.get("items"), file, path + "/*", fields);
        } else {
            fields.add(path);
        }
    }

    private static Set<String> iterable(JsonNode object) {
        Set<String> names = new HashSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
