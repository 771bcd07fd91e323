package org.referralhub.flow;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;
import org.referralhub.message.Queues;

/**
 * What the house asks of routes beyond what Camel does: each names its policy and has none of its own, ids are unique, {@code
 * direct:} has both ends, and nobody writes programs in them.
 */
final class RouteRules {
    private static final String POLICY = "routeConfigurationId";
    private static final String DIRECT = "direct:";

    /** Keys of the YAML DSL that hold a program or a language made for programs. */
    private static final Set<String> LANGUAGES =
            Set.of("groovy", "js", "joor", "java", "python", "mvel", "ognl", "spel", "csimple", "wasm", "script");

    /** Components that run a program. */
    private static final Set<String> PROGRAMS = Set.of("exec", "language", "wasm", "groovy", "docker", "ssh");

    private static final Set<String> OWN_POLICIES = Set.of("errorHandler", "onException");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{[^}]*}}");

    private final HubHome home;

    /** Where something stands. */
    private record Spot(Located file, String pointer) {
        ConfigurationFault fault(String problem, String remedy) {
            return file.fault(pointer, problem, remedy);
        }

        Spot at(String key) {
            return new Spot(file, pointer + "/" + key.replace("~", "~0").replace("/", "~1"));
        }

        @Override
        public String toString() {
            return file.file() + ":" + file.place(pointer).line();
        }
    }

    /** A mention of a {@code direct:} endpoint. */
    private record End(String name, Spot spot) {
        /** A placeholder may stand for anything. */
        boolean matches(End other) {
            return pattern(name).matcher(other.name).matches()
                    || pattern(other.name).matcher(name).matches();
        }

        private static Pattern pattern(String name) {
            StringBuilder pattern = new StringBuilder();
            for (String part : PLACEHOLDER.split(name, -1)) {
                pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(part));
            }
            return Pattern.compile(pattern.toString());
        }
    }

    private final Set<String> policies = new HashSet<>();
    private final List<Spot> routes = new ArrayList<>();
    private final Map<String, Spot> ids = new HashMap<>();
    private final List<End> listening = new ArrayList<>();
    private final List<End> sending = new ArrayList<>();
    private final Set<String> sources = new TreeSet<>();

    RouteRules(HubHome home) {
        this.home = home;
    }

    void check(List<Path> files, Faults faults) {
        int before = faults.all().size();
        for (Path path : files) {
            Located file = YamlFile.read(home, path, faults);
            for (int i = 0; i < file.tree().size(); i++) {
                item(new Spot(file, "/" + i), file.tree().path(i), faults);
            }
        }
        routes.forEach(route -> policy(route, faults));
        pairs(faults);
        // A file that can't be read may hold it.
        if (faults.all().size() == before && sources.stream().noneMatch(uri -> uri.endsWith(Queues.DELIVERY))) {
            faults.add(
                    home.shown(home.routes()),
                    0,
                    0,
                    "no route takes from " + Queues.DELIVERY + ", so nobody would get anything",
                    "Restore routes/delivery.camel.yaml from the release");
        }
    }

    private void item(Spot spot, JsonNode item, Faults faults) {
        JsonNode template = item.path("routeTemplate");
        if (item.has("routeConfiguration")) {
            policies.add(item.at("/routeConfiguration/id").asText());
        }
        if (item.has("route")) {
            routes.add(spot.at("route"));
        } else if (template.has("route")) {
            routes.add(spot.at("routeTemplate").at("route"));
        } else if (item.has("from") || template.has("from")) {
            faults.add(spot.fault(
                    "the route names no policy", "Write it as route: with id, " + POLICY + " and from below it"));
        }
        walk(spot, item, "", item.has("routeConfiguration"), faults);
    }

    private void policy(Spot route, Faults faults) {
        JsonNode named = route.file().tree().at(route.pointer()).path(POLICY);
        if (named.asText().isBlank()) {
            faults.add(route.fault("the route names no policy", "Add " + POLICY + ": " + choices()));
        } else if (!policies.contains(named.asText())) {
            faults.add(route.at(POLICY).fault("there is no policy " + named.asText(), "Use " + choices()));
        }
    }

    private String choices() {
        return policies.isEmpty()
                ? "the id of a routeConfiguration, which routes/policies.camel.yaml holds"
                : String.join(" or ", new TreeSet<>(policies));
    }

    /** Looks at everything, whatever it is: a rule that knew every kind of step would miss the next. */
    private void walk(Spot spot, JsonNode node, String key, boolean inPolicy, Faults faults) {
        if (node.isObject()) {
            uri(spot, node, key, faults);
            node.properties().forEach(field -> {
                String name = field.getKey();
                Spot at = spot.at(name);
                if (key.equals("parameters")) {
                    return; // options of an endpoint
                }
                if (LANGUAGES.contains(name)) {
                    faults.add(at.fault(
                            "a program in a route (" + name + ")",
                            "Put what has branches or state into a bean, and name it: bean with ref and method"));
                } else if (OWN_POLICIES.contains(name) && !inPolicy) {
                    faults.add(at.fault(
                            "a policy of the route's own (" + name + ")",
                            "Put it into a routeConfiguration in routes/policies.camel.yaml and name that"));
                } else if (name.equals("id") && field.getValue().isTextual()) {
                    id(at, field.getValue().asText(), faults);
                } else {
                    walk(at, field.getValue(), name, inPolicy, faults);
                }
            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                walk(spot.at(String.valueOf(i)), node.get(i), key, inPolicy, faults);
            }
        } else if (node.isTextual() && !key.equals("uri") && !key.equals("description")) {
            // A step in its short form (to: direct:x), or an expression that names an endpoint.
            endpoint(spot, node.asText(), key, null, faults);
        }
    }

    private void uri(Spot spot, JsonNode step, String key, Faults faults) {
        if (step.path("uri").isTextual()) {
            endpoint(
                    spot.at("uri"),
                    step.path("uri").asText(),
                    key,
                    step.at("/parameters/name").textValue(),
                    faults);
        }
    }

    private void endpoint(Spot spot, String uri, String step, @Nullable String parameter, Faults faults) {
        String plain = uri.replaceFirst("\\?.*", "");
        String scheme = plain.replaceFirst(":.*", "");
        if (PROGRAMS.contains(scheme) && (plain.contains(":") || spot.pointer().endsWith("/uri"))) {
            faults.add(spot.fault(
                    "a program is run from a route (" + scheme + ")",
                    "Put it into a bean, and name it: bean with ref and method"));
        }
        boolean from = step.equals("from");
        if (from) {
            sources.add(plain);
        }
        String name = plain.startsWith(DIRECT)
                ? plain.substring(DIRECT.length())
                : plain.equals("direct") && parameter != null ? parameter : null;
        if (name != null && !name.contains("${")) {
            (from ? listening : sending).add(new End(name.replaceFirst("^//", ""), spot));
        }
    }

    private void id(Spot spot, String id, Faults faults) {
        Spot first = ids.putIfAbsent(id, spot);
        if (first != null) {
            faults.add(spot.fault(
                    "the id " + id + " is already taken at " + first, "Give each route and step an id of its own"));
        }
    }

    private void pairs(Faults faults) {
        Map<String, Spot> heard = new HashMap<>();
        for (End end : listening) {
            Spot first = heard.putIfAbsent(end.name(), end.spot());
            if (first != null) {
                faults.add(end.spot()
                        .fault(DIRECT + end.name() + " is already taken from at " + first, "Choose another name"));
            } else if (sending.stream().noneMatch(end::matches)) {
                faults.add(end.spot()
                        .fault(
                                "no route sends to " + DIRECT + end.name(),
                                "Send to it from another route, or remove this one"));
            }
        }
        for (End end : sending) {
            if (listening.stream().noneMatch(end::matches)) {
                faults.add(end.spot()
                        .fault(
                                "no route begins with " + DIRECT + end.name(),
                                "Add the route that takes from it, or correct the name"));
            }
        }
    }
}
