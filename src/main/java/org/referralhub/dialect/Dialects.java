package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.schibsted.spt.data.jslt.Function;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.ConfigSchema;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.Places;
import org.referralhub.configuration.YamlFile;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;
import org.referralhub.validation.Findings;
import org.referralhub.validation.MessageSchema;
import org.referralhub.validation.SchemaSet;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** Every dialect below {@code schemas/}, read and compiled once. Safe for use by many threads. */
public final class Dialects {
    private static final String FILE = "dialect.yaml";
    /** Beside the dialects' folders: the schemas of the hub's own configuration. */
    private static final String CONFIGURATION = "config";

    private final Map<String, Dialect> byName;
    private final CanonicalSchemas canonical;

    private Dialects(Map<String, Dialect> byName, CanonicalSchemas canonical) {
        this.byName = Collections.unmodifiableMap(byName);
        this.canonical = canonical;
    }

    /**
     * Reads every folder of {@code schemas/} that holds a {@code dialect.yaml}, and the canonical schemas. Whatever is wrong
     * is added to the faults; a dialect with a fault is left out.
     */
    public static Dialects load(HubHome home, CodeLists codeLists, Places places, Faults faults) {
        CanonicalSchemas canonical = CanonicalSchemas.load(home, codeLists, places, faults);
        MessageSchema schema = ConfigSchema.compile(home, "dialect", faults);
        Map<String, Dialect> dialects = new TreeMap<>();
        if (schema != null) {
            List<Function> functions = MappingFunctions.all(codeLists, places);
            List<Loader> later = new ArrayList<>();
            for (Path folder : folders(home, faults)) {
                Loader loader = new Loader(home, folder, schema, canonical, functions, codeLists, faults);
                if (loader.isLikeAnother()) {
                    later.add(loader);
                } else {
                    loader.load().ifPresent(dialect -> dialects.put(dialect.name(), dialect));
                }
            }
            Map<String, Dialect> others = Map.copyOf(dialects);
            later.forEach(loader -> loader.load(others).ifPresent(dialect -> dialects.put(dialect.name(), dialect)));
        }
        return new Dialects(dialects, canonical);
    }

    private static List<Path> folders(HubHome home, Faults faults) {
        try (Stream<Path> entries = Files.list(home.schemas())) {
            List<Path> folders = entries.filter(Files::isDirectory)
                    .filter(entry -> !entry.endsWith(CONFIGURATION))
                    .sorted()
                    .toList();
            List<Path> dialects = folders.stream()
                    .filter(folder -> Files.isRegularFile(folder.resolve(FILE)))
                    .toList();
            folders.stream()
                    .filter(folder -> !dialects.contains(folder))
                    .forEach(folder -> faults.add(
                            home.shown(folder),
                            0,
                            0,
                            "the folder of a dialect has no " + FILE,
                            "write it, as docs/dialects.md tells, or remove the folder"));
            return dialects;
        } catch (IOException e) {
            faults.add(
                    home.shown(home.schemas()),
                    0,
                    0,
                    "the folder of the dialects can't be read",
                    "run the hub from the folder that holds schemas/");
            return List.of();
        }
    }

