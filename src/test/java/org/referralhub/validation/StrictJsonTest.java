package org.referralhub.validation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.message.Finding;
import org.referralhub.testing.CpuTime;

class StrictJsonTest {

    @Test
    void whatIsGoodIsReadAsJacksonReadsIt() throws Exception {
        String document = """
                {"нэр": "Бат \\u0411\\uD83D\\uDE00 😀", "list": [1, -2, 9223372036854775807, 1.5e3, true, false, null, {}, []],
                 "deep": {"a": {"b": "\\"\\\\\\/\\b\\f\\n\\r\\t"}}}
                """;
        StrictJson.Parsed parsed = StrictJson.parse(document.getBytes(UTF_8));

        assertThat(parsed.findings()).isEmpty();
        assertThat(parsed.tree()).isEqualTo(new ObjectMapper().readTree(document));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"a\"", "null", " [ ] ", "{}", "-0", "0.0e-999"})
    void everyKindOfValueMayStandAlone(String document) {
        assertThat(StrictJson.parse(document.getBytes(UTF_8)).findings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1,\"b\":2,\"a\":3}          | json.duplicate-key@/a 1:14",
                "{\"x\":[{\"k\":1,\"\\u006b\":2}]}  | json.duplicate-key@/x/0/k 1:14",
                "{\"a/b\":1,\"a/b\":1}              | json.duplicate-key@/a~1b 1:10",
                "[\"\\ud800\"]                      | json.surrogate@/0 1:3",
                "[\"\\udc00\\ud800\"]               | json.surrogate@/0 1:3, json.surrogate@/0 1:9",
                "[\"\\ud800\\u0041\"]               | json.surrogate@/0 1:3",
                "{\"\\ud800\":1}                    | json.surrogate@ 1:3",
                "[\"a\\u0000b\"]                    | json.nul@/0 1:4",
                "[1e400]                            | json.number-overflow@/0 1:2",
                "[-1e400, 9223372036854775808]      | json.number-overflow@/0 1:2, json.number-overflow@/1 1:10",
                "[-9223372036854775809]             | json.number-overflow@/0 1:2",
                "[1] [2]                            | json.trailing@ 1:5",
                "{} x                               | json.trailing@ 1:4",
                "{\"a\":1,}                         | json.syntax@ 1:8",
                "[1,]                               | json.syntax@/1 1:4",
                "{\"a\" 1}                          | json.syntax@ 1:6",
                "{a:1}                              | json.syntax@ 1:2",
                "[1 2]                              | json.syntax@ 1:4",
                "{'a':1}                            | json.syntax@ 1:2",
                "[True]                             | json.syntax@/0 1:2",
                "[truE]                             | json.syntax@/0 1:5",
                "[NaN]                              | json.syntax@/0 1:2",
                "[01]                               | json.number@/0 1:2",
                "[1.]                               | json.number@/0 1:2",
                "[-]                                | json.number@/0 1:2",
                "[\"\\x\"]                          | json.escape@/0 1:3",
                "[\"\\u00g0\"]                      | json.escape@/0 1:3",
                "// note                            | json.syntax@ 1:1",
                "{\"a\":\"b                         | json.truncated@/a 1:8",
                "[                                  | json.truncated@ 1:2",
                "[1,                                | json.truncated@/1 1:4",
                "-                                  | json.truncated@ 1:2",
            })
    void saysWhatIsWrongAndWhere(String document, String expected) {
        assertThat(findings(document.strip().getBytes(UTF_8))).isEqualTo(expected);
    }

    @Test
    void goesOnAfterEveryFaultThatLeavesTheRestReadable() {
        String document = """
                {
                  "дүүрэг": 1, "дүүрэг": 2,
                  "text": "\\udc00",
                  "list": [1e999, "a\\u0000"],
                  "list": [],
                  "end": }
                """;
        assertThat(findings(document.getBytes(UTF_8)))
                .isEqualTo(
                        "json.duplicate-key@/дүүрэг 2:16, json.surrogate@/text 3:12, json.number-overflow@/list/0 4:12, "
                                + "json.nul@/list/1 4:21, json.duplicate-key@/list 5:3, json.syntax@/end 6:10");
    }

    @Test
    void placesBytesThatAreNotUtf8ByLineAndCharacter() {
        byte[] document = "{\n \"нэр\": \"Бат?\", \"b\": \"??\"}".getBytes(UTF_8);
        List<Integer> marks = positions(document, '?');
        document[marks.get(0)] = (byte) 0xFF;
        document[marks.get(1)] = (byte) 0xC3;
        document[marks.get(2)] = (byte) 0xC0;

        assertThat(findings(document)).isEqualTo("json.utf8@/нэр 2:13, json.utf8@/b 2:23, json.utf8@/b 2:24");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00C0\u00AF",
                "\u00E0\u0080\u00AF",
                "\u00F4\u0090\u0080\u0080",
                "\u00F8",
                "\u0080",
                "\u00E2\u0082"
            })
    void refusesOverlongCutAndImpossibleSequences(String bytes) {
        byte[] document = ("[\"" + bytes + "\"]").getBytes(ISO_8859_1);
        assertThat(StrictJson.parse(document).findings())
                .extracting(Finding::code)
                .isNotEmpty()
                .containsOnly("json.utf8");
    }

    @Test
    void refusesSurrogatesWrittenAsCharacters() {
        byte[] document = "[\"\u00ED\u00A0\u0080\", 1, \"\u00ED\u00BF\u00BF\"]".getBytes(ISO_8859_1);
        assertThat(findings(document)).isEqualTo("json.surrogate@/0 1:3, json.surrogate@/2 1:11");
    }

    @Test
    void refusesNulAndControlCharactersAsTheyAre() {
        assertThat(findings("[\"a\u0000b\tc\"]".getBytes(UTF_8)))
                .isEqualTo("json.nul@/0 1:4, json.control-character@/0 1:6");
        assertThat(findings("[1,\u00002]".getBytes(UTF_8))).isEqualTo("json.nul@/1 1:4");
    }

    @Test
    void countsLinesOfEveryKind() {
        assertThat(findings("[1,\r\n2,\r3,\n\n x]".getBytes(UTF_8))).isEqualTo("json.syntax@/3 5:2");
    }

    @Test
    void refusesAByteOrderMarkAndStillReadsTheRest() {
        assertThat(findings("\uFEFF{\"a\":1,\"a\":2}".getBytes(UTF_8)))
                .isEqualTo("json.byte-order-mark@ 1:1, json.duplicate-key@/a 1:9");
    }

    @Test
    void namesUtf16ByItsName() {
        assertThat(findings("{\"a\":1}".getBytes(UTF_16LE))).isEqualTo("json.utf16@ 1:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t\r "})
    void refusesAnEmptyBody(String document) {
        assertThat(findings(document.getBytes(UTF_8))).isEqualTo("json.empty@ 1:1");
    }

    @Test
    void nestingMayBeThirtyTwoDeepAndNoDeeper() {
        assertThat(StrictJson.parse(nested(32)).findings()).isEmpty();
        assertThat(findings(nested(33))).isEqualTo("json.depth@" + "/0".repeat(32) + " 1:33");
    }

    @Test
    void refusesABodyBeyondTheLimitUnread() {
        byte[] document = new byte[StrictJson.MAX_BYTES + 1];
        Arrays.fill(document, (byte) ' ');
        assertThat(findings(document)).isEqualTo("json.too-large@ 1:1");
        byte[] atLimit = Arrays.copyOf(document, StrictJson.MAX_BYTES);
        atLimit[0] = '1';
        assertThat(StrictJson.parse(atLimit).findings()).isEmpty();
    }

    @Test
    void tellsNoMoreThanAReportCanHold() {
        String document = "[" + "\"\\ud800\",".repeat(100_000) + "1]";
        List<Finding> findings = StrictJson.parse(document.getBytes(UTF_8)).findings();
        assertThat(findings).hasSize(Findings.MAX_PER_CHECK + 1);
        assertThat(findings.get(Findings.MAX_PER_CHECK).code()).isEqualTo("report.more");
    }

    @Test
    void aFindingNeverRepeatsAValue() {
        byte[] document = "{\"a\":\"secretvalue\\ud800\",\"a\":\"secretvalue\",\"b\":secretvalue}".getBytes(UTF_8);
        assertThat(StrictJson.parse(document).findings())
                .hasSize(3)
                .allSatisfy(finding -> assertThat(finding.toString()).doesNotContain("secretvalue"));
    }

    @Test
    void hostileBodiesOfFullLengthTakeLittleTime() {
        List<byte[]> bodies = List.of(
                filled("["),
                filled("{\"a\":"),
                filled("9"),
                filled("[1e"),
                filled("\""),
                filled("\"\\ud800"),
                filled("\u00ED\u00A0\u0080"),
                sameLongNames(),
                distinctNames(),
                longNameAndManyFaults(),
                quoted('ь'));
        for (byte[] body : bodies) {
            CpuTime.assertWithin(Duration.ofSeconds(4), "1 MiB", () -> StrictJson.parse(body));
        }
    }

    @Test
    void noInputMakesItThrow() {
        Random random = new Random(108);
        byte[] seed = "{\"нэр\":[\"\\ud83d\\ude00\",1.5e3,{\"k\":null,\"l\":[true,-1]}],\"б\":\"\"}".getBytes(UTF_8);
        ObjectMapper jackson = new ObjectMapper();
        for (int i = 0; i < 50_000; i++) {
            byte[] document = seed.clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                document[random.nextInt(document.length)] =
                        random.nextBoolean() ? (byte) random.nextInt(256) : seed[random.nextInt(seed.length)];
            }
            StrictJson.Parsed parsed = StrictJson.parse(document);
            assertThat(parsed.tree() == null).isEqualTo(!parsed.findings().isEmpty());
            assertThat(parsed.findings()).extracting(Finding::code).doesNotContain("json.unreadable");
            if (parsed.tree() != null) {
                try {
                    assertThat(jackson.readTree(new String(document, UTF_8))).isEqualTo(parsed.tree());
                } catch (Exception e) {
                    throw new AssertionError("Jackson refuses what was accepted", e);
                }
            }
        }
    }

    private static String findings(byte[] document) {
        StrictJson.Parsed parsed = StrictJson.parse(document);
        assertThat(parsed.tree() == null).isEqualTo(!parsed.findings().isEmpty());
        return parsed.findings().stream()
                .map(finding ->
                        finding.code() + "@" + finding.pointer() + " " + finding.line() + ":" + finding.column())
                .collect(Collectors.joining(", "));
    }

    private static List<Integer> positions(byte[] bytes, char wanted) {
        return IntStream.range(0, bytes.length)
                .filter(i -> bytes[i] == wanted)
                .boxed()
                .toList();
    }

    private static byte[] nested(int depth) {
        return ("[".repeat(depth) + "]".repeat(depth)).getBytes(UTF_8);
    }

    private static byte[] filled(String unit) {
        byte[] part = unit.getBytes(ISO_8859_1);
        byte[] body = new byte[StrictJson.MAX_BYTES];
        for (int i = 0; i < body.length; i++) {
            body[i] = part[i % part.length];
        }
        return body;
    }

    private static byte[] quoted(char character) {
        return ("\"" + String.valueOf(character).repeat(500_000) + "\"").getBytes(UTF_8);
    }

    private static byte[] sameLongNames() {
        String name = "\"" + "a".repeat(1000) + "\":1,";
        return ("{" + name.repeat(1000) + "\"z\":1}").getBytes(UTF_8);
    }

    private static byte[] distinctNames() {
        return IntStream.range(0, 80_000)
                .mapToObj(i -> "\"n" + i + "\":1")
                .collect(Collectors.joining(",", "{", "}"))
                .getBytes(UTF_8);
    }

    private static byte[] longNameAndManyFaults() {
        return ("{\"" + "a".repeat(400_000) + "\":[" + "\"\\ud800\",".repeat(60_000) + "1]}").getBytes(UTF_8);
    }
}
