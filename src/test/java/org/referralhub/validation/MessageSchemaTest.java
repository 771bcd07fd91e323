package org.referralhub.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.message.Finding;
import org.referralhub.testing.CpuTime;

class MessageSchemaTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'required':['a','b']}                                | {'a':1}      | schema.required@/b",
                "{'required':['a/b']}                                  | {}           | schema.required@/a~1b",
                "{'properties':{'a':{'required':['b']}}}               | {'a':{}}     | schema.required@/a/b",
                "{'items':{'required':['b']}}                          | [{'b':1},{}] | schema.required@/1/b",
                "{'properties':{'a':true},'additionalProperties':false} | {'b':1,'c':2} | schema.additional-property@/b schema.additional-property@/c",
                "{'properties':{'a':true},'unevaluatedProperties':false} | {'b':1}    | schema.additional-property@/b",
                "{'type':'object'}                                     | 1            | schema.type@",
                "{'properties':{'a':{'type':['string','null']}}}       | {'a':1}      | schema.type@/a",
                "{'enum':['A','B']}                                    | 'C'          | schema.enum@",
                "{'const':'A'}                                         | 'C'          | schema.const@",
                "{'pattern':'^[0-9]+$'}                                | 'x'          | schema.pattern@",
                "{'minLength':2}                                       | 'x'          | schema.min-length@",
                "{'maxLength':2}                                       | 'xxx'        | schema.max-length@",
                "{'minItems':1}                                        | []           | schema.min-items@",
                "{'maxItems':1}                                        | [1,2]        | schema.max-items@",
                "{'uniqueItems':true}                                  | [1,1]        | schema.unique-items@",
                "{'minimum':1}                                         | 0            | schema.minimum@",
                "{'maximum':1}                                         | 2            | schema.maximum@",
                "{'exclusiveMinimum':1}                                | 1            | schema.exclusive-minimum@",
                "{'exclusiveMaximum':1}                                | 1            | schema.exclusive-maximum@",
                "{'multipleOf':2}                                      | 3            | schema.multiple-of@",
                "{'minProperties':1}                                   | {}           | schema.min-properties@",
                "{'maxProperties':0}                                   | {'a':1}      | schema.max-properties@",
                "{'contains':{'const':1}}                              | [2]          | schema.contains@",
                "{'not':{'const':1}}                                   | 1            | schema.not@",
                "{'properties':{'a':false}}                            | {'a':1}      | schema.not-allowed@/a",
                "{'dependentRequired':{'a':['b']}}                     | {'a':1}      | schema.dependent-required@/b",
                "{'propertyNames':{'pattern':'^a'}}                    | {'b':1}      | schema.property-name@/b",
                "{'if':{'required':['a']},'then':{'required':['b']}}   | {'a':1}      | schema.required@/b",
                "{'oneOf':[{'type':'integer'},{'minimum':1}]}          | 5            | schema.one-of@",
                "{'anyOf':[{'required':['a']},{'required':['b']}]}     | {}           | schema.any-of-required@",
                "{'anyOf':[{'required':['a']},{'required':['c'],'properties':{'c':{'required':['d']}}}]} | {'c':{}} | schema.any-of-required@",
                "{'anyOf':[{'type':'string'},{'type':'array'}]}        | 1            | schema.any-of@",
                "{'anyOf':[{'type':'string'},{'type':'array','items':{'type':'string'}}]} | [1] | schema.type@/0",
                "{'oneOf':[{'properties':{'k':{'const':'A'}}},{'properties':{'k':{'const':'B'},'n':{'type':'integer'}}}]} | {'k':'B','n':'x'} | schema.type@/n",
                "{'properties':{'anyOf':{'required':['x']}}}           | {'anyOf':{}} | schema.required@/anyOf/x",
                "{'allOf':[{'required':['a']},{'required':['a']}]}     | {}           | schema.required@/a",
            })
    void eachKeywordHasItsCodeAndTheExactPointer(String schema, String document, String expected) throws Exception {
        assertThat(codes(compile(schema).check(json(document)))).isEqualTo(expected.strip());
    }

    @Test
    void tellsEveryFaultAndNotOnlyTheFirst() throws Exception {
        MessageSchema schema = compile("""
                {'type':'object','required':['id','when'],'additionalProperties':false,
                 'properties':{'id':{'type':'string'},'when':{'format':'date-time'},'sex':{'enum':['MALE','FEMALE']},
                  'age':{'type':'integer','maximum':17}}}""");
        assertThat(codes(schema.check(json("{'when':'yesterday','sex':'X','age':18,'nick name':1}")))
                        .split(" schema"))
                .hasSize(5);
    }

    @Test
    void textsNameWhatIsAllowedInBothLanguagesAndNeverTheValue() throws Exception {
        MessageSchema schema = compile("""
                {'properties':{'a':{'enum':['RED','BLUE']},'b':{'type':'string'},'c':{'format':'date'},'d':{'maxLength':3},
                 'e':{'pattern':'^x$'},'f':{'const':'ONE'}}}""");
        List<Finding> findings = schema.check(
                json(
                        "{'a':'secretvalue','b':['secretvalue'],'c':'secretvalue','d':'secretvalue','e':'secretvalue','f':'secretvalue'}"));
        assertThat(findings).hasSize(6).noneMatch(finding -> finding.toString().contains("secretvalue"));
        assertThat(findings.get(0).message().en()).contains("RED, BLUE");
        assertThat(findings.get(1).message().en()).endsWith("Expected: text");
        assertThat(findings.get(1).message().mn()).endsWith("Байх ёстой төрөл: бичвэр");
    }

    @Test
    void aChoiceBetweenFieldsNamesThem() throws Exception {
        MessageSchema schema = compile("""
                {'anyOf':[{'required':['callbackPhone']},
                 {'required':['child'],'properties':{'child':{'required':['address']}}},
                 {'required':['incidents'],'properties':{'incidents':{'contains':{'required':['narrative']}}}}]}""");
        List<Finding> findings = schema.check(json("{'child':{}}"));
        assertThat(findings).hasSize(1);
        assertThat(findings.get(0).message().en()).endsWith("callbackPhone, child.address, incidents");
    }

    @Test
    void aSchemaMaySayItBetter() throws Exception {
        MessageSchema schema = compile("""
                {'$ref':'#/$defs/body','$defs':{'body':{'x-finding':{'code':'request.unreachable','mn':'Хаяг','en':'No way'},
                 'anyOf':[{'required':['a']},{'required':['b']}],
                 'properties':{'c':{'type':'string','x-finding':'schema.not-allowed'}}}}}""");
        List<Finding> findings = schema.check(json("{'c':1}"));
        assertThat(codes(findings)).isEqualTo("schema.not-allowed@/c request.unreachable@");
        assertThat(findings.get(1).message().mn()).isEqualTo("Хаяг");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "date      | 2026-02-30",
                "date-time | 2026-01-31T23:05:00",
                "date-time | 2026-01-31",
                "time      | 25:00:00Z",
                "email     | not an address",
                "uuid      | 123",
                "uri       | no scheme",
                "duration  | 15 minutes",
                "ipv4      | 256.1.1.1",
            })
    void formatsAreAsserted(String format, String wrong) throws Exception {
        MessageSchema schema = compile("{'format':'" + format + "'}");
        assertThat(codes(schema.check(json("'" + wrong + "'")))).isEqualTo("schema.format@");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"date", "date-time", "time", "email", "uuid", "uri", "duration", "ipv4", "ipv6", "hostname"})
    void formatsWithstandAVeryLongText(String format) throws Exception {
        MessageSchema schema = compile("{'format':'" + format + "'}");
        for (String unit : List.of("a", "1", "a.", "-", "a@", ":", "P1", "%41")) {
            JsonNode text = MAPPER.getNodeFactory().textNode(unit.repeat(1_000_000 / unit.length()));
            CpuTime.assertWithin(Duration.ofSeconds(5), unit, () -> schema.check(text));
        }
    }

    @Test
    void patternsTakeLinearTime() throws Exception {
        MessageSchema schema = compile("{'pattern':'^(a+)+$'}");
        JsonNode hostile = MAPPER.getNodeFactory().textNode("a".repeat(100_000) + "!");
        CpuTime.assertWithin(Duration.ofSeconds(5), "hostile", () -> assertThat(codes(schema.check(hostile)))
                .isEqualTo("schema.pattern@"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'partial-date' | The value does not have the right form: a date such as 2026-11-20, or 2026-11 or 2026 when no"
                        + " more is known",
                "{'mn':'гурван цифр','en':'three digits'} | The value does not have the right form: three digits",
                "'no-such-word' | The value does not have the right form: ^[0-9]{3}$"
            })
    void whatAPatternMeansIsToldInWords(String form, String text) throws Exception {
        MessageSchema schema = compile("{'pattern':'^[0-9]{3}$','x-form':" + form + "}");

        assertThat(schema.check(json("'x'")))
                .extracting(finding -> finding.message().en())
                .containsExactly(text);
    }

    /** Clerks read what is wrong with their message, and administrators with their file: a regular expression tells them nothing. */
    @Test
    void everyPatternOfTheShippedFormatsHasWords() throws Exception {
        List<String> without = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("schemas"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".schema.json"))
                    .toList()) {
                for (JsonNode schema : MAPPER.readTree(file.toFile()).findParents("pattern")) {
                    JsonNode form = schema.path("x-form");
                    boolean said = form.isObject()
                            ? form.hasNonNull("mn") && form.hasNonNull("en")
                            : !Findings.word("form." + form.asText()).en().startsWith("form.");
                    if (!said) {
                        without.add(file + ": " + schema.path("pattern"));
                    }
                }
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void aPatternMayNameCharactersByNumber() throws Exception {
        MessageSchema schema = compile("{'pattern':'^[\\\\u0410-\\\\u042F]{2}\\\\d{8}$'}");
        assertThat(schema.check(json("'УБ01234567'"))).isEmpty();
        assertThat(schema.check(json("'YB01234567'"))).hasSize(1);
    }

    @Test
    void aSchemaRefersToItsNeighboursByFile() throws Exception {
        Files.createDirectories(folder.resolve("other"));
        write("other/common.schema.json", "{'$id':'common.schema.json','$defs':{'id':{'type':'string'}}}");
        write(
                "main.schema.json",
                "{'$id':'main.schema.json','properties':{'id':{'$ref':'other/common.schema.json#/$defs/id'}}}");
        SchemaSet set = SchemaSet.of(folder);
        assertThat(codes(MessageSchema.compile(Path.of("main.schema.json"), set).check(json("{'id':1}"))))
                .isEqualTo("schema.type@/id");
        assertThat(codes(MessageSchema.compile(
                                java.net.URI.create(folder.resolve("other/common.schema.json")
                                                .toUri() + "#/$defs/id"),
                                set)
                        .check(json("1"))))
                .isEqualTo("schema.type@");
    }

    @Test
    void nothingIsEverFetched() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            byte[] schema = "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, schema.length);
            exchange.getResponseBody().write(schema);
            exchange.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/a.schema.json";
            refused("{'$ref':'" + address + "'}", "is not a file");
            refused("{'$id':'" + address + "','properties':{'a':{'$ref':'b.schema.json'}}}", "is not a file");
            refused("{'$schema':'" + address + "'}", "");
            assertThat(calls).hasValue(0);
        } finally {
            server.stop(0);
        }
        refused("{'$ref':'classpath:/draft-07/schema'}", "is not a file");
        refused("{'$ref':'resource:/draft-07/schema'}", "is not a file");
        refused("{'$ref':'../outside.schema.json'}", "outside the folder");
        refused("{'$ref':'file:///etc/passwd'}", "outside the folder");
        refused("{'$ref':'absent.schema.json'}", "is not there");
        refused("{'$ref':'#/$defs/absent'}", "");
    }

    @Test
    void aLinkThatLeadsOutOfTheFolderIsNotFollowed(@TempDir Path elsewhere) throws Exception {
        Files.writeString(elsewhere.resolve("b.json"), "{}");
        Files.createSymbolicLink(folder.resolve("b.schema.json"), elsewhere.resolve("b.json"));
        refused("{'$ref':'b.schema.json'}", "leads outside");
    }

    @Test
    void mistakesInASchemaAreToldWhenItIsCompiled() throws Exception {
        refused("{'requried':['a']}", "requried");
        refused("{'properties':{'a':{'$ref':'#/$defs/b'}},'$defs':{'b':{'pattern':'(?=x)'}}}", "(?=");
        write("broken.schema.json", "{'a':1,'a':2}");
        assertThatThrownBy(() -> MessageSchema.compile(Path.of("broken.schema.json"), SchemaSet.of(folder)))
                .isInstanceOf(SchemaCompilationException.class)
                .hasMessageContaining("1:8");
        assertThat(compile("{'x-note':'fine','title':'t','description':'d','examples':[],'$comment':'c','default':1}")
                        .check(json("{}")))
                .isEmpty();
    }

    @Test
    void aMessageWithThousandsOfFaultsHasAReportOfBoundedLength() throws Exception {
        MessageSchema schema = compile("{'additionalProperties':false}");
        com.fasterxml.jackson.databind.node.ObjectNode document = MAPPER.createObjectNode();
        for (int i = 0; i < 100_000; i++) {
            document.put("n" + i, i);
        }
        CpuTime.assertWithin(Duration.ofSeconds(5), "100,000 faults", () -> assertThat(schema.check(document))
                .hasSize(Findings.MAX_PER_CHECK + 1));
    }

    @ParameterizedTest
    @MethodSource("schemasOfTheProject")
    void everySchemaOfTheProjectCompiles(Path file) {
        assertThat(MessageSchema.compile(file, SchemaSet.of(Path.of("schemas"))).check(MAPPER.createObjectNode()))
                .isNotNull();
    }

    static List<Path> schemasOfTheProject() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("schemas"))) {
            return files.filter(file -> file.toString().endsWith(".schema.json"))
                    .map(Path::toAbsolutePath)
                    .sorted()
                    .toList();
        }
    }

    @Test
    void manyThreadsShareOneSchema() throws Exception {
        MessageSchema schema = compile("{'required':['a'],'properties':{'b':{'pattern':'^x'}}}");
        JsonNode document = json("{'b':'y'}");
        List<String> seen = java.util.stream.IntStream.range(0, 2000)
                .parallel()
                .mapToObj(i -> codes(schema.check(document)))
                .distinct()
                .toList();
        assertThat(seen).hasSize(1);
    }

    private void refused(String schema, String because) throws IOException {
        write("main.schema.json", schema);
        assertThatThrownBy(() -> MessageSchema.compile(Path.of("main.schema.json"), SchemaSet.of(folder)))
                .as(schema)
                .isInstanceOf(SchemaCompilationException.class)
                .hasMessageContaining(because);
    }

    private MessageSchema compile(String schema) throws IOException {
        write("main.schema.json", schema);
        return MessageSchema.compile(Path.of("main.schema.json"), SchemaSet.of(folder));
    }

    private void write(String file, String schema) throws IOException {
        Files.writeString(folder.resolve(file), schema.replace('\'', '"'));
    }

    private static JsonNode json(String document) throws IOException {
        return MAPPER.readTree(document.replace('\'', '"'));
    }

    private static String codes(List<Finding> findings) {
        return findings.stream()
                .map(finding -> finding.code() + "@" + finding.pointer())
                .collect(Collectors.joining(" "));
    }
}