    /** The dialect of this name. */
    public Optional<Dialect> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Their names, in alphabetical order. */
    public Set<String> names() {
        return all().stream().map(Dialect::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Every dialect, by name. */
    public Collection<Dialect> all() {
        return byName.values();
    }

    CanonicalSchemas canonical() {
        return canonical;
    }

    /** Reads one folder. */
    private static final class Loader {
        private final HubHome home;
        private final Path folder;
        private final Located file;
        private final CanonicalSchemas canonical;
        private final List<Function> functions;
        private final CodeLists codeLists;
        private final Faults faults;

        Loader(
                HubHome home,
                Path folder,
                MessageSchema yamlSchema,
                CanonicalSchemas canonical,
                List<Function> functions,
                CodeLists codeLists,
                Faults faults) {
            this.home = home;
            this.folder = folder;
            this.file = YamlFile.read(home, folder.resolve(FILE), yamlSchema, faults);
            this.canonical = canonical;
            this.functions = functions;
            this.codeLists = codeLists;
            this.faults = faults;
        }

        /** True when the format is another dialect's, written in another form. */
        boolean isLikeAnother() {
            return file.isSound() && file.tree().has("like");
        }

        Optional<Dialect> load(Map<String, Dialect> others) {
            Dialect other = others.get(file.tree().path("like").asText());
            if (other == null) {
                faults.add(file.fault(
                        "/like",
                        "there is no sound dialect of this name",
                        "name a folder of schemas/ that is no like"));
                return Optional.empty();
            }
            List<String> mediaTypes = mediaTypes();
            return now().map(now -> new Dialect(
                    String.valueOf(folder.getFileName()),
                    title(),
                    mediaTypes,
                    folder,
                    file.tree().at("/samples/sender").asText(),
                    now,
                    other.codec().writing(mediaTypes.get(0)),
                    other.toCanonical(),
                    other.fromCanonical(),
                    other::exemplars));
        }

        private Text title() {
            return new Text(
                    file.tree().at("/title/mn").asText(),
                    file.tree().at("/title/en").asText());
        }

        private List<String> mediaTypes() {
            List<String> mediaTypes = new ArrayList<>();
            file.tree().path("mediaTypes").forEach(mediaType -> mediaTypes.add(mediaType.asText()));
            return mediaTypes;
        }

        private Optional<Instant> now() {
            try {
                return Optional.of(
                        OffsetDateTime.parse(file.tree().at("/samples/now").asText())
                                .toInstant());
            } catch (DateTimeParseException e) {
                faults.add(file.fault(
                        "/samples/now",
                        "this is not a date and time with offset",
                        "write it like 2026-11-20T10:00:00+08:00"));
                return Optional.empty();
            }
        }

        Optional<Dialect> load() {
            if (!file.isSound()) {
                return Optional.empty();
            }
            JsonNode tree = file.tree();
            Optional<Instant> now = now();
            if (now.isEmpty()) {
                return Optional.empty();
            }
            Optional<Codec> codec =
                    switch (tree.path("codec").asText()) {
                        case "xml" -> xml(tree, file);
                        case "fhir" -> fhir(tree, file);
                        case "csv" -> csv(tree, file);
                        default -> json(tree, file);
                    };
            Optional<Mapping> toCanonical = mapping(tree, "toCanonical", file);
            Optional<Mapping> fromCanonical = mapping(tree, "fromCanonical", file);
            if (codec.isEmpty() || toCanonical.isEmpty() || fromCanonical.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Dialect(
                    String.valueOf(folder.getFileName()),
                    title(),
                    mediaTypes(),
                    folder,
                    tree.at("/samples/sender").asText(),
                    now.get(),
                    codec.get(),
                    toCanonical.get(),
                    fromCanonical.get(),
                    () -> exemplars(codec.get(), toCanonical.get())));
        }

        private Optional<Mapping> mapping(JsonNode tree, String key, Located file) {
            if (!tree.has("mappings")) {
                return Optional.of(Mapping.IDENTITY);
            }
            String name = tree.path("mappings").path(key).asText();
            if (!exists(name, "/mappings/" + key, file)) {
                return Optional.empty();
            }
            Path path = folder.resolve(name);
            return Mapping.compile(path, home.shown(path), functions, faults);
        }

        private boolean exists(String name, String pointer, Located file) {
            if (Files.isRegularFile(folder.resolve(name))) {
                return true;
            }
            faults.add(file.fault(
                    pointer,
                    "there is no file " + name + " in " + home.shown(folder),
                    "put the file there or correct the name"));
            return false;
        }

        private Optional<Codec> json(JsonNode tree, Located file) {
            JsonNode named = tree.path("nativeSchema");
            if (named.isMissingNode()) {
                return Optional.of(new JsonCodec(document -> List.of(), canonical::checkDisclosed));
            }
            return jsonSchema(named, file).map(schema -> new JsonCodec(schema, schema));
        }

        private Optional<Codec> fhir(JsonNode tree, Located file) {
            Map<String, Set<String>> carried = new HashMap<>();
            for (Map.Entry<String, JsonNode> resource : tree.at("/fhir/carried").properties()) {
                Set<String> elements = new HashSet<>();
                resource.getValue().forEach(element -> elements.add(element.asText()));
                carried.put(resource.getKey(), elements);
            }
            Map<String, String> subjects = new HashMap<>();
            tree.at("/fhir/events")
                    .properties()
                    .forEach(event ->
                            subjects.put(event.getKey(), event.getValue().asText()));
            return jsonSchema(tree.path("nativeSchema"), file)
                    .map(schema -> new FhirCodec(
                            schema, carried, subjects, new FhirExtensions(tree.at("/fhir/extensions")), false))
                    .map(codec -> codec.writing(mediaTypes().get(0)));
        }

        private Optional<Codec> csv(JsonNode tree, Located file) {
            Optional<CsvColumns> columns = CsvFile.columns(file, codeLists, faults);
            Optional<JsonCodec.NativeSchema> schema = tree.has("nativeSchema")
                    ? jsonSchema(tree.path("nativeSchema"), file)
                    : Optional.of(row -> List.of());
            return columns.isEmpty() || schema.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new CsvCodec(columns.get(), schema.get()));
        }

        private Optional<JsonCodec.NativeSchema> jsonSchema(JsonNode named, Located file) {
            SchemaSet set = SchemaSet.of(home.schemas());
            if (named.isTextual()) {
                if (!exists(named.textValue(), "/nativeSchema", file)) {
                    return Optional.empty();
                }
                return CanonicalSchemas.compile(folder.resolve(named.textValue()), set, home, faults)
                        .map(schema -> schema::check);
            }
            Map<String, MessageSchema> schemas = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> one : named.path("files").properties()) {
                String pointer = "/nativeSchema/files/" + Tree.escape(one.getKey());
                if (exists(one.getValue().asText(), pointer, file)) {
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

        private Optional<Codec> xml(JsonNode tree, Located file) {
            String name = tree.path("nativeSchema").asText();
            if (!tree.path("nativeSchema").isTextual() || !exists(name, "/nativeSchema", file)) {
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
                        XmlShape.of(tree.at("/xml/namespace").asText(), repeated),
                        xsd(path),
                        XsdNames.of(documents())));
            } catch (SAXParseException e) {
                faults.add(
                        home.shown(path),
                        Math.max(e.getLineNumber(), 0),
                        Math.max(e.getColumnNumber(), 0),
                        "the XSD can't be used: "
                                + String.valueOf(e.getMessage()).replaceAll("\\s+", " "),
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

        /** The accepted samples that can be read, fullest first. */
        private List<Dialect.Exemplar> exemplars(Codec codec, Mapping toCanonical) {
            Path accepted = folder.resolve("samples").resolve("accepted");
            List<Dialect.Exemplar> exemplars = new ArrayList<>();
            if (Files.isDirectory(accepted)) {
                try (Stream<Path> files = Files.list(accepted)) {
                    for (Path file : files.sorted().toList()) {
                        String name = String.valueOf(file.getFileName());
                        if (!name.endsWith(".canonical.json") && !name.endsWith(".findings.json")) {
                            exemplar(Files.readAllBytes(file), codec, toCanonical)
                                    .ifPresent(exemplars::add);
                        }
                    }
                } catch (IOException e) {
                    // Samples only make reports more exact; without them a missing field is reported at its parent.
                    exemplars.clear();
                }
            }
            exemplars.sort((a, b) -> Integer.compare(size(b.canonical()), size(a.canonical())));
            return exemplars;
        }

        private static Optional<Dialect.Exemplar> exemplar(byte[] bytes, Codec codec, Mapping toCanonical) {
            @Nullable JsonNode document = codec.read(bytes).tree();
            if (document == null) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Dialect.Exemplar(document, toCanonical.apply(document)));
            } catch (Mapping.Failure e) {
                return Optional.empty();
            }
        }

        private static int size(JsonNode tree) {
            int[] leaves = {0};
            Tree.leaves(tree, "", (pointer, leaf) -> leaves[0]++);
            return leaves[0];
        }
    }
}
