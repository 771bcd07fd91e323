package org.referralhub.edition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
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

/** Values of {@code hub.*} in {@code config/application.yaml} that the next start could not read. */
final class SettingsCheck {
    /** Those that are read one by one; the others have a type of their own, which is found. */
    private static final Map<String, Class<?>> SINGLE = Map.of(
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
        for (PropertySource<?> source : sources) {
            bind(path, source, faults);
        }
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
