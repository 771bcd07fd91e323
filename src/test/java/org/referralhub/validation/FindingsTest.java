package org.referralhub.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;

class FindingsTest {
    private static final Properties MONGOLIAN = Findings.load("findings_mn.properties");
    private static final Properties ENGLISH = Findings.load("findings_en.properties");

    @Test
    void everyCodeHasBothLanguages() {
        assertThat(MONGOLIAN.stringPropertyNames()).isEqualTo(ENGLISH.stringPropertyNames());
        assertThat(Findings.codes())
                .contains("json.syntax", "schema.required")
                .noneMatch(code -> code.startsWith("word."));
    }

    @Test
    void bothLanguagesHaveTheSamePlaceholders() {
        for (String code : ENGLISH.stringPropertyNames()) {
            assertThat(placeholders(MONGOLIAN, code)).as(code).isEqualTo(placeholders(ENGLISH, code));
        }
    }

    @Test
    void codesAreDottedLowerCaseAndTextsAreSentencesInTheirOwnScript() {
        for (String code : Findings.codes()) {
            assertThat(code).matches("[a-z0-9]+(-[a-z0-9]+)*(\\.[a-z0-9]+(-[a-z0-9]+)*)+");
            assertThat(MONGOLIAN.getProperty(code))
                    .as(code)
                    .matches("(?s).*[А-Яа-яЁёӨөҮү]{3}.*")
                    .doesNotContain("TODO");
            assertThat(ENGLISH.getProperty(code)).as(code).isNotBlank().doesNotMatch("(?s).*[А-Яа-яӨөҮү].*");
        }
    }

    @Test
    void noKeyIsThereTwice() throws Exception {
        for (String file : List.of("/findings_mn.properties", "/findings_en.properties")) {
            try (InputStream stream = Findings.class.getResourceAsStream(file);
                    BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                assertThat(reader.lines()
                                .filter(line -> line.contains("=") && !line.startsWith("#"))
                                .map(line -> line.substring(0, line.indexOf('='))))
                        .as(file)
                        .doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void placeholdersAreFilledInEachLanguage() {
        Finding finding = Findings.of(
                Severity.ERROR, "schema.type", "/a", Map.of("expected", new Text("бичвэр", "text $1 \\ {x}")));
        assertThat(finding.message().mn()).endsWith("бичвэр");
        assertThat(finding.message().en()).endsWith("Expected: text $1 \\ {x}");
        assertThat(finding.line()).isZero();
    }

    @Test
    void aCodeOrArgumentThatIsMissingIsAProgrammingError() {
        assertThatThrownBy(() -> Findings.of(Severity.ERROR, "no.such-code", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no.such-code");
        assertThatThrownBy(() -> Findings.of(Severity.ERROR, "schema.type", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("{expected}");
        assertThat(Findings.knows("word.type.string")).isFalse();
    }

    private static Set<String> placeholders(Properties texts, String code) {
        return Findings.PLACEHOLDER
                .matcher(texts.getProperty(code))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
