package org.referralhub.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.referralhub.configuration.HubHome;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;
import org.yaml.snakeyaml.error.YAMLException;

/** The home of a hub for commands that work on its files without it. */
final class Home {
    private Home() {}

    /**
     * The home in this folder, with its data where a hub that runs from it has them: as {@code hub.data} says, a system
     * property, {@code HUB_DATA} or {@code config/application.yaml}.
     */
    static HubHome at(Path root) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addLast(new PropertiesPropertySource("application.yaml", settings(new HubHome(root))));
        String data = environment.getProperty("hub.data", "");
        return data.isBlank() ? new HubHome(root) : new HubHome(root, Path.of(data));
    }

    private static Properties settings(HubHome home) {
        Path file = home.config().resolve("application.yaml");
        if (!Files.isReadable(file)) {
            return new Properties();
        }
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new FileSystemResource(file));
        try {
            Properties settings = yaml.getObject();
            return settings == null ? new Properties() : settings;
        } catch (YAMLException | IllegalStateException e) {
            // The check says where it can't be read; nothing of it is needed to do that.
            return new Properties();
        }
    }
}
