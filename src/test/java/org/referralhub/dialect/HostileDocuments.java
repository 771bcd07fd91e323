package org.referralhub.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.referralhub.validation.StrictJson;

/** Documents made to keep the hub busy: as large as may be, and wrong in as many places as fit. */
final class HostileDocuments {
    private static final String REQUEST = """
            {"messageId": "M-1", "messageType": "REQUEST", "sentAt": "2026-11-20T22:00:00+08:00",
             "body": {"urgency": "IMMEDIATE", "concerns": ["NEGLECT"], "narrative": "x", %s}}""";
    private static final String CALL = """
            {"record_type": "CALL", "call_id": "C-1", "call_time": "2026-11-20T22:00:00+08:00", "operator": "op-1",
             "call_class": "RIGHTS_PROTECTION", "response": "NOW", "concerns": ["NEGLECT"], "story": "x", %s}""";
    private static final String REPORT = """
            <ChildProtectionReport xmlns="urn:referral-hub:police:1"><MessageMetadata><MessageID>M-1</MessageID>\
            <MessageDateTime>2026-11-20T22:00:00+08:00</MessageDateTime></MessageMetadata>\
            <UrgencyCode>IMMEDIATE</UrgencyCode>%s</ChildProtectionReport>""";

    private static final String FHIR = """
            {"resourceType": "Bundle", "type": "message", "identifier": {"value": "E-1"},
             "timestamp": "2026-11-20T22:15:00+08:00", "entry": [
              {"fullUrl": "urn:h", "resource": {"resourceType": "MessageHeader",
               "eventCoding": {"system": "urn:referral-hub:code:message_type", "code": "REQUEST"},
               "source": {"endpoint": "urn:x"}, "focus": [{"reference": "urn:s"}]}},
              {"fullUrl": "urn:s", "resource": {"resourceType": "ServiceRequest", "status": "active", "intent": "order",
               "priority": "stat", "subject": {"display": "x"}, "reasonCode": [{"text": "x"}], %s}}]}""";
    private static final String FHIR_XML = """
            <Bundle xmlns="http://hl7.org/fhir"><identifier><value value="E-1"/></identifier><type value="message"/>\
            <timestamp value="2026-11-20T22:15:00+08:00"/><entry><fullUrl value="urn:h"/><resource><MessageHeader>\
            <eventCoding><system value="urn:referral-hub:code:message_type"/><code value="REQUEST"/></eventCoding>\
            <source><endpoint value="urn:x"/></source><focus><reference value="urn:s"/></focus></MessageHeader>\
            </resource></entry><entry><fullUrl value="urn:s"/><resource><ServiceRequest>%s<status value="active"/>\
            <intent value="order"/><priority value="stat"/><subject><display value="x"/></subject><reasonCode>\
            <text value="x"/></reasonCode></ServiceRequest></resource></entry></Bundle>""";
    private static final String NARRATIVE = "<div xmlns='http://www.w3.org/1999/xhtml'>";

    private HostileDocuments() {}

    /** A document, and the dialect whose intake it comes to. */
    record Hostile(String dialect, String name, byte[] document) {
        @Override
        public String toString() {
            return dialect + ": " + name;
        }
    }

