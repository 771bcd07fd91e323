package org.referralhub.flow;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Says in which line a route can't be made. Camel gives the place only of what it can't read; of an endpoint, bean or
 * expression that it can't make it quotes the step, which is looked up in the file.
 */
final class RouteFaults {
    private static final String REMEDY =
            "Correct the route; its form is the YAML DSL of Apache Camel, which the visual designers also write";

    private static final Pattern STEP = Pattern.compile(">>> (.*) <<<", Pattern.DOTALL);
    /** Words about a step, which may well be words of the message too. */
    private static final Set<String> TELLS_NOTHING = Set.of("id", "description", "routeConfigurationId");

    private final HubHome home;

    RouteFaults(HubHome home) {
        this.home = home;
    }

    /** What is wrong with a file that Camel did not take. */
    ConfigurationFault of(Path file, Exception failure) {
        Throwable cause = failure;
        StringBuilder quoted = new StringBuilder();
        String route = null;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            cause = t;
            if (t instanceof MarkedYamlEngineException marked
                    && marked.getProblemMark().isPresent()) {
                Mark mark = marked.getProblemMark().get();
                return new ConfigurationFault(
                        home.shown(file), mark.getLine() + 1, mark.getColumn() + 1, problem(t), REMEDY);
            }
            if (t instanceof FailedToCreateRouteException failed) {
                route = failed.getRouteId();
                Matcher step = STEP.matcher(String.valueOf(t.getMessage()));
                quoted.append(step.find() ? step.group(1) : "");
            } else {
                quoted.append(' ').append(t.getMessage());
            }
        }
        String problem = problem(cause);
        Located located = YamlFile.read(home, file, new Faults());
        return found(located, route, quoted.toString().replace("://", ":"))
                .map(pointer -> located.fault(pointer, problem, REMEDY))
                .orElseGet(() -> new ConfigurationFault(home.shown(file), 0, 0, problem, REMEDY));
    }

    /** Camel's first line, without what changes from run to run. */
    private static String problem(Throwable cause) {
        return String.valueOf(cause.getMessage())
                .lines()
                .findFirst()
                .orElse("cannot be loaded")
                .replaceAll("@[0-9a-f]{4,}", "")
                .replaceFirst("\\.+$", "");
    }

    /** The pointer of what the quote is about: the route's entry of which most is quoted. */
    private static Optional<String> found(Located file, @Nullable String route, String quoted) {
        Best best = new Best();
        for (int i = 0; i < file.tree().size(); i++) {
            JsonNode item = file.tree().path(i);
            if (route == null
                    || item.has("routeTemplate")
                    || route.equals(item.at("/route/id").asText())) {
                best.pointer = best.pointer == null ? "/" + i : best.pointer;
                search(item, "/" + i, "", quoted, best);
            }
        }
        return Optional.ofNullable(best.pointer);
    }

    private static final class Best {
        private @Nullable String pointer;
        private int score;
    }

    private static void search(JsonNode node, String pointer, String key, String quoted, Best best) {
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                search(node.get(i), pointer + "/" + i, key, quoted, best);
            }
            return;
        }
        int score = 0;
        int longest = 0;
        String exact = pointer;
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String at = pointer + "/" + field.getKey().replace("~", "~0").replace("/", "~1");
            String text = key.equals("parameters")
                    ? field.getKey()
                    : field.getValue().isTextual() ? field.getValue().asText() : "";
            boolean tells = !text.isEmpty() && !TELLS_NOTHING.contains(field.getKey()) && quoted.contains(text);
            if (tells) {
                score += text.length();
                if (text.length() > longest) {
                    longest = text.length();
                    exact = at;
                }
            }
            search(field.getValue(), at, field.getKey(), quoted, best);
        }
        if (score > best.score) {
            best.score = score;
            best.pointer = exact;
        }
    }
}
