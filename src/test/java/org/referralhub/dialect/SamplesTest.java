package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;

/** Every sample below schemas/ becomes what the file beside it says. */
class SamplesTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Dialects DIALECTS = load();
    private static final Translator TRANSLATOR = new Translator(DIALECTS);

    static Dialects load() {
        HubHome home = new HubHome(Path.of("").toAbsolutePath());
        Faults faults = new Faults();
        Dialects dialects = Dialects.load(home, CodeLists.load(home, faults), Places.load(home, faults), faults);
        faults.throwIfAny();
        return dialects;
    }

    @TestFactory
    Stream<DynamicTest> every_sample() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Dialect dialect : DIALECTS.all()) {
            Path samples = dialect.folder().resolve("samples");
            for (Path file : documents(samples.resolve("accepted"))) {
                tests.add(dynamicTest(name(dialect, file), () -> accepted(dialect, file)));
            }
            for (Path file : documents(samples.resolve("refused"))) {
                tests.add(dynamicTest(name(dialect, file), () -> refused(dialect, file)));
            }
            for (Path file : documents(samples.resolve("outbound"))) {
                tests.add(dynamicTest(name(dialect, file), () -> outbound(dialect, file)));
            }
        }
        return tests.stream();
    }

    /** Whatever lies below samples/ is run, or is the pair of something that is. */
    @Test
    void no_expectation_stands_alone() throws IOException {
        List<Path> alone = new ArrayList<>();
        for (Dialect dialect : DIALECTS.all()) {
            Path samples = dialect.folder().resolve("samples");
            Set<Path> known = new HashSet<>();
            for (String folder : List.of("accepted", "refused", "outbound")) {
                for (Path file : documents(samples.resolve(folder))) {
                    known.add(file);
                    if (!folder.equals("refused")) {
                        known.add(beside(file, ".canonical.json"));
                    }
                    if (!folder.equals("outbound")) {
                        known.add(beside(file, ".findings.json"));
                    }
                }
            }
            try (Stream<Path> files = Files.walk(samples)) {
                files.filter(Files::isRegularFile)
                        .filter(file -> !known.contains(file))
                        .forEach(alone::add);
            }
            assertThat(known).as(dialect.name()).isNotEmpty();
        }
        assertThat(DIALECTS.names()).contains("canonical", "helpline", "police");
        assertThat(alone).isEmpty();
    }

    private static void accepted(Dialect dialect, Path file) throws IOException {
        Inbound inbound = read(dialect, file);
        assertThat(inbound).as(lines(inbound.report())).isInstanceOf(Inbound.Accepted.class);
        Inbound.Accepted accepted = (Inbound.Accepted) inbound;
        assertThat(pretty(accepted.canonical())).isEqualTo(pretty(tree(beside(file, ".canonical.json"))));
        if (Files.exists(beside(file, ".findings.json"))) {
            findings(accepted.report(), beside(file, ".findings.json"));
        }
    }

    private static void refused(Dialect dialect, Path file) throws IOException {
        Inbound inbound = read(dialect, file);
        assertThat(inbound).isInstanceOf(Inbound.Refused.class);
        findings(inbound.report(), beside(file, ".findings.json"));
    }

    private static void outbound(Dialect dialect, Path file) throws IOException {
        Outbound outbound = TRANSLATOR.outbound(dialect.name(), (ObjectNode) tree(beside(file, ".canonical.json")));
        JsonNode written = dialect.codec().read(outbound.bytes()).tree();
        JsonNode expected = dialect.codec().read(Files.readAllBytes(file)).tree();
        if (dialect.codec() instanceof XmlCodec) {
            assertThat(written.toPrettyString()).isEqualTo(expected.toPrettyString());
        } else {
            assertThat(pretty(written)).isEqualTo(pretty(expected));
        }
    }

    private static Inbound read(Dialect dialect, Path file) throws IOException {
        return TRANSLATOR.inbound(
                dialect.name(), dialect.samplesSender(), Files.readAllBytes(file), dialect.samplesNow());
    }

    private static void findings(Report report, Path expected) throws IOException {
        List<String> lines = new ArrayList<>();
        for (JsonNode finding : tree(expected)) {
            lines.add("%s %s %s %d:%d"
                    .formatted(
                            finding.path("severity").asText().toLowerCase(Locale.ROOT),
                            finding.path("code").asText(),
                            finding.path("pointer").asText(),
                            finding.path("line").asInt(),
                            finding.path("column").asInt()));
        }
        assertThat(report.findings().stream().map(SamplesTest::line).toList()).containsExactlyElementsOf(lines);
    }

    static String line(Finding finding) {
        return "%s %s %s %d:%d"
                .formatted(
                        finding.severity().name().toLowerCase(Locale.ROOT),
                        finding.code(),
                        finding.pointer(),
                        finding.line(),
                        finding.column());
    }

    private static String lines(Report report) {
        return report.findings().stream().map(SamplesTest::line).toList().toString();
    }

    private static List<Path> documents(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.toString().endsWith(".canonical.json")
                            && !file.toString().endsWith(".findings.json"))
                    .sorted()
                    .toList();
        }
    }

    private static Path beside(Path file, String ending) {
        String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ending);
    }

    private static String name(Dialect dialect, Path file) {
        return dialect.name() + ": " + file.getParent().getFileName() + "/" + file.getFileName();
    }

    private static JsonNode tree(Path file) throws IOException {
        return MAPPER.readTree(Files.readAllBytes(file));
    }

    /** Without the order of keys; trees are compared as text so that a failure shows a diff. */
    private static String pretty(JsonNode tree) {
        return sorted(tree).toPrettyString();
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isArray()) {
            ArrayNode array = MAPPER.createArrayNode();
            node.forEach(element -> array.add(sorted(element)));
            return array;
        }
        if (node.isObject()) {
            ObjectNode object = MAPPER.createObjectNode();
            new TreeSet<>(fieldNames(node)).forEach(key -> object.set(key, sorted(node.get(key))));
            return object;
        }
        return node;
    }

    private static List<String> fieldNames(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