    /** All of them; each is made anew. */
    static Stream<Hostile> all() {
        return Stream.of(
                        json("unknown fields", i -> "\"n" + i + "\": 1", ", "),
                        json("control characters", i -> "\"\\u0001\"", ", ", "\"criminalArticles\": [", "]"),
                        json("faulty attachments", i -> "{}", ", ", "\"attachments\": [", "]"),
                        json("faulty incidents", i -> "{\"date\": \"2999-01-01\"}", ", ", "\"incidents\": [", "]"),
                        json("faulty codes", i -> "\"T74." + i + "\"", ", ", "\"icd10\": [", "]"),
                        json("other concerns", i -> "\"C" + i + "\"", ", ", "\"servicesRequested\": [", "]"),
                        json("caregivers", i -> "{\"phone\": \"1\"}", ", ", "\"caregivers\": [", "]"),
                        json("a long text", i -> "ү", "", "\"medicalFindings\": \"", "\""),
                        json("a long date", i -> "1", "", "\"child\": {\"birthDate\": \"", "\"}"),
                        json("a long phone", i -> "1 ", "", "\"callbackPhone\": \"", "\""),
                        json("a long register number", i -> "-", "", "\"child\": {\"registerNo\": \"", "\"}"),
                        json("numbers", i -> "1e308", ", ", "\"concerns\": [", "]"),
                        json("deep", i -> "[", ""),
                        json("quotes", i -> "\"", ""),
                        json("duplicate keys", i -> "\"a\": " + i, ", "),
                        json("as many fields as may be", i -> "\"" + wide("n", 215) + i + "\": 1", ", "),
                        json(
                                "as many attachments as may be",
                                i -> "{\"name\": \"" + wide("a", 450) + "\"}",
                                ", ",
                                "\"attachments\": [",
                                "]"),
                        json(
                                "as many caregivers as may be",
                                i -> "{\"phone\": \"" + wide("1", 450) + "\"}",
                                ", ",
                                "\"caregivers\": [",
                                "]"),
                        json(
                                "as many codes as may be",
                                i -> "\"" + wide("T", 215) + i + "\"",
                                ", ",
                                "\"icd10\": [",
                                "]"),
                        json(
                                "as many incidents as may be",
                                i -> "{\"date\": \"2999-01-01\", \"narrative\": \"" + wide("n", 700) + "\"}",
                                ", ",
                                "\"incidents\": [",
                                "]"),
                        xml("as many elements as may be", i -> "<" + wide("N", 215) + i + "/>", ""),
                        xml("as many codes as may be", i -> "<ConcernCode>" + wide("c", 200) + "</ConcernCode>", ""),
                        xml("unknown elements", i -> "<N" + i + "/>", ""),
                        xml("faulty elements", i -> "<ConcernCode>c</ConcernCode>", ""),
                        xml("deep", i -> "<a>", ""),
                        xml("attributes", i -> " a" + i + "=\"\"", "", "<Child", "/>"),
                        xml("comments", i -> "<!---->", ""),
                        xml("references", i -> "&#1088;", "", "<ReportNarrativeText>", "</ReportNarrativeText>"),
                        xml("sections", i -> "<![CDATA[<]]>", "", "<ReportNarrativeText>", "</ReportNarrativeText>"),
                        xml("a long code", i -> "A", "", "<ConcernCode>", "</ConcernCode>"),
                        xml(
                                "a long number",
                                i -> "1 ",
                                "",
                                "<ContactTelephoneNumberID>",
                                "</ContactTelephoneNumberID>"),
                        xml("namespaces", i -> "<a xmlns=\"u" + i + "\"/>", ""),
                        xml("incidents", i -> "<Incident><ActivityDate>2999-01-01</ActivityDate></Incident>", ""),
                        xml("half a tag", i -> "<", ""),
                        fhir(),
                        fhirXml(),
                        csv())
                .flatMap(tests -> tests);
    }

    private static Stream<Hostile> fhir() {
        String extension = "{\"url\": \"urn:x\", \"valueDecimal\": 1e308}";
        return Stream.of(
                fhir("unknown elements", i -> "\"n" + i + "\": 1", ", ", "", ""),
                fhir("extensions", i -> extension, ", ", "\"extension\": [", "]"),
                fhir("a long text", i -> "ү", "", "\"patientInstruction\": \"", "\""),
                fhir("a long date", i -> "2026-", "", "\"authoredOn\": \"", "\""),
                fhir("binary data", i -> "AAAA", "", "\"extension\": [{\"valueBase64Binary\": \"", "\"}]"),
                fhir("notes", i -> "{\"text\": \"x\"}", ", ", "\"note\": [", "]"),
                fhir(
                        "as many notes as may be",
                        i -> "{\"text\": \"" + wide("x", 220) + "\"}",
                        ", ",
                        "\"note\": [",
                        "]"),
                fhir(
                        "as many extensions as may be",
                        i -> "{\"url\": \"urn:" + wide("x", 300) + "\", \"valueDecimal\": 1e308}",
                        ", ",
                        "\"extension\": [",
                        "]"),
                fhir(
                        "as many codes as may be",
                        i -> "{\"text\": \"" + wide("x", 220) + "\"}",
                        ", ",
                        "\"locationCode\": [",
                        "]"),
                fhir("deep", i -> "{\"extension\": [", "", "\"extension\": [", ""),
                fhir("a deep narrative", i -> "<b>", "", narrative(), "</div>\"}"),
                fhir("a wide narrative", i -> "<p>a</p>", "", narrative(), "</div>\"}"));
    }

