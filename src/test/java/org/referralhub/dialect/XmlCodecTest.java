package org.referralhub.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.referralhub.message.Finding;
import org.referralhub.validation.JsonLocator.Place;

class XmlCodecTest {
    private static final String XSD = """
            <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" targetNamespace="urn:t"
                       elementFormDefault="qualified">
              <xs:simpleType name="Sex"><xs:restriction base="xs:string">
                <xs:enumeration value="M"/><xs:enumeration value="F"/></xs:restriction></xs:simpleType>
              <xs:simpleType name="Code"><xs:restriction base="xs:string">
                <xs:pattern value="[A-Z]+"/></xs:restriction></xs:simpleType>
              <xs:element name="Report"><xs:complexType><xs:sequence>
                <xs:element name="Id" type="xs:string"/>
                <xs:element name="Child" minOccurs="0"><xs:complexType><xs:sequence>
                  <xs:element name="Name" type="xs:string" minOccurs="0"/>
                  <xs:element name="Born" type="xs:date"/>
                </xs:sequence><xs:attribute name="sex" type="Sex" use="required"/></xs:complexType></xs:element>
                <xs:element name="Concern" type="Code" maxOccurs="unbounded"/>
                <xs:element name="Text" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string">
                  <xs:maxLength value="20"/></xs:restriction></xs:simpleType></xs:element>
              </xs:sequence></xs:complexType></xs:element>
            </xs:schema>
            """;

    private final XmlCodec codec = codec();

    @Test
    void a_document_becomes_a_tree_and_the_tree_the_document() throws Exception {
        String document = """
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- first --><Report xmlns="urn:t">
                  <Id> 1 </Id>
                  <Child sex="F"><Name>Ө &lt;&amp; &quot;Ү</Name><Born>2015-01-02</Born></Child>
                  <Concern>NEGLECT</Concern>
                  <Text><![CDATA[a <b]]></Text>
                </Report>
                """;
        Codec.Read read = codec.read(document.getBytes(UTF_8));
        assertThat(read.findings()).isEmpty();
        JsonNode expected = new ObjectMapper().readTree("""
                        {"Report": {"Id": "1", "Child": {"@sex": "F", "Name": "Ө <& \\"Ү", "Born": "2015-01-02"},
                                    "Concern": ["NEGLECT"], "Text": "a <b"}}
                        """);
        assertThat(read.tree()).isEqualTo(expected);
        Codec.Written written = codec.write(expected);
        assertThat(written.findings()).isEmpty();
        assertThat(codec.read(written.bytes()).tree()).isEqualTo(expected);
    }

    @Test
    void every_fault_has_its_own_place_and_none_repeats_a_value() {
        String document = """
                <Report xmlns="urn:t">
                  <Child sex="Нууц" extra="1">
                    <Name>Нууц</Name>
                  </Child>
                  <Concern>OK</Concern>
                  <Concern>нууц</Concern>
                  <Secret>Нууц</Secret>
                  <Text>нууц нууц нууц нууц нууц</Text>
                </Report>
                """;
        Codec.Read read = codec.read(document.getBytes(UTF_8));
        assertThat(read.findings())
                .extracting(finding -> finding.code() + " " + finding.pointer())
                .contains(
                        "xsd.required /Report/Id",
                        "xsd.enumeration /Report/Child/@sex",
                        "xsd.unexpected /Report/Child/@extra",
                        "xsd.required /Report/Child/Born",
                        "xsd.pattern /Report/Concern/1",
                        "xsd.max-length /Report/Text");
        assertThat(read.findings().toString())
                .doesNotContainIgnoringCase("нууц")
                .contains("M, F", "20 characters");
        Map<String, Place> places = codec.locate(
                document.getBytes(UTF_8),
                List.of("/Report/Child/@sex", "/Report/Concern/1", "/Report/Child/Born", "/Report/Id"));
        assertThat(places)
                .containsEntry("/Report/Child/@sex", new Place(2, 3))
                .containsEntry("/Report/Concern/1", new Place(6, 3))
                .containsEntry("/Report/Child/Born", new Place(2, 3))
                .containsEntry("/Report/Id", new Place(1, 1));
    }

    @Test
    void elements_out_of_order_and_unknown_ones_are_told_apart() {
        assertThat(codes("<Report xmlns='urn:t'><Concern>A</Concern><Id>1</Id></Report>"))
                .contains("xsd.order /Report/Concern/0");
        assertThat(codes("<Report xmlns='urn:t'><Id>1</Id><What/><Concern>A</Concern></Report>"))
                .containsExactly("xsd.unexpected /Report/What");
        assertThat(codes("<Report xmlns='urn:t'><Id>1</Id></Report>")).containsExactly("xsd.required /Report/Concern");
        assertThat(codes("<Report xmlns='urn:other'><Id>1</Id></Report>")).startsWith("xsd.root /Report");
    }

