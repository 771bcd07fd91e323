package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.referralhub.validation.MessageSchema;
import org.referralhub.validation.SchemaSet;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** Makes the codec that a {@code dialect.yaml} speaks of. What is wrong is added to the faults. */
final class CodecFile {
    private final HubHome home;
    private final Path folder;
    private final Located file;
    private final JsonNode tree;
    private final CanonicalSchemas canonical;
    private final CodeLists codeLists;
    private final Faults faults;

    CodecFile(HubHome home, Path folder, Located file, CanonicalSchemas canonical, CodeLists codeLists, Faults faults) {
        this.home = home;
        this.folder = folder;
        this.file = file;
        this.tree = file.tree();
        this.canonical = canonical;
        this.codeLists = codeLists;
        this.faults = faults;
    }

    /** The codec; empty when there is a fault. */
    Optional<Codec> codec() {
        return switch (tree.path("codec").asText()) {
            case "xml" -> xml();
            case "fhir" -> fhir();
            case "csv" -> csv();
            default -> json();
        };
    }

    /** True when the folder holds this file; a fault at the pointer when it does not. */
    boolean exists(String name, String pointer) {
        if (Files.isRegularFile(folder.resolve(name))) {
            return true;
        }
        faults.add(file.fault(
                pointer,
                "there is no file " + name + " in " + home.shown(folder),
                "put the file there or correct the name"));
        return false;
    }

    private Optional<Codec> json() {
        JsonNode named = tree.path("nativeSchema");
        if (named.isMissingNode()) {
            return Optional.of(new JsonCodec(document -> List.of(), canonical::checkDisclosed));
        }
        return jsonSchema(named).map(schema -> new JsonCodec(schema, schema));
    }

    private Optional<Codec> fhir() {
        Map<String, Set<String>> carried = new HashMap<>();
        for (Map.Entry<String, JsonNode> resource : tree.at("/fhir/carried").properties()) {
            Set<String> elements = new HashSet<>();
            resource.getValue().forEach(element -> elements.add(element.asText()));
            carried.put(resource.getKey(), elements);
        }
        Map<String, String> subjects = new HashMap<>();
        tree.at("/fhir/events")
                .properties()
                .forEach(event -> subjects.put(event.getKey(), event.getValue().asText()));
        return jsonSchema(tree.path("nativeSchema"))
                .map(schema -> new FhirCodec(
                        schema, carried, subjects, new FhirExtensions(tree.at("/fhir/extensions")), false))
                .map(codec -> codec.writing(tree.at("/mediaTypes/0").asText()));
    }

    private Optional<Codec> csv() {
        Optional<CsvColumns> columns = CsvFile.columns(file, codeLists, faults);
        Optional<JsonCodec.NativeSchema> schema =
                tree.has("nativeSchema") ? jsonSchema(tree.path("nativeSchema")) : Optional.of(row -> List.of());
        return columns.isEmpty() || schema.isEmpty()
                ? Optional.empty()
                : Optional.of(new CsvCodec(columns.get(), schema.get()));
    }

    private Optional<JsonCodec.NativeSchema> jsonSchema(JsonNode named) {
        SchemaSet set = SchemaSet.of(home.schemas());
        if (named.isTextual()) {
            if (!exists(named.textValue(), "/nativeSchema")) {
                return Optional.empty();
            }
            return CanonicalSchemas.compile(folder.resolve(named.textValue()), set, home, faults)
                    .map(schema -> schema::check);
        }
        Map<String, MessageSchema> schemas = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> one : named.path("files").properties()) {
            String pointer = "/nativeSchema/files/" + Tree.escape(one.getKey());
            if (exists(one.getValue().asText(), pointer)) {
                CanonicalSchemas.compile(folder.resolve(one.getValue().asText()), set, home, faults)
                        .ifPresent(schema -> schemas.put(one.getKey(), schema));
            }
        }
        if (schemas.size() < named.path("files").size()) {
            return Optional.empty();
        }
        return Optional.of(chosenBy(named.path("by").asText(), schemas));
    }

    private static JsonCodec.NativeSchema chosenBy(String pointer, Map<String, MessageSchema> schemas) {
        Map<String, Object> allowed = Map.of("allowed", String.join(", ", schemas.keySet()));
        return document -> {
            MessageSchema schema = schemas.get(Tree.at(document, pointer).asText());
            return schema == null
                    ? List.of(Findings.of(Severity.ERROR, "document.kind", pointer, allowed))
                    : schema.check(document);
        };
    }

    private Optional<Codec> xml() {
        String name = tree.path("nativeSchema").asText();
        if (!tree.path("nativeSchema").isTextual() || !exists(name, "/nativeSchema")) {
            if (!tree.path("nativeSchema").isTextual()) {
                faults.add(file.fault(
                        "/nativeSchema", "an XML dialect has one XSD", "name the file: nativeSchema: name.xsd"));
            }
            return Optional.empty();
        }
        Path path = folder.resolve(name);
        try {
            List<String> repeated = new ArrayList<>();
            tree.at("/xml/repeated").forEach(element -> repeated.add(element.asText()));
            return Optional.of(new XmlCodec(
                    XmlShape.of(tree.at("/xml/namespace").asText(), repeated), xsd(path), XsdNames.of(documents())));
        } catch (SAXParseException e) {
            faults.add(
                    home.shown(path),
                    Math.max(e.getLineNumber(), 0),
                    Math.max(e.getColumnNumber(), 0),
                    "the XSD can't be used: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "),
                    "mend the schema");
        } catch (SAXException | IOException e) {
            faults.add(home.shown(path), 0, 0, "the XSD can't be read", "mend the schema");
        }
        return Optional.empty();
    }

    private Schema xsd(Path path) throws SAXException {
        SchemaFactory factory = SchemaFactory.newDefaultInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "file");
        Source source = new StreamSource(path.toUri().toString());
        return factory.newSchema(source);
    }

    /** The folder's XSDs as documents, for the names in them. */
    private List<Document> documents() throws IOException, SAXException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        List<Document> documents = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            for (Path file : files.filter(one -> one.toString().endsWith(".xsd"))
                    .sorted()
                    .toList()) {
                documents.add(factory.newDocumentBuilder()
                        .parse(new InputSource(new StringReader(Files.readString(file, StandardCharsets.UTF_8)))));
            }
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the platform's XML parser lacks a safety feature", e);
        }
        return documents;
    }
}
