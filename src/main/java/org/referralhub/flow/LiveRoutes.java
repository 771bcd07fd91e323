package org.referralhub.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.referralhub.Setup;
import org.referralhub.agency.Agency;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges the routes of a running hub: only those that have changed, one after the other. A route first ends what it has in
 * hand; what comes meanwhile waits in its queue, about as long as it takes to draw breath.
 *
 * <p>Whatever is given to it has been loaded before, elsewhere, by {@link RouteCheck}.
 */
public final class LiveRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(LiveRoutes.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SECONDS_TO_END = 30;

    private static final String ROUTE = "route";
    private static final String TEMPLATE = "routeTemplate";
    private static final String POLICY = "routeConfiguration";

    private final CamelContext camel;
    private final int consumers;

    /** @param consumers how many messages of one dialect are worked on at once */
    public LiveRoutes(CamelContext camel, int consumers) {
        this.camel = camel;
        this.consumers = consumers;
    }

    /**
     * What stands in the route files: each entry by its kind and id, and what is made from templates.
     *
     * @param entries by kind, then by id, as they are written
     * @param made what is made from a template, by the id of the route
     */
    private record Plan(Map<String, Map<String, JsonNode>> entries, Map<String, Routes.Made> made) {
        static Plan of(HubHome home, Collection<String> dialects, Collection<Agency> agencies, int consumers)
                throws IOException {
            Map<String, Map<String, JsonNode>> entries = new LinkedHashMap<>();
            Routes routes = new Routes(home);
            for (Path file : routes.files()) {
                Located located = YamlFile.read(home, file, new Faults());
                for (JsonNode entry : located.tree()) {
                    entry.properties()
                            .forEach(one -> entries.computeIfAbsent(one.getKey(), kind -> new LinkedHashMap<>())
                                    .put(id(one.getValue()), entry));
                }
            }
            Map<String, Routes.Made> made = new LinkedHashMap<>();
            routes.made(dialects, consumers).forEach(one -> made.put(one.routeId(), one));
            Routes.served(agencies).forEach(one -> made.put(one.routeId(), one));
            return new Plan(entries, made);
        }

        private static String id(JsonNode entry) {
            return entry.path("id").asText(Integer.toHexString(entry.hashCode()));
        }

        Map<String, JsonNode> of(String kind) {
            return entries.getOrDefault(kind, Map.of());
        }

        /** Which policy a route names, by the route or by the template that it is made from. */
        static String policy(JsonNode entry) {
            JsonNode route = entry.has(TEMPLATE) ? entry.at("/" + TEMPLATE + "/route") : entry.path(ROUTE);
            return route.path("routeConfigurationId").asText();
        }
    }

    /**
     * Has the routes go from one configuration's to another's.
     *
     * @throws Exception when Camel can't; some routes may be exchanged then and others not, and the same call with the two
     *     exchanged puts them back
     */
    public void change(Setup from, Setup to) throws Exception {
        Plan before = plan(from);
        Plan after = plan(to);
        Set<String> policies = differing(before.of(POLICY), after.of(POLICY));
        Set<String> templates = differing(before.of(TEMPLATE), after.of(TEMPLATE));
        templates.addAll(with(policies, after.of(TEMPLATE)));
        Set<String> routes = differing(before.of(ROUTE), after.of(ROUTE));
        routes.addAll(with(policies, after.of(ROUTE)));
        Set<String> made = differing(before.made(), after.made());
        after.made().forEach((id, one) -> {
            if (templates.contains(one.template())) {
                made.add(id);
            }
        });
        // A route keeps the template and the policies that it was made with, so these go first and nothing is without.
        ModelCamelContext model = (ModelCamelContext) camel;
        for (String policy : policies) {
            RouteConfigurationDefinition known = model.getRouteConfigurationDefinition(policy);
            if (known != null) {
                model.removeRouteConfiguration(known);
            }
            load(after.of(POLICY).get(policy));
        }
        for (String template : templates) {
            if (model.getRouteTemplateDefinition(template) != null) {
                model.removeRouteTemplateDefinition(model.getRouteTemplateDefinition(template));
            }
            load(after.of(TEMPLATE).get(template));
        }
        for (String route : routes) {
            remove(route);
            load(after.of(ROUTE).get(route));
        }
        for (String route : made) {
            remove(route);
            Routes.Made wanted = after.made().get(route);
            if (wanted != null) {
                wanted.add(camel);
            }
        }
        routes.addAll(made);
        if (!routes.isEmpty()) {
            LOG.info("Routes exchanged: {}", String.join(", ", routes));
        }
    }

    private Plan plan(Setup setup) throws IOException {
        return Plan.of(setup.home(), setup.dialects().names(), setup.agencies().all(), consumers);
    }

    private static <T> Set<String> differing(Map<String, T> before, Map<String, T> after) {
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        Set<String> differing = new LinkedHashSet<>();
        for (String name : names) {
            T one = before.get(name);
            if (one == null || !one.equals(after.get(name))) {
                differing.add(name);
            }
        }
        return differing;
    }

    private static Set<String> with(Set<String> policies, Map<String, JsonNode> entries) {
        Set<String> ids = new LinkedHashSet<>();
        entries.forEach((id, entry) -> {
            if (policies.contains(Plan.policy(entry))) {
                ids.add(id);
            }
        });
        return ids;
    }

    private void remove(String route) throws Exception {
        if (camel.getRoute(route) != null) {
            camel.getRouteController().stopRoute(route, SECONDS_TO_END, TimeUnit.SECONDS);
            camel.removeRoute(route);
        }
    }

    /** Loads one entry; JSON is YAML. Null when there is none any more. */
    private void load(@org.jspecify.annotations.Nullable JsonNode entry) throws Exception {
        if (entry != null) {
            ArrayNode file = JSON.createArrayNode().add(entry);
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(ResourceHelper.fromString("changed.camel.yaml", JSON.writeValueAsString(file)));
        }
    }
}
