package org.referralhub.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.deadletter.Field.Kind;
import org.referralhub.deadletter.Field.Needs;
import org.referralhub.dialect.Dialects;
import org.referralhub.dialect.Documents;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.testing.HomeCopy;
import org.referralhub.validation.Findings;

/** What operators see of a letter tells nothing of a child. */
class MaskingTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final HubHome HOME = new HubHome(Path.of("").toAbsolutePath());
    static final Masking MASKING = masking(HOME);

    /** Names of canonical fields whose values no masked document may show. */
    private static final Set<String> PERSONAL = Set.of(
            "givenName",
            "patronymic",
            "clanName",
            "knownAs",
            "registerNo",
            "value",
            "birthDate",
            "disability",
            "communicationNeed",
            "line",
            "attendance",
            "name",
            "phone",
            "callbackPhone",
            "narrative",
            "medicalFindings",
            "sexualViolenceDetail",
            "psychologicalAssessment",
            "householdWelfare",
            "text",
            "summary",
            "note");

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> no_sample_shows_what_is_personal() throws IOException {
        return Files.walk(Path.of("schemas"))
                .filter(path -> path.toString().endsWith(".canonical.json")
                        && path.toString().contains("accepted"))
                .sorted()
                .flatMap(canonical -> documents(canonical)
                        .map(document -> DynamicTest.dynamicTest(document.toString(), () -> {
                            String shown = shown(MASKING.masked(
                                    document.getName(1).toString(), Files.readAllBytes(document), List.of()));
                            for (String value : personal(MAPPER.readTree(Files.readAllBytes(canonical)))) {
                                assertThat(shown.contains(value))
                                        .as("a personal value shows")
                                        .isFalse();
                            }
                        })));
    }

    @Test
    void codes_types_and_ids_are_shown() {
        Content content = masked("""
                {"call_id": "c-1", "response": "NOW", "concerns": ["NEGLECT"], "child": {"first_name": "Болд", "age": 12}}
                """);
        assertThat(field(content, "/call_id").value()).isEqualTo("c-1");
        assertThat(field(content, "/response").value()).isEqualTo("NOW");
        assertThat(field(content, "/concerns/0").value()).isEqualTo("NEGLECT");
        assertThat(field(content, "/child/first_name"))
                .extracting(Field::value, Field::kind, Field::size, Field::needs)
                .containsExactly(null, Kind.TEXT, 4, Needs.SECOND_PERSON);
        assertThat(field(content, "/child/age"))
                .extracting(Field::value, Field::kind, Field::needs)
                .containsExactly(null, Kind.NUMBER, Needs.REASON);
        assertThat(content.mediaType()).isEqualTo("application/json");
        assertThat(content.sha256()).hasSize(64);
    }

    @Test
    void a_name_in_the_place_of_a_code_or_an_id_is_masked() {
        Content content = masked("""
                {"call_id": "Болд Ганболд", "response": "Bold", "concerns": ["Bold Ganbold", {"Bold": "99112233"}],
                 "call_time": "Bold", "centre": "=1+1", "danger_level": 99112233}
                """);
        assertThat(shown(content)).doesNotContain("Болд", "Bold", "99112233", "=1+1");
    }

    @Test
    void the_name_of_a_field_that_the_format_does_not_know_is_hidden_and_can_still_be_pointed_at() throws IOException {
        byte[] document = "{\"call_id\": \"c-1\", \"Болд~/Ганболд\": {\"first_name\": 1}}".getBytes(UTF_8);
        List<Finding> findings = List.of(Findings.of(Severity.ERROR, "schema.additional-property", "/Болд~0~1Ганболд")
                .at("/Болд~0~1Ганболд", 1, 20));
        Content content = MASKING.masked("helpline", document, findings);
        assertThat(shown(content)).doesNotContain("Болд");
        Field hidden = field(content, "/~#1");
        assertThat(hidden.name()).isNull();
        assertThat(hidden.findings())
                .singleElement()
                .extracting(Finding::pointer)
                .isEqualTo("/~#1");
        assertThat(field(content, "/~#1/first_name").needs()).isEqualTo(Needs.SECOND_PERSON);
        assertThat(MASKING.pointer("helpline", document, "/~#1/first_name")).contains("/Болд~0~1Ганболд/first_name");
        assertThat(MASKING.pointer("helpline", document, "/~#7")).isEmpty();
    }

    @Test
    void findings_stand_at_their_fields_also_at_those_that_are_missing() {
        List<Finding> findings = List.of(
                Findings.of(Severity.ERROR, "json.unreadable", "/child/age").at("/child/age", 1, 9),
                Findings.of(Severity.ERROR, "json.unreadable", "/address/aimag").at("/address/aimag", 1, 1));
        Content content = MASKING.masked("helpline", "{\"child\": {\"age\": \"twelve\"}}".getBytes(UTF_8), findings);
        assertThat(field(content, "/child/age").findings()).hasSize(1);
        assertThat(field(content, "/child/age").masked()).isTrue();
        assertThat(field(content, "/address/aimag"))
                .extracting(Field::kind, field -> field.findings().size())
                .containsExactly(Kind.MISSING, 1);
        assertThat(content.findings()).hasSize(2);
    }

    @Test
    void of_broken_bytes_nothing_is_shown_but_size_digest_type_and_the_place_of_the_fault() {
        byte[] broken = "{\"child\": {\"first_name\": \"Болд\n".getBytes(UTF_8);
        Content content = MASKING.masked("helpline", broken, List.of());
        assertThat(content.root()).isNull();
        assertThat(content.bytes()).isEqualTo(broken.length);
        assertThat(content.findings())
                .isNotEmpty()
                .allMatch(finding -> finding.pointer().isEmpty() && finding.line() > 0);
        assertThat(shown(content)).doesNotContain("Болд", "first_name");
        assertThat(MASKING.masked("helpline", new byte[] {(byte) 0xC3, 0x28, 0}, List.of())
                        .root())
                .isNull();
        assertThat(MASKING.masked("police", "<a><Болд>".getBytes(UTF_8), List.of())
                        .root())
                .isNull();
        assertThat(MASKING.masked("school", "\"Болд".getBytes(UTF_8), List.of()).root())
                .isNull();
        assertThat(MASKING.masked("helpline", ("{\"a\":".repeat(40) + "1" + "}".repeat(40)).getBytes(UTF_8), List.of())
                        .root())
                .isNull();
    }

    @Test
    void a_document_of_no_dialect_is_only_bytes() {
        Content content = MASKING.masked(null, "{\"a\": \"Болд\"}".getBytes(UTF_8), List.of());
        assertThat(content.root()).isNull();
        assertThat(content.mediaType()).isEqualTo("application/octet-stream");
        assertThat(MASKING.masked("gone", "{\"a\": \"Болд\"}".getBytes(UTF_8), List.of())
                        .root())
                .isNull();
    }

    @Test
    void hostile_values_are_only_lengths() {
        for (String hostile : List.of(
                "<script>alert(1)</script>",
                "\u202Eдлоб\u202C",
                "👧🏽👧🏽",
                "=HYPERLINK(1)",
                "х".repeat(10_000),
                "NOW\u0000")) {
            Content content = MASKING.masked(
                    "helpline",
                    MAPPER.createObjectNode()
                            .put("response", hostile.replace("\u0000", ""))
                            .toString()
                            .getBytes(UTF_8),
                    List.of());
            Field field = field(content, "/response");
            if (!hostile.startsWith("NOW")) {
                assertThat(field.value()).isNull();
                assertThat(field.size()).isEqualTo(hostile.codePointCount(0, hostile.length()));
            }
        }
    }

    @Test
    void a_very_long_document_is_cut_and_counted() {
        Content content = masked("{\"concerns\": [" + "1,".repeat(4_000) + "1]}");
        assertThat(content.root()).isNotNull();
        Field list = field(content, "/concerns");
        assertThat(list.fields().size() + list.left()).isEqualTo(4_001);
        assertThat(list.fields()).hasSizeLessThan(2_001);
    }

    @Test
    void what_is_revealed_is_what_the_caller_may_see() {
        Content content = MASKING.shown(
                "helpline",
                "{\"child\": {\"first_name\": \"Болд\", \"age\": 12}}".getBytes(UTF_8),
                List.of(),
                (pointer, needs) -> needs == Needs.REASON);
        assertThat(field(content, "/child/age").value()).isEqualTo("12");
        assertThat(field(content, "/child/first_name").value()).isNull();
        assertThat(content.root()).asString().doesNotContain("12");
    }

    @Test
    void pointers_have_their_form() {
        assertThat(List.of("", "/a", "/a/0", "/a~1b", "/~#3", "/~#3/b", "//")).allMatch(Masking::isPointer);
        assertThat(List.of("a", "/~2", "/~", "/~#", "/~#x", "/~#1a")).noneMatch(Masking::isPointer);
    }

    @Test
    void a_dialect_that_is_not_there_is_a_fault_and_no_file_means_that_nothing_is_shown() throws IOException {
        HomeCopy copy = HomeCopy.of(folder);
        Files.writeString(copy.path("config/desk.yaml"), "dialects:\n  telex:\n    codes: [/a]\n");
        Faults faults = new Faults();
        MaskingRules.load(copy.home(), Set.of("helpline"), faults);
        assertThat(faults.all()).singleElement().satisfies(fault -> assertThat(fault.line())
                .isEqualTo(2));
        Files.delete(copy.path("config/desk.yaml"));
        Content content = masking(copy.home()).masked("helpline", "{\"response\": \"NOW\"}".getBytes(UTF_8), List.of());
        assertThat(field(content, "/response").needs()).isEqualTo(Needs.SECOND_PERSON);
    }

    private static Masking masking(HubHome home) {
        Faults faults = new Faults();
        CodeLists codeLists = CodeLists.load(home, faults);
        Dialects dialects = Dialects.load(home, codeLists, Places.load(home, faults), faults);
        Masking masking =
                new Masking(MaskingRules.load(home, dialects.names(), faults), new Documents(dialects), codeLists);
        faults.throwIfAny();
        return masking;
    }

    private static Content masked(String document) {
        return MASKING.masked("helpline", document.getBytes(UTF_8), List.of());
    }

    private static String shown(Content content) {
        try {
            return MAPPER.writeValueAsString(content);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Field field(Content content, String pointer) {
        Field root = content.root();
        assertThat(root).isNotNull();
        return all(root)
                .filter(field -> field.pointer().equals(pointer))
                .findAny()
                .orElseThrow();
    }

    private static Stream<Field> all(Field field) {
        return Stream.concat(Stream.of(field), field.fields().stream().flatMap(MaskingTest::all));
    }

    private static Stream<Path> documents(Path canonical) {
        String name = canonical.getFileName().toString().replace(".canonical.json", "");
        return Stream.of(".json", ".xml", ".csv")
                .map(ending -> canonical.resolveSibling(name + ending))
                .filter(Files::exists);
    }

    /** Values that are long enough not to be found by chance. */
    private static List<String> personal(JsonNode canonical) {
        List<String> values = new ArrayList<>();
        PERSONAL.forEach(name -> canonical.findValues(name).forEach(value -> {
            if (value.isTextual() && value.asText().length() > 3) {
                values.add(value.asText());
            }
        }));
        return values;
    }
}