    private static String narrative() {
        return "\"text\": {\"status\": \"generated\", \"div\": \"" + NARRATIVE;
    }

    private static Stream<Hostile> fhirXml() {
        return Stream.of(
                fhirXml("unknown elements", i -> "<n" + i + "/>", "", ""),
                fhirXml("deep elements", i -> "<extension>", "", ""),
                fhirXml("elements of which there may be one", i -> "<priority value=\"zz\"/>", "", ""),
                fhirXml("comments", i -> "<!---->", "", ""),
                fhirXml("references", i -> "&#1088;", "<note><text value=\"", "\"/></note>"),
                fhirXml("attributes", i -> " a" + i + "=\"\"", "<note><text", "/></note>"),
                fhirXml("namespaces", i -> "<a xmlns=\"u" + i + "\"/>", "", ""),
                fhirXml("stray text", i -> "abc ", "", ""),
                fhirXml("half a tag", i -> "<", "", ""),
                fhirXml(
                        "a narrative",
                        i -> "<p>a</p>",
                        "<text><status value=\"generated\"/>" + NARRATIVE,
                        "</div></text>"));
    }

    private static final String ROW = "s-1;2026-11-20 22:00;IMMEDIATE;NEGLECT;x;";
    private static final String TITLES = "Message id;Sent at;Urgency;Concerns;Account;";

    private static Stream<Hostile> csv() {
        return Stream.of(
                csv("a cell of a mebibyte", "%s", i -> "ү"),
                csv("a quoted cell of a mebibyte", TITLES + "Note\n" + ROW + "\"%s\"", i -> "ү\n"),
                csv("quotes", "%s", i -> "\""),
                csv("quotes in a row", TITLES + "Note\n" + ROW + "%s", i -> "\""),
                csv("doubled quotes", TITLES + "Note\n" + ROW + "\"%s\"", i -> "\"\""),
                csv("a quote never closed", TITLES + "Note\n" + ROW + "\"%s", i -> "x;\n"),
                csv("columns", "%s", i -> "c" + i + ";"),
                csv("empty columns", "%s", i -> ";"),
                csv("known columns", TITLES + "%s\n" + ROW, i -> "Incident " + (i + 1) + " date;"),
                csv("empty cells", TITLES + "\n" + ROW + "%s", i -> ";"),
                csv("cells without header", TITLES + "\n" + ROW + "%s", i -> "x;"),
                csv("empty rows", TITLES + "\n%s" + ROW, i -> "\n"),
                csv("rows of nothing", TITLES + "\n%s" + ROW, i -> ";;;;;;;;;\n"),
                csv("rows", TITLES + "\n%s", i -> "a;\n"),
                csv("rows of faults", TITLES + "\n%s", i -> "s" + i + ROW + "\n"),
                csv("as many rows as may be", TITLES + "Note\n%s", i -> i < 200 ? wide(i) : ""),
                csv("NULs", TITLES + "Note\n" + ROW + "%s", i -> "\0"),
                csv("text behind a quote", TITLES + "Note\n" + ROW + "\"a\"%s", i -> "b"),
                csv("spaces", TITLES + "Note\n" + ROW + "%s", i -> " \t"),
                csv("a long list", TITLES + "ICD-10\n" + ROW + "\"%s\"", i -> "T" + i + ";"),
                csv("a long list with commas", TITLES + "ICD-10\n" + ROW + "\"%s\"", i -> "T74.1,"),
                csv("a long date", TITLES + "Date of birth\n" + ROW + "%s", i -> "2"),
                csv("a long number", TITLES + "Age\n" + ROW + "%s", i -> "1"),
                csv("a long delimiter line", "sep=%s\n", i -> ";"),
                csv("apostrophes", TITLES + "Note\n" + ROW + "%s", i -> "'"),
                csv("carriage returns", TITLES + "\n" + ROW + "\n%s", i -> "\r"),
                csv("bytes of other encodings", TITLES + "\n" + ROW + "%s", i -> "\u00FF", ISO_8859_1));
    }

