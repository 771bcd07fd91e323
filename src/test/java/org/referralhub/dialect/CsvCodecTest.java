package org.referralhub.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.message.Finding;
import org.referralhub.validation.JsonLocator.Place;

/** What spreadsheets write is read, where it stands is known, and what is written does no harm in one. */
class CsvCodecTest {
    private static final Codec CODEC =
            SamplesTest.load().find("school").orElseThrow().codec();
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode read(String document) {
        Codec.Read read = CODEC.read(document.getBytes(UTF_8));
        assertThat(read.tree()).as("%s", read.findings()).isNotNull();
        return read.tree();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=1+1",
                "+976",
                "-5",
                "@SUM(A1)",
                "\t=1",
                "\r=1",
                "\n=1",
                "'quoted",
                "''",
                "＝1",
                " =1",
                "\u00A0=1",
                "'=1"
            })
    void what_could_be_a_formula_gets_an_apostrophe_and_is_read_as_it_was(String text) throws Exception {
        byte[] written = CODEC.write(JSON.createObjectNode().put("note", text)).bytes();
        assertThat(new String(written, UTF_8)).startsWith("\uFEFF\"Тэмдэглэл\"\r\n\"'" + text);
        // White space at the ends is no part of a value, but what an apostrophe keeps is.
        assertThat(read(new String(written, UTF_8)).path("note").asText()).isEqualTo(text);
    }

    @Test
    void nothing_else_gets_one() {
        for (String text : List.of("Бат", "5-6", "a=b", "№ 5")) {
            assertThat(new String(
                            CODEC.write(JSON.createObjectNode().put("note", text))
                                    .bytes(),
                            UTF_8))
                    .endsWith("\r\n\"" + text + "\"\r\n");
        }
    }

    @Test
    void what_no_column_carries_is_never_left_out_in_silence() throws Exception {
        JsonNode tree = JSON.readTree("{\"note\": \"x\", \"religion\": \"y\", \"incidents\": [{\"weather\": \"z\"}]}");
        assertThat(CODEC.write(tree).findings())
                .extracting(finding -> finding.code() + " " + finding.pointer())
                .containsExactly("csv.no-column /religion", "csv.no-column /incidents/0/weather");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-11-22|2026-11-22",
                "2026.11.22|2026-11-22",
                "2026.11.22.|2026-11-22",
                "2026/1/5|2026-01-05",
                "2026.1|2026-01",
                "2026|2026",
                "2026.0|2026",
                "2026-11|2026-11",
                "2026.11.22 9:05|2026-11-22T09:05:00+08:00",
                "2026-11-22 9:05 +07:00|2026-11-22T09:05+07:00",
                "2026-11-22T09:05:07.5Z|2026-11-22T09:05:07.5Z"
            })
    void a_date_has_its_year_first(String cell, String date) {
        assertThat(read("Until\n" + cell).path("until").asText()).isEqualTo(date);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "22.11.2026",
                "11/22/2026",
                "46348",
                "46348.0",
                "2026.13.01",
                "2026-11-32",
                "2026-11-22 24:61",
                "x"
            })
    void any_other_date_is_told(String cell) {
        Codec.Read read = CODEC.read(("Until\n" + cell).getBytes(UTF_8));
        assertThat(read.findings()).extracting(Finding::code).containsExactly("csv.date");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NEGLECT|NEGLECT",
                "neglect|NEGLECT",
                "Үл хайхрах|NEGLECT",
                "Neglect;  PEER_BULLYING|NEGLECT,PEER_BULLYING",
                "NEGLECT, PEER_BULLYING|NEGLECT,PEER_BULLYING",
                "Эцэг, эх, асран хамгаалагчгүй|NO_CAREGIVER",
                "NEGLECT, өөр|NEGLECT, өөр"
            })
    void codes_and_their_labels_are_read(String cell, String codes) {
        JsonNode concerns = read("Concerns,Note\n\"" + cell + "\",x").path("concerns");
        StringBuilder read = new StringBuilder();
        concerns.forEach(code -> read.append(read.isEmpty() ? "" : ",").append(code.asText()));
        assertThat(read.toString()).isEqualTo(codes);
    }

    /** The place of a cell rests on what FastCSV's buffer is; another version of it must keep that. */
    @Test
    void every_cell_has_its_place() {
        String document =
                "sep=;\r\nNote;Text;\"Reason\";Until\r\n\r\n" + "\"😀 \"\"x\"\"\nтав\"; a ;\"\"\"q\"\"\";2026\r\n";
        Map<String, Place> places =
                CODEC.locate(document.getBytes(UTF_8), Set.of("/note", "/text", "/reason", "/until", "/summary"));
        assertThat(places)
                .containsEntry("/note", new Place(4, 1))
                .containsEntry("/text", new Place(5, 6))
                .containsEntry("/reason", new Place(5, 10))
                .containsEntry("/until", new Place(5, 18))
                .containsEntry("/summary", new Place(4, 1));
    }

    @Test
    void entries_of_a_list_close_ranks_and_keep_their_places() {
        String document = "Caregiver 7 name,Caregiver name,Caregiver 3 phone\nг,а,99112233.0\n";
        assertThat(read(document).path("caregivers").toString())
                .isEqualTo("[{\"name\":\"а\"},{\"phone\":\"99112233\"},{\"name\":\"г\"}]");
        assertThat(CODEC.locate(document.getBytes(UTF_8), Set.of("/caregivers/1/phone", "/caregivers/2/name")))
                .containsEntry("/caregivers/1/phone", new Place(2, 5))
                .containsEntry("/caregivers/2/name", new Place(2, 1));
    }

    @Test
    void a_file_is_taken_apart_into_files_of_one_row_that_keep_the_senders_bytes() {
        String header = "\uFEFFsep=,\r\nNote,Text\r\n";
        List<Part> parts = CODEC.parts((header + "a,\"b\nc\"\r\n,\r\n\r\nd,e").getBytes(UTF_8));
        assertThat(parts)
                .extracting(part -> new String(part.document(), UTF_8))
                .containsExactly(header + "a,\"b\nc\"\r\n,\r\n\r\n", header + "d,e");
        assertThat(parts).extracting(Part::origin).containsExactly(new Origin(2, 3), new Origin(5, 7));
        assertThat(parts)
                .allSatisfy(part -> assertThat(CODEC.parts(part.document())).hasSize(1));
    }

    @Test
    void blank_rows_below_the_header_do_not_come_with_every_row() {
        String header = "\"Note\",\"Te\"\"xt\",\"Text\"\r\n";
        List<Part> parts = CODEC.parts((header + ",,\r\n\n".repeat(20_000) + "a,,b\nc,,d").getBytes(UTF_8));
        assertThat(parts)
                .extracting(part -> new String(part.document(), UTF_8))
                .containsExactly(header + "a,,b\n", header + "c,,d");
        assertThat(parts)
                .extracting(Part::origin)
                .containsExactly(new Origin(40_002, 40_002), new Origin(40_003, 40_003));
    }

    @ParameterizedTest
    @CsvSource({"';'", "','", "'\t'"})
    void the_delimiter_is_the_one_that_makes_most_headers_known(char delimiter) {
        String document = "Note%1$sText%1$sНас\n\"1;2,3\t4\"%1$sx%1$s12.0".formatted(delimiter);
        assertThat(read(document).toString())
                .isEqualTo("{\"note\":\"1;2,3\\t4\",\"text\":\"x\",\"child\":{\"ageEstimate\":12}}");
    }
}
