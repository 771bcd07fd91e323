package org.referralhub.edition;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.validation.MessageSchema;
import org.referralhub.validation.SchemaSet;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.yaml.snakeyaml.Yaml;

/** A value that would end the next start is told before it. */
class SettingsCheckTest {
    private static final Path SCHEMA = Path.of("schemas/config/application.schema.json");
    private static final Path BROKER = Path.of("config/broker.xml");
    /** Where a home is can't stand in its own files, and the hub gives these two itself. */
    private static final Set<String> NO_SETTINGS = Set.of("hub.home", "hub.broker.data", "hub.broker.in-vm.id");

    @TempDir
    Path folder;

    private HubHome home;
    private Path file;

    @BeforeEach
    void copy() throws Exception {
        home = new HubHome(folder);
        Files.createDirectories(home.config());
        for (String name : List.of("application.yaml", "application-demo.yaml")) {
            Files.copy(Path.of("config", name), home.config().resolve(name));
        }
        Files.createDirectories(home.configSchema("application").getParent());
        Files.copy(SCHEMA, home.configSchema("application"));
        Files.copy(BROKER, home.config().resolve("broker.xml"));
        file = home.config().resolve("application.yaml");
    }

    private List<ConfigurationFault> check() {
        Faults faults = new Faults();
        new SettingsCheck(home, true).run(faults);
        return faults.all();
    }

    @Test
    void what_is_shipped_can_be_read_and_so_can_a_home_without_the_file() throws Exception {
        assertThat(check()).isEmpty();
        Files.delete(file);
        assertThat(check()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    intake-consumers: 2     | intake-consumers: two     | hub.flow.intake-consumers | a whole number
                    burst: 200              | burst: "plenty"           | hub.api.burst             | a whole number
                    max-body: 1MB           | max-body: 1 heap          | hub.api.max-body          | a size
                    quiet: PT1S             | quiet: a moment           | hub.configuration.quiet   | a length of time
                    unmasked-for: PT15M     | unmasked-for: later       | hub.desk.unmasked-for     | a length of time
                    retention: P30D         | retention: a month        | hub.desk.retention        | a length of time
                    start-on-last-good: true| start-on-last-good: maybe | hub.configuration.start-on-last-good | true or false
                    attempts: 5             | attempts: ${FIVE_OR_SO}   | hub.flow.attempts         | a whole number
                    """)
    void a_value_of_the_wrong_kind_is_told_with_its_place(String good, String wrong, String key, String remedy)
            throws Exception {
        String before = Files.readString(file);
        assertThat(before).contains(good);
        Files.writeString(file, before.replace(good, wrong));
        int line = 1
                + (int) before.substring(0, before.indexOf(good))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();

        assertThat(check()).singleElement().satisfies(fault -> {
            assertThat(fault.file()).isEqualTo("config/application.yaml");
            assertThat(fault.line()).isEqualTo(line);
            assertThat(fault.column()).isPositive();
            assertThat(fault.problem()).contains(key);
            assertThat(fault.remedy()).contains(remedy);
        });
    }

    @Test
    void a_name_that_is_no_setting_is_told_with_its_place_however_a_known_one_is_written() throws Exception {
        Files.writeString(file, """
                hub:
                  api:
                    maxBody: 2MB
                    requests-per-secund: 5
                  broker: { amqp: { port: 5673 }, max-disk-usage: 90 }
                hub.api.burst: 300
                server: { port: 8081 }
                """);
        assertThat(check()).singleElement().satisfies(fault -> {
            assertThat(fault.line()).isEqualTo(4);
            assertThat(fault.problem()).contains("hub.api.requests-per-secund");
        });
    }

    /** The editor completes by the schema, and the check goes by it; both must know what the hub reads, and no more. */
    @Test
    void the_schema_has_every_setting_that_the_hub_reads_and_no_other() throws Exception {
        Set<String> schema = new TreeSet<>();
        leaves(new ObjectMapper().readTree(SCHEMA.toFile()), "", schema);
        Set<String> read = new TreeSet<>(SettingsCheck.SINGLE.keySet());
        Matcher broker = Pattern.compile("\\$\\{(hub\\.[a-z0-9.-]+)").matcher(Files.readString(BROKER));
        while (broker.find()) {
            read.add(broker.group(1));
        }
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        for (BeanDefinition found : scanner.findCandidateComponents("org.referralhub")) {
            Class<?> type = Class.forName(found.getBeanClassName());
            String prefix = type.getAnnotation(ConfigurationProperties.class).value();
            for (RecordComponent component : type.getRecordComponents()) {
                read.add(prefix + '.' + DataObjectPropertyName.toDashedForm(component.getName()));
            }
        }
        Pattern one = Pattern.compile(
                "(?:@Value\\(\"\\$\\{|getProperty\\(\\s*\"|ConditionalOnProperty\\(\\s*(?:name = )?\")(hub\\.[a-z0-9.-]+)");
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path source :
                    sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                Matcher names = one.matcher(Files.readString(source));
                while (names.find()) {
                    read.add(names.group(1));
                }
            }
        }
        read.removeAll(NO_SETTINGS);

        assertThat(schema).containsExactlyElementsOf(read);
    }

    private static void leaves(JsonNode schema, String prefix, Set<String> leaves) {
        schema.path("properties").properties().forEach(property -> {
            String name = prefix.isEmpty() ? property.getKey() : prefix + '.' + property.getKey();
            if (property.getValue().has("properties")) {
                leaves(property.getValue(), name, leaves);
            } else {
                leaves.add(name);
            }
        });
    }

    @Test
    void what_is_shipped_is_as_an_editor_wants_it() throws Exception {
        MessageSchema schema = MessageSchema.compile(SCHEMA.toAbsolutePath(), SchemaSet.of(Path.of("schemas")));
        for (String name : List.of("application.yaml", "application-demo.yaml")) {
            JsonNode settings =
                    new ObjectMapper().valueToTree(new Yaml().<Object>load(Files.readString(Path.of("config", name))));
            assertThat(schema.check(settings)).as(name).isEmpty();
        }
    }

    @Test
    void a_setting_may_come_from_the_environment_and_a_file_that_is_no_yaml_is_told() throws Exception {
        Files.writeString(file, "hub: { flow: { attempts: \"${NO_SUCH_VARIABLE:5}\" } }\n");
        assertThat(check()).isEmpty();
        Files.writeString(file, "\t{ nonsense: [\n");
        assertThat(check()).isNotEmpty().allSatisfy(fault -> assertThat(fault.file())
                .isEqualTo("config/application.yaml"));
    }
}