    /** Fills a document with less than the values it may have. */
    private static String wide(String letter, int times) {
        return letter.repeat(times);
    }

    /** A row that is as wrong as it can be, of a two-hundredth of a mebibyte. */
    private static String wide(int i) {
        return "s%d;1.1.2026;X%d;Q%d;%s;n\n".formatted(i, i, i, "ү".repeat(2_400));
    }

    private static Hostile csv(String name, String frame, IntFunction<String> piece) {
        return csv(name, frame, piece, UTF_8);
    }

    private static Hostile csv(String name, String frame, IntFunction<String> piece, Charset encoding) {
        StringBuilder pieces = new StringBuilder();
        int room = StrictJson.MAX_BYTES - frame.length() - 100;
        for (int i = 0, bytes = 0; bytes < room; i++) {
            String next = piece.apply(i);
            if (next.isEmpty()) {
                break;
            }
            pieces.append(next);
            bytes += next.getBytes(encoding).length;
        }
        return test("school", name, frame.replace("%s", pieces).getBytes(encoding));
    }

    private static Hostile fhir(String name, IntFunction<String> piece, String between, String open, String close) {
        return test("health", name, large(FHIR, piece, between, open, close));
    }

    private static Hostile fhirXml(String name, IntFunction<String> piece, String open, String close) {
        return test("health-xml", name, large(FHIR_XML, piece, "", open, close));
    }

    private static Stream<Hostile> json(String name, IntFunction<String> piece, String between) {
        return json(name, piece, between, "", "");
    }

    private static Stream<Hostile> json(
            String name, IntFunction<String> piece, String between, String open, String close) {
        return Stream.of(
                test("canonical", name, large(REQUEST, piece, between, open, close)),
                test("helpline", name, large(CALL, piece, between, open, close)),
                test("one-stop", name, large(sample("one-stop"), piece, between, open, close)),
                test("social-work", name, large(sample("social-work"), piece, between, open, close)));
    }

    private static Stream<Hostile> xml(String name, IntFunction<String> piece, String between) {
        return xml(name, piece, between, "", "");
    }

    private static Stream<Hostile> xml(
            String name, IntFunction<String> piece, String between, String open, String close) {
        return Stream.of(test("police", name, large(REPORT, piece, between, open, close)));
    }

    /** A whole document of that dialect, with room for more at its end. */
    private static String sample(String dialect) {
        try {
            String whole =
                    Files.readString(Path.of("schemas", dialect, "samples/accepted/everything-that-can-be-said.json"));
            return whole.substring(0, whole.lastIndexOf('}')).stripTrailing().replace("%", "") + ", %s}";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] large(String frame, IntFunction<String> piece, String between, String open, String close) {
        StringBuilder pieces = new StringBuilder(open);
        int room = StrictJson.MAX_BYTES - frame.getBytes(UTF_8).length - open.length() - close.length() - 100;
        // counted in bytes: Cyrillic letters have two
        int bytes = 0;
        for (int i = 0; bytes < room; i++) {
            String next = i == 0 ? piece.apply(i) : between + piece.apply(i);
            bytes += next.getBytes(UTF_8).length;
            if (bytes < room) {
                pieces.append(next);
            }
        }
        return frame.replace("%s", pieces.append(close)).getBytes(UTF_8);
    }

    private static Hostile test(String dialect, String name, byte[] document) {
        assertThat(document.length).as(name).isBetween(900_000, StrictJson.MAX_BYTES);
        return new Hostile(dialect, name, document);
    }
}