    @Test
    void a_value_that_imitates_the_validator_gains_nothing() {
        String imitation = "x' of attribute 'Нууц' on element 'a' is not valid with respect to its type, 'b'.";
        assertThat(codes("<Report xmlns='urn:t'><Id>1</Id><Child sex=\"" + imitation
                        + "\"><Born>2015-01-02</Born></Child><Concern>A</Concern></Report>"))
                .containsExactly("xsd.enumeration /Report/Child/@sex");
    }

    @Test
    @Timeout(20)
    void bombs_and_entities_are_refused_before_parsing() {
        String bomb =
                "<?xml version=\"1.0\"?><!-- x -->\n<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><r>&b;</r>";
        assertThat(located(bomb.getBytes(UTF_8))).containsExactly("xml.doctype 2:1");
        String external = "<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r/>";
        assertThat(located(external.getBytes(UTF_8))).containsExactly("xml.doctype 1:1");
        assertThat(located("<r>&x;</r>".getBytes(UTF_8)))
                .hasSize(1)
                .allMatch(one -> one.startsWith("xml.malformed 1:"));
        assertThat(located("<a>".repeat(200_000).getBytes(UTF_8)))
                .hasSize(1)
                .allMatch(one -> one.startsWith("xml.depth"));
        assertThat(located(new byte[2_000_000])).containsExactly("xml.too-large 1:1");
        assertThat(located(new byte[0])).containsExactly("xml.malformed 1:1");
        assertThat(located(new byte[] {'<', 'a', '>', '\n', 'x', (byte) 0xC3, '<', '/', 'a', '>'}))
                .containsExactly("xml.utf8 2:2");
        assertThat(located("<?xml version=\"1.0\" encoding=\"windows-1251\"?><a/>".getBytes(UTF_8)))
                .containsExactly("xml.encoding 1:31");
        StringBuilder attributes = new StringBuilder("<a");
        IntStream.range(0, 70).forEach(i -> attributes.append(" a").append(i).append("='1'"));
        assertThat(located(attributes.append("/>").toString().getBytes(UTF_8)))
                .hasSize(1)
                .allMatch(one -> one.startsWith("xml.attributes"));
    }

    @Test
    void a_reader_that_stopped_leaves_the_next_one_undisturbed() {
        for (int i = 0; i < 20; i++) {
            codec.read("<a><b>".getBytes(UTF_8));
            codec.read("<Report xmlns='urn:t'><Id>1</Id></Report>".getBytes(UTF_8));
            assertThat(codes("<Report xmlns='urn:t'><Id>1</Id><Concern>A</Concern></Report>"))
                    .isEmpty();
        }
    }

    @Test
    void many_threads_read_and_write_at_once() {
        byte[] good = "<Report xmlns='urn:t'><Id>1</Id><Concern>A</Concern></Report>".getBytes(UTF_8);
        byte[] bad = "<Report xmlns='urn:t'><Id>1</Id><Concern>a</Concern></Report>".getBytes(UTF_8);
        List<Integer> wrong = IntStream.range(0, 4_000)
                .parallel()
                .filter(i -> codec.read(i % 2 == 0 ? good : bad).findings().size() != i % 2)
                .boxed()
                .toList();
        assertThat(wrong).isEmpty();
    }

    @Test
    void what_is_written_is_checked_and_control_characters_hold_nothing_back() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        assertThat(codec.write(mapper.readTree("{\"Report\":{\"Id\":\"1\"}}")).findings())
                .extracting(Finding::code, Finding::pointer)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("xsd.required", "/Report/Concern"));
        assertThat(codec.write(mapper.readTree("{\"A\":1,\"B\":2}")).findings()).hasSize(1);
        Codec.Written written =
                codec.write(mapper.readTree("{\"Report\":{\"Id\":\"a\\u0001\\r\\nb\",\"Concern\":[\"A\",\"B\"]}}"));
        assertThat(written.findings()).isEmpty();
        assertThat(DocumentBuilderFactory.newDefaultNSInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(written.bytes()))
                        .getElementsByTagName("Id")
                        .item(0)
                        .getTextContent())
                .isEqualTo("a\uFFFD\r\nb");
    }

    private List<String> codes(String document) {
        return codec.read(document.getBytes(UTF_8)).findings().stream()
                .map(finding -> finding.code() + " " + finding.pointer())
                .toList();
    }

    private List<String> located(byte[] document) {
        List<String> found = new ArrayList<>();
        codec.read(document)
                .findings()
                .forEach(finding -> found.add(finding.code() + " " + finding.line() + ":" + finding.column()));
        return found;
    }

    private static XmlCodec codec() {
        try {
            Schema schema = SchemaFactory.newDefaultInstance().newSchema(new StreamSource(new StringReader(XSD)));
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
            return new XmlCodec(
                    XmlShape.of("urn:t", List.of("Report/Concern")),
                    schema,
                    XsdNames.of(List.of(
                            factory.newDocumentBuilder().parse(new ByteArrayInputStream(XSD.getBytes(UTF_8))))));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
