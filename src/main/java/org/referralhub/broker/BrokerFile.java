package org.referralhub.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.FileConfiguration;
import org.apache.activemq.artemis.utils.XMLUtil;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Reads {@code config/broker.xml}. Artemis itself would fill {@code ${...}} from system properties, of which there is one
 * set a process; here each broker has its own.
 */
final class BrokerFile {
    private static final Pattern SETTING = Pattern.compile("\\$\\{([A-Za-z0-9._-]+)(?::([^}]*))?}");

    private BrokerFile() {}

    /** Names of the settings that the file asks for. */
    static Set<String> settings(Path file) {
        try {
            return SETTING.matcher(Files.readString(file))
                    .results()
                    .map(match -> match.group(1))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new BrokerException(file + ": can't be read", e);
        }
    }

    /** The text with a value for each {@code ${name:default}}; lines stay where they are. */
    static String filled(Path file, Map<String, String> settings) throws IOException {
        return SETTING.matcher(Files.readString(file)).replaceAll(match -> {
            String value = settings.getOrDefault(match.group(1), match.group(2));
            if (value == null) {
                throw new BrokerException(file + ": no value for ${" + match.group(1) + "}");
            }
            return Matcher.quoteReplacement(value.replace("&", "&amp;").replace("<", "&lt;"));
        });
    }

    static Configuration read(Path file, Map<String, String> settings) {
        try {
            Element root = XMLUtil.stringToElement(filled(file, settings));
            NodeList cores = root.getElementsByTagName("core");
            if (cores.getLength() != 1) {
                throw new BrokerException(file + ": needs one element <core>");
            }
            FileConfiguration configuration = new FileConfiguration();
            configuration.parse((Element) cores.item(0), file.toUri().toURL());
            return configuration;
        } catch (BrokerException e) {
            throw e;
        } catch (IOException e) {
            throw new BrokerException(file + ": can't be read", e);
        } catch (Exception e) {
            throw new BrokerException(file + ": not a broker configuration: " + e.getMessage(), e);
        }
    }
}
