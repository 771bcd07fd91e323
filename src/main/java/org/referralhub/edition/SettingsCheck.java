package org.referralhub.edition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.referralhub.Setup;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.YamlFile;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/** What of {@code hub.*} in {@code config/application.yaml} the next start could not read, or would not. */
final class SettingsCheck {
    /** Those that are read one by one; the others have a type of their own, which is found. */
    static final Map<String, Class<?>> SINGLE = Map.of(
            "hub.alarms.enabled", Boolean.class,
            "hub.collectors.enabled", Boolean.class,
            "hub.counts.smallest", Integer.class,
            "hub.desk.retention", Duration.class,
            "hub.flow.attempts", Integer.class,
            "hub.flow.delivery-consumers", Integer.class,
            "hub.flow.intake-consumers", Integer.class,
            "hub.ledger.early-messages-wait", Duration.class,
            "hub.traces.share", Double.class);

    private static final Map<Class<?>, String> WRITTEN = Map.of(
            Boolean.class, "true or false",
            boolean.class, "true or false",
            Double.class, "a number, such as 0.5",
            Duration.class, "a length of time, such as PT30S, PT15M or P30D",
            DataSize.class, "a size, such as 1MB",
            Integer.class, "a whole number, such as 4",
            int.class, "a whole number, such as 4",
            long.class, "a whole number, such as 50");

    private static final ConfigurationPropertyName HUB = ConfigurationPropertyName.of("hub");
    /** What config/broker.xml names so is a setting too. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(hub\\.[a-z0-9.-]+)");

    private final HubHome home;
    private final boolean demo;

    SettingsCheck(HubHome home, boolean demo) {
        this.home = home;
        this.demo = demo;
    }

    void run(Faults faults) {
        file("application.yaml", faults);
        if (demo) {
            file("application-demo.yaml", faults);
        }
    }

    private void file(String name, Faults faults) {
        Path path = home.config().resolve(name);
        if (!Files.exists(path)) {
            return; // every setting has a value without it
        }
        List<PropertySource<?>> sources;
        try {
            sources = new YamlPropertySourceLoader().load(name, new FileSystemResource(path));
        } catch (IOException | RuntimeException e) {
            int before = faults.all().size();
            YamlFile.read(home, path, faults);
            if (faults.all().size() == before) {
                faults.add(
                        home.shown(path),
                        0,
                        0,
                        "the file can't be read",
                        "Write it as YAML that the hub's user may read");
            }
            return;
        }
        Set<ConfigurationPropertyName> known = known();
        for (PropertySource<?> source : sources) {
            bind(path, source, faults);
            unknown(path, source, known, faults);
        }
    }

    /** A setting that nobody reads is one that somebody believes to be set. */
    private void unknown(Path path, PropertySource<?> source, Set<ConfigurationPropertyName> known, Faults faults) {
        if (known.isEmpty()
                || !(ConfigurationPropertySource.from(source)
                        instanceof IterableConfigurationPropertySource settings)) {
            return;
        }
        settings.stream()
                .filter(HUB::isAncestorOf)
                .filter(name -> !known.contains(name))
                .forEach(name -> {
                    ConfigurationProperty property = settings.getConfigurationProperty(name);
                    TextResourceOrigin.Location place = place(property == null ? null : property.getOrigin());
                    faults.add(
                            home.shown(path),
                            place == null ? 0 : place.getLine() + 1,
                            place == null ? 0 : place.getColumn() + 1,
                            "the hub has no setting %s".formatted(name),
                            "Correct the name, or remove it; docs/configuration.md has them all");
                });
    }

    /** Every setting by name: those of the schema that completes the file in an editor. Empty when there is none. */
    private Set<ConfigurationPropertyName> known() {
        Set<ConfigurationPropertyName> known = new HashSet<>();
        Path schema = home.configSchema("application");
        Path broker = home.config().resolve("broker.xml");
        try {
            if (!Files.exists(schema)) {
                return known;
            }
            collect(new ObjectMapper().readTree(schema.toFile()), "", known);
            if (Files.exists(broker)) {
                Matcher names = PLACEHOLDER.matcher(Files.readString(broker));
                while (names.find()) {
                    known.add(ConfigurationPropertyName.of(names.group(1)));
                }
            }
        } catch (IOException e) {
            return new HashSet<>(); // whoever reads these files says so
        }
        return known;
    }

    private static void collect(JsonNode schema, String prefix, Set<ConfigurationPropertyName> known) {
        schema.path("properties").properties().forEach(property -> {
            String name = prefix.isEmpty() ? property.getKey() : prefix + '.' + property.getKey();
            known.add(ConfigurationPropertyName.of(name));
            collect(property.getValue(), name, known);
        });
    }

    private void bind(Path path, PropertySource<?> source, Faults faults) {
        MutablePropertySources all = new StandardEnvironment().getPropertySources();
        all.addLast(source);
        Binder binder = new Binder(
                List.of(ConfigurationPropertySource.from(source)), new PropertySourcesPlaceholdersResolver(all));
        SINGLE.forEach((key, type) -> bind(binder, key, type, path, faults));
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        for (BeanDefinition found : scanner.findCandidateComponents(Setup.class.getPackageName())) {
            Class<?> type = ClassUtils.resolveClassName(
                    String.valueOf(found.getBeanClassName()), SettingsCheck.class.getClassLoader());
            bind(binder, type.getAnnotation(ConfigurationProperties.class).value(), type, path, faults);
        }
    }

    private void bind(Binder binder, String key, Class<?> type, Path path, Faults faults) {
        try {
            var unused = binder.bind(key, Bindable.of(type));
        } catch (BindException e) {
            TextResourceOrigin.Location place =
                    place(e.getProperty() == null ? null : e.getProperty().getOrigin());
            Class<?> wanted = e.getTarget().getType().resolve(Object.class);
            String written = WRITTEN.get(wanted);
            faults.add(
                    home.shown(path),
                    place == null ? 0 : place.getLine() + 1,
                    place == null ? 0 : place.getColumn() + 1,
                    "%s has a value that the next start can't read".formatted(e.getName()),
                    written == null ? "See the comment above it, and docs/configuration.md" : "Write " + written);
        }
    }

    private static TextResourceOrigin.@Nullable Location place(@Nullable Origin origin) {
        if (origin instanceof TextResourceOrigin text) {
            return text.getLocation();
        }
        return origin instanceof PropertySourceOrigin wrapped ? place(wrapped.getOrigin()) : null;
    }
}
