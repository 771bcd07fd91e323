package org.referralhub.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Keeps {@code docs/findings.md} what the catalogue and the samples say. {@code mvn test -Dtest=FindingsPageTest
 * -Dhub.write=true} writes it anew.
 */
class FindingsPageTest {
    private static final Path PAGE = Path.of("docs/findings.md");
    private static final Path CATALOGUES = Path.of("src/main/resources");
    /**
     * What a schema may say that none of the shipped ones says, limits that only a huge sample would reach, and last resorts; a
     * dialect of somebody else's may come to them.
     */
    private static final Set<String> NOT_OF_OUR_FORMATS = Set.of(
            "csv.several-rows",
            "csv.too-large",
            "csv.too-many-columns",
            "csv.too-many-rows",
            "fhir.unreadable",
            "mapping.failed",
            "report.clean",
            "schema.other",
            "xsd.children",
            "xsd.incomplete",
            "xsd.invalid",
            "xsd.length",
            "xsd.maximum",
            "xsd.min-length",
            "xsd.minimum",
            "xsd.nil");

    /** A pointer that would widen the table; the line says enough. */
    private static final int LONG = 60;

    private static final String HEAD = """
            # Every finding

            What the hub can say about a message, by its stable code. A finding has a severity (`fatal` and `error` refuse the
            message or all but its urgent core; `warning` and `information` do not), the exact place in the sender's own bytes, and
            its text in both languages, which says what is wrong and what to do. It never holds a value of the message. Words in
            braces stand for limits and codes. The example is a sample that has the finding, and where in it.

            This page is made from the catalogue and the samples; a test fails when it is not.
            """;

    @Test
    void thePageHoldsEveryCodeOfTheCatalogue() throws IOException {
        String page = page();
        if (Boolean.getBoolean("hub.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/findings.md; write it anew with -Dhub.write=true")
                .isEqualTo(page);
    }

    /** A rule that nothing shows is one that nobody knows to work. */
    @Test
    void everyCodeHasASampleOrATestThatNamesIt() throws IOException {
        StringBuilder tests = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file : files.filter(file -> file.toString().endsWith("Test.java"))
                    .filter(file -> !file.endsWith("FindingsPageTest.java"))
                    .toList()) {
                tests.append(Files.readString(file));
            }
        }
        Set<String> shown = new TreeSet<>(examples().keySet());
        for (String code : Findings.codes()) {
            if (Pattern.compile("\\b" + Pattern.quote(code) + "(?![a-z-])")
                    .matcher(tests)
                    .find()) {
                shown.add(code);
            }
        }
        Set<String> missing = new TreeSet<>(Findings.codes());
        missing.removeAll(shown);
        assertThat(missing).as("codes without a sample or a test").isEqualTo(NOT_OF_OUR_FORMATS);
    }

    private static String page() throws IOException {
        Properties mongolian = new Properties();
        try (var reader = Files.newBufferedReader(CATALOGUES.resolve("findings_mn.properties"))) {
            mongolian.load(reader);
        }
        Map<String, String> examples = examples();
        StringBuilder page = new StringBuilder(HEAD);
        boolean introduction = true;
        for (String line : Files.readAllLines(CATALOGUES.resolve("findings_en.properties"))) {
            if (line.isBlank()) {
                introduction = false;
            } else if (line.startsWith("#")) {
                if (!introduction) {
                    page.append("\n## ")
                            .append(line.substring(1).strip())
                            .append("\n| code | Монгол | English | example |\n|---|---|---|---|\n");
                }
            } else {
                Properties one = new Properties();
                one.load(new StringReader(line));
                String code = one.stringPropertyNames().iterator().next();
                page.append("| `%s` | %s | %s | %s |\n"
                        .formatted(
                                code,
                                cell(mongolian.getProperty(code)),
                                cell(one.getProperty(code)),
                                examples.getOrDefault(code, "")));
            }
        }
        return page.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ");
    }

    /** The first sample by name that has each finding. */
    private static Map<String, String> examples() throws IOException {
        Map<String, String> examples = new TreeMap<>();
        List<Path> expectations;
        try (Stream<Path> files = Files.walk(Path.of("schemas"))) {
            expectations = files.filter(file -> file.toString().endsWith(".findings.json"))
                    .sorted()
                    .toList();
        }
        ObjectMapper json = new ObjectMapper();
        for (Path expectation : expectations) {
            for (JsonNode finding : json.readTree(expectation.toFile())) {
                examples.computeIfAbsent(finding.path("code").asText(), code -> "[%s](../%s) %s"
                        .formatted(
                                sample(expectation).getFileName(),
                                sample(expectation).toString().replace('\\', '/'),
                                place(finding)));
            }
        }
        return examples;
    }

    private static String place(JsonNode finding) {
        String pointer = finding.path("pointer").asText();
        return (pointer.isEmpty() || pointer.length() > LONG ? "" : "`" + pointer + "`, ") + "line "
                + finding.path("line").asInt();
    }

    /** The document that an expectation belongs to: the file beside it with the same name and another ending. */
    private static Path sample(Path expectation) {
        String name = expectation.getFileName().toString().replace(".findings.json", "");
        try (Stream<Path> siblings = Files.list(expectation.getParent())) {
            return siblings.filter(file -> file.getFileName().toString().startsWith(name + ".")
                            && !file.equals(expectation)
                            && !file.getFileName().toString().endsWith(".canonical.json"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
