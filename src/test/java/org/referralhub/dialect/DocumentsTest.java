package org.referralhub.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.referralhub.dialect.Edit.Act;

/** A sender's document is mended where it fails, and stays the sender's everywhere else. */
class DocumentsTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Dialects DIALECTS = SamplesTest.load();
    private static final Documents DOCUMENTS = new Documents(DIALECTS);

    private static final String CALL = """
            {
              "call_id" : "c-1",   "odd" : [1.0, 2e1,	"tab"],
              "child": { "first_name": "Болд" , "age":12 },
              "concerns": [ "NEGLECT" ]
            }
            """;

    @Test
    void every_byte_of_json_that_no_edit_names_stays() {
        assertThat(edited(CALL, set("/child/age", "13"))).isEqualTo(CALL.replace("\"age\":12", "\"age\":13"));
        assertThat(edited(CALL, remove("/call_id"))).isEqualTo(CALL.replace("\"call_id\" : \"c-1\",   ", ""));
        assertThat(edited(CALL, remove("/child/age"))).isEqualTo(CALL.replace(" , \"age\":12", ""));
        assertThat(edited(CALL, remove("/concerns/0"))).isEqualTo(CALL.replace("\"NEGLECT\"", ""));
        assertThat(edited(CALL, add("/concerns/-", "\"STREET\"")))
                .isEqualTo(CALL.replace("\"NEGLECT\"", "\"NEGLECT\", \"STREET\""));
        assertThat(edited(CALL, add("/concerns/0", "\"STREET\"")))
                .isEqualTo(CALL.replace("\"NEGLECT\"", "\"STREET\",\"NEGLECT\""));
        assertThat(edited(CALL, set("/address/aimag", "\"11\"")))
                .isEqualTo(CALL.replace("[ \"NEGLECT\" ]", "[ \"NEGLECT\" ],\n  \"address\":{\"aimag\":\"11\"}"));
    }

    @Test
    void edits_are_made_one_after_the_other() {
        assertThat(edited(
                        CALL,
                        remove("/concerns/0"),
                        add("/concerns/0", "\"A\""),
                        add("/concerns/0", "\"B\""),
                        set("/x~1y", "1")))
                .contains("[\"B\",\"A\"  ]")
                .contains("\"x/y\":1");
    }

    @Test
    void what_is_set_may_be_anything_that_json_can_hold() {
        for (String hostile : List.of(
                "<script>alert(1)</script>",
                "\u202Eдлоб\u202C",
                "👧🏽\u200D🦰",
                "=HYPERLINK(\"http://x\")",
                "\" , \"x\": \"",
                "\\\n\u0001",
                "х".repeat(10_000))) {
            String after = edited(CALL, new Edit(Act.SET, "/child/first_name", TextNode.valueOf(hostile)));
            assertThat(DOCUMENTS.read("helpline", after.getBytes(UTF_8)).tree())
                    .isInstanceOfSatisfying(JsonNode.class, tree -> assertThat(
                                    tree.at("/child/first_name").textValue())
                            .isEqualTo(hostile));
        }
    }

    @Test
    void an_edit_that_can_not_be_made_changes_nothing() {
        for (Edit impossible : List.of(
                remove("/nothing"),
                remove("/child/nothing"),
                remove("/concerns/1"),
                remove(""),
                add("/call_id", "\"c-2\""),
                add("/concerns/3", "\"A\""),
                set("/concerns/x", "\"A\""),
                set("/call_id/deeper", "1"),
                set("/concerns/0/deeper", "1"),
                set("/concerns/1/deeper", "1"),
                set("/\u0000", "1"))) {
            assertThat(DOCUMENTS.edited("helpline", CALL.getBytes(UTF_8), List.of(impossible)))
                    .as(impossible.pointer())
                    .isEmpty();
        }
    }

    @Test
    void neither_unreadable_bytes_nor_an_unknown_dialect_can_be_edited() {
        List<Edit> edits = List.of(set("/call_id", "\"c\""));
        assertThat(DOCUMENTS.edited("helpline", "{\"a\":".getBytes(UTF_8), edits))
                .isEmpty();
        assertThat(DOCUMENTS.edited("helpline", new byte[] {(byte) 0xFF, 0}, edits))
                .isEmpty();
        assertThat(DOCUMENTS.edited("no-such", CALL.getBytes(UTF_8), edits)).isEmpty();
        assertThat(DOCUMENTS.edited("helpline", ("[".repeat(40) + "]".repeat(40)).getBytes(UTF_8), edits))
                .isEmpty();
    }

    @Test
    void an_edit_says_nothing_of_what_it_sets() {
        assertThat(set("/child/first_name", "\"Болд\"")).hasToString("Edit[SET]");
        assertThatThrownBy(() -> new Edit(Act.REMOVE, "/a", TextNode.valueOf("Болд")))
                .hasMessageNotContaining("Болд");
    }

    @Test
    void xml_is_written_again_with_a_missing_element_where_its_schema_wants_it() throws IOException {
        byte[] report = sample("police", "everything-that-can-be-said.xml");
        byte[] without = DOCUMENTS
                .edited("police", report, List.of(remove("/ChildProtectionReport/UrgencyCode")))
                .orElseThrow();
        assertThat(DOCUMENTS.read("police", without).findings()).isNotEmpty();
        byte[] again = DOCUMENTS
                .edited("police", without, List.of(set("/ChildProtectionReport/UrgencyCode", "\"ROUTINE\"")))
                .orElseThrow();
        assertThat(DOCUMENTS.read("police", again).findings()).isEmpty();
        assertThat(new String(again, UTF_8)).startsWith("<?xml").contains("<UrgencyCode>ROUTINE</UrgencyCode>");
    }

    @Test
    void a_row_of_a_spreadsheet_stays_a_spreadsheet() throws IOException {
        byte[] row = sample("school", "one-referral.csv");
        byte[] edited = DOCUMENTS
                .edited("school", row, List.of(set("/child/givenName", "\"=1+1;\\\"х\\\"\"")))
                .orElseThrow();
        JsonNode tree = DOCUMENTS.read("school", edited).tree();
        assertThat(tree).isNotNull();
        assertThat(tree.at("/child/givenName").asText()).isEqualTo("=1+1;\"х\"");
    }

    @Test
    void a_time_without_offset_stays_without_one_for_nobody_asks_here_where_its_sender_is() {
        byte[] row = "Message id;Sent at;Phone\ns-1;2026-11-20 22:00;99112233\n".getBytes(UTF_8);
        byte[] edited = DOCUMENTS
                .edited("school", row, List.of(set("/callbackPhone", "\"99112244\"")))
                .orElseThrow();
        assertThat(new String(edited, UTF_8)).contains("\"2026-11-20T22:00\"").contains("99112244");
        assertThat(DOCUMENTS.read("school", edited).tree().path("sentAt").asText())
                .isEqualTo("2026-11-20T22:00");
    }

    @Test
    void a_spreadsheet_with_a_column_that_nobody_knows_is_not_written_again() throws IOException {
        Optional<byte[]> edited = DOCUMENTS.edited(
                "school", sample("school", "unknown-column-is-told.csv"), List.of(set("/child/givenName", "\"Болд\"")));
        assertThat(edited).isEmpty();
    }

    @Test
    void fhir_keeps_the_form_it_came_in() throws IOException {
        byte[] xml = sample("health", "acceptance.xml");
        byte[] edited = DOCUMENTS
                .edited("health", xml, List.of(set("/timestamp", "\"2026-11-20T23:21:00+08:00\"")))
                .orElseThrow();
        assertThat(new String(edited, UTF_8)).startsWith("<").contains("2026-11-20T23:21:00+08:00");
    }

    /** Written again, what every accepted sample says is still said; formats that can't promise it are refused. */
    @TestFactory
    Stream<DynamicTest> a_sample_loses_nothing_when_it_is_written_again() throws IOException {
        return DIALECTS.all().stream().flatMap(dialect -> samples(dialect.name())
                .map(path -> DynamicTest.dynamicTest(path.toString(), () -> {
                    byte[] document = Files.readAllBytes(path);
                    JsonNode before = DOCUMENTS.read(dialect.name(), document).tree();
                    if (before != null) {
                        DOCUMENTS.edited(dialect.name(), document, List.of()).ifPresent(again -> assertThat(DOCUMENTS
                                        .read(dialect.name(), again)
                                        .findings()
                                        .size())
                                .isEqualTo(DOCUMENTS
                                        .read(dialect.name(), document)
                                        .findings()
                                        .size()));
                    }
                })));
    }

    @Test
    void the_message_is_known_by_its_id_in_every_dialect() throws IOException {
        assertThat(DOCUMENTS.messageId("helpline", CALL.getBytes(UTF_8))).contains("c-1");
        assertThat(DOCUMENTS.messageId("police", sample("police", "everything-that-can-be-said.xml")))
                .isPresent();
        assertThat(DOCUMENTS.messageId("helpline", "{}".getBytes(UTF_8))).isEmpty();
        assertThat(DOCUMENTS.messageId("helpline", "{".getBytes(UTF_8))).isEmpty();
    }

    private static Stream<Path> samples(String dialect) {
        try {
            Path folder = Path.of("schemas", dialect, "samples", "accepted");
            return Files.isDirectory(folder)
                    ? Files.list(folder)
                            .filter(path -> !path.toString().matches(".*\\.(canonical|findings)\\.json"))
                            .sorted()
                    : Stream.of();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] sample(String dialect, String name) throws IOException {
        return Files.readAllBytes(Path.of("schemas", dialect, "samples", "accepted", name));
    }

    private static String edited(String document, Edit... edits) {
        return new String(
                DOCUMENTS
                        .edited("helpline", document.getBytes(UTF_8), List.of(edits))
                        .orElseThrow(),
                UTF_8);
    }

    private static Edit set(String pointer, String json) {
        return new Edit(Act.SET, pointer, tree(json));
    }

    private static Edit add(String pointer, String json) {
        return new Edit(Act.ADD, pointer, tree(json));
    }

    private static Edit remove(String pointer) {
        return new Edit(Act.REMOVE, pointer, null);
    }

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
