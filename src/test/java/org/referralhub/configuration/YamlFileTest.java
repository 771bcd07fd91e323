package org.referralhub.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.validation.JsonLocator;
import org.referralhub.validation.MessageSchema;
import org.referralhub.validation.SchemaSet;

class YamlFileTest {
    @TempDir
    private Path folder;

    private MessageSchema schema;

    @BeforeEach
    void compile() throws IOException {
        Files.writeString(folder.resolve("office.schema.json"), """
                {"type": "object", "required": ["offices"], "additionalProperties": false, "properties": {"offices": {
                  "type": "array", "items": {"type": "object", "required": ["id", "place"], "additionalProperties": false,
                    "properties": {"id": {"type": "string"}, "place": {"type": "string"}, "kind": {"enum": ["POLICE"]},
                      "open": {"type": "string"}, "night": {"type": "boolean"}, "count": {"type": "number"}}}}}}
                """);
        schema = MessageSchema.compile(Path.of("office.schema.json"), SchemaSet.of(folder));
    }

    @Test
    void plainValuesAreReadAsYaml12HasThem() throws Exception {
        Faults faults = new Faults();
        Located file = YamlFile.read(
                new HubHome(folder),
                file(
                        "offices:\n- {id: no, place: 0123, open: 22:00, night: true, count: -1.5}\n- id: 2026-01-31\n  place: '11'\n"),
                schema,
                faults);
        assertThat(faults.all()).isEmpty();
        assertThat(file.isSound()).isTrue();
        assertThat(file.tree()).hasToString("""
                        {"offices":[{"id":"no","place":"0123","open":"22:00","night":true,"count":-1.5},{"id":"2026-01-31","place":"11"}]}""");
        assertThat(file.place("/offices/1/place")).isEqualTo(new JsonLocator.Place(4, 10));
        assertThat(file.place("/offices/1/absent")).isEqualTo(file.place("/offices/1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "offices:\\n- id: a\\n                         | 2:3: offices/0/place: The field is required and is missing. Add the field",
                "offices:\\n- id: a\\n  place: 11\\n           | 3:10: offices/0/place: The value has the wrong type. Expected: text. Write a value of that type; a text that looks like a number needs quotes",
                "offices:\\n- id: a\\n  place: b\\n  nam: c\\n | 4:8: offices/0/nam: There is no field of this name here. Check how it is written, or leave it out. Correct the name, or remove the field",
                "offices:\\n- id: a\\n  place: b\\n  kind: x\\n | 4:9: offices/0/kind: The value is not on the list. Allowed: POLICE. Use an allowed value, spelled exactly so",
                "offices:\\n- id: a\\n  id: b\\n  place: c\\n  | 3:3: The key id is there twice. Keep one of the two",
                "offices: []\\n<<: {}\\n                        | 2:1: Merge keys (<<) are not read. Write the fields out",
                "offices: [\\n                                  | 2:1: This is not YAML: expected the node content, but found '<stream end>'. Check indentation, colons and quotes around here",
                "offices: []\\n\\tx: 1\\n                       | 2:1: This is not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation). Check indentation, colons and quotes around here",
                "# nothing\\n                                   | 1:1: The file is empty. Fill it in, or remove it",
                "a: &a [*a]\\n                                  | The file unfolds",
            })
    void everyFaultHasItsLineAndARemedy(String content, String expected) throws Exception {
        Faults faults = new Faults();
        Path path = file(content.replace("\\n", "\n").replace("\\t", "\t").stripTrailing() + "\n");
        Located file = YamlFile.read(new HubHome(folder), path, schema, faults);

        assertThat(file.isSound()).isFalse();
        if (expected.startsWith("The file unfolds")) {
            assertThat(faults.all()).hasSize(1);
        } else {
            assertThat(faults.all())
                    .extracting(fault -> fault.toString().substring(fault.file().length() + 1))
                    .containsExactly(expected);
        }
    }

    @Test
    void aFileThatCannotBeReadIsAFault() throws Exception {
        Faults faults = new Faults();
        assertThat(YamlFile.read(new HubHome(folder), folder.resolve("absent.yaml"), schema, faults)
                        .tree()
                        .isMissingNode())
                .isTrue();
        YamlFile.read(new HubHome(folder), folder, schema, faults);
        Path latin = folder.resolve("latin.yaml");
        Files.write(latin, new byte[] {'a', ':', ' ', (byte) 0xE4});
        YamlFile.read(new HubHome(folder), latin, schema, faults);
        assertThat(faults.all())
                .extracting(ConfigurationFault::problem)
                .containsExactly("The file is not there", "The file can't be read", "The file is not UTF-8");
    }

    @Test
    void aliasesOfAliasesDoNotFillTheMemory() throws Exception {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        Faults faults = new Faults();
        YamlFile.read(new HubHome(folder), file(bomb.toString()), schema, faults);
        assertThat(faults.all()).hasSize(1);
    }

    @Test
    void theExceptionListsEveryFault() {
        Faults faults = new Faults();
        faults.throwIfAny();
        faults.add("config/a.yaml", 3, 5, "Wrong", "Mend it");
        faults.add("config/b.csv", 7, 0, "Also wrong", "Mend that");
        assertThatThrownBy(faults::throwIfAny)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("""
                        2 faults in the configuration:
                          config/a.yaml:3:5: Wrong. Mend it
                          config/b.csv:7: Also wrong. Mend that""")
                .extracting(thrown -> ((ConfigurationException) thrown).faults())
                .isEqualTo(faults.all());
    }

    @Test
    void ourOwnCodeListsAreSoundAndLabelled() {
        Faults faults = new Faults();
        CodeLists lists = CodeLists.load(new HubHome(Path.of("")), faults);
        assertThat(faults.all()).isEmpty();
        assertThat(lists.contains("concern", "UNKNOWN")).isTrue();
        assertThat(lists.contains("concern", "unknown")).isFalse();
        assertThat(lists.contains("absent", "UNKNOWN")).isFalse();
        assertThat(lists.codes("risk_level")).containsExactly("HIGH", "MEDIUM", "LOW");
        assertThat(lists.label("sex", "FEMALE").mn()).isEqualTo("Эмэгтэй");
        assertThat(lists.label("sex", "X").en()).isEqualTo("X");
        assertThat(lists.names()).hasSizeGreaterThan(12);
    }

    @Test
    void faultsOfCodeListsHaveTheirPlace() throws Exception {
        HubHome home = new HubHome(folder.resolve("home"));
        Files.createDirectories(home.config());
        Files.createDirectories(home.schemas().resolve("config"));
        Files.copy(Path.of("schemas/config/code-lists.schema.json"), home.configSchema("code-lists"));
        Files.writeString(
                home.config().resolve("code-lists.json"),
                "{\"lists\": {\n \"sex\": {\n  \"MALE\": {\"mn\": \"Эрэгтэй\"}}}}");
        Faults faults = new Faults();
        CodeLists.load(home, faults);
        assertThat(faults.all()).singleElement().satisfies(fault -> {
            assertThat(fault.file()).isEqualTo("config/code-lists.json");
            assertThat(fault.line()).isEqualTo(3);
            assertThat(fault.problem()).startsWith("lists/sex/MALE/en");
        });
        Files.writeString(home.config().resolve("code-lists.json"), "{\"lists\": {},\n\"lists\": {}}");
        Faults others = new Faults();
        CodeLists.load(home, others);
        assertThat(others.all()).extracting(ConfigurationFault::line).isEqualTo(List.of(2));
    }

    private Path file(String content) throws IOException {
        Path file = folder.resolve("offices.yaml");
        Files.writeString(file, content);
        return file;
    }
}
