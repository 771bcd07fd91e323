package org.referralhub.flow;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.referralhub.agency.Agency;
import org.referralhub.agency.CollectorSettings;
import org.referralhub.agency.CourierSettings;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;

/**
 * Loads every {@code *.camel.yaml} below the folder {@code routes/} and makes one intake route for each dialect. A file that
 * does not load is a fault of the configuration: the hub does not start without a route that somebody wrote.
 */
public final class Routes {
    private static final String ENDING = ".camel.yaml";
    private static final String INTAKE = "intake";
    private static final String COURIER = "courier";
    private static final String COLLECTOR = "collector";
    private static final List<String> COURIER_WAYS = List.of("https", "folder", "sftp", "mail", "mail-notice");
    private static final List<String> COLLECTOR_WAYS = List.of("folder", "sftp");

    private final HubHome home;

    /**
     * A route that is made from a template.
     *
     * @param template id of the template
     * @param routeId id of the route
     * @param parameters of the template
     */
    record Made(String template, String routeId, Map<String, Object> parameters) {
        /** Adds the route to a context that has the template. */
        void add(CamelContext camel) throws Exception {
            TemplatedRouteBuilder builder =
                    TemplatedRouteBuilder.builder(camel, template).routeId(routeId);
            parameters.forEach(builder::parameter);
            builder.add();
        }
    }

    public Routes(HubHome home) {
        this.home = home;
    }

    /** The route files, policies first, since routes name them. */
    public List<Path> files() throws IOException {
        try (Stream<Path> paths = Files.walk(home.routes(), FileVisitOption.FOLLOW_LINKS)) {
            return paths.filter(path -> path.getFileName().toString().endsWith(ENDING))
                    .sorted((a, b) -> rank(a) != rank(b) ? Integer.compare(rank(a), rank(b)) : a.compareTo(b))
                    .toList();
        }
    }

    /**
     * Adds the routes to a context.
     *
     * @param dialects names of the dialects that get an intake
     * @param consumers how many messages of one dialect are worked on at once
     * @param agencies those of them that have a courier or a collector get a route for it
     */
    public void addTo(CamelContext camel, Collection<String> dialects, int consumers, Collection<Agency> agencies)
            throws Exception {
        Faults faults = new Faults();
        load(camel, dialects, consumers, faults);
        if (faults.isEmpty()) {
            serve(camel, agencies, faults);
        }
        faults.throwIfAny();
    }

    private void serve(CamelContext camel, Collection<Agency> agencies, Faults faults) {
        served(agencies).forEach(one -> add(camel, one, faults));
    }

    /** Makes one route of each template, whether or not an agency has one. */
    void serveEveryWay(CamelContext camel, Faults faults) {
        for (String way : COURIER_WAYS) {
            add(camel, courier(way, "by-" + way), faults);
        }
        for (String way : COLLECTOR_WAYS) {
            add(camel, collector(way, "by-" + way, "canonical", Duration.ofSeconds(1)), faults);
        }
    }

    /** What is made from templates for agencies: a courier or a collector for those that have one. */
    static List<Made> served(Collection<Agency> agencies) {
        List<Made> made = new ArrayList<>();
        for (Agency agency : agencies) {
            CourierSettings courier = agency.reach().courier();
            if (courier != null) {
                made.add(courier(courier.transport().way(), agency.id()));
            }
            CollectorSettings collector = agency.reach().collector();
            if (collector != null) {
                made.add(collector(collector.drop().way(), agency.id(), agency.dialect(), collector.every()));
            }
        }
        return made;
    }

    private static Made courier(String way, String agency) {
        return new Made(COURIER + "-" + way, COURIER + "-" + agency, Map.of("agency", agency));
    }

    private static Made collector(String way, String agency, String dialect, Duration every) {
        return new Made(
                COLLECTOR + "-" + way,
                COLLECTOR + "-" + agency,
                Map.of("agency", agency, "dialect", dialect, "every", Long.toString(every.toMillis())));
    }

    private void add(CamelContext camel, Made made, Faults faults) {
        try {
            made.add(camel);
        } catch (Exception e) {
            // The template courier-https stands in couriers/https.camel.yaml.
            String file = made.template().replaceFirst("-", "s/") + ENDING;
            faults.add(new RouteFaults(home).of(home.routes().resolve(file), e));
        }
    }

    /** Adds the routes to a context; what can't be added becomes a fault with its place. */
    void load(CamelContext camel, Collection<String> dialects, int consumers, Faults faults) throws IOException {
        for (Path file : files()) {
            load(camel, file, faults);
        }
        // A file that can't be read has its fault already.
        boolean known = ((ModelCamelContext) camel).getRouteTemplateDefinition(INTAKE) != null;
        if (known || faults.isEmpty()) {
            intakes(camel, dialects, consumers, faults);
        }
    }

    /** What is made from templates: an intake for each dialect. */
    List<Made> made(Collection<String> dialects, int consumers) {
        return dialects.stream()
                .map(dialect ->
                        new Made(INTAKE, "intake-" + dialect, Map.of("dialect", dialect, "consumers", consumers)))
                .toList();
    }

    private void intakes(CamelContext camel, Collection<String> dialects, int consumers, Faults faults) {
        try {
            for (Made intake : made(dialects, consumers)) {
                intake.add(camel);
            }
        } catch (Exception e) {
            // Every dialect would say the same.
            faults.add(new RouteFaults(home).of(home.routes().resolve(INTAKE + ENDING), e));
        }
    }

    /** Loads one file; what is wrong with it becomes a fault with its place. */
    private void load(CamelContext camel, Path file, Faults faults) {
        try {
            Resource resource = ResourceHelper.resolveMandatoryResource(camel, "file:" + file);
            PluginHelper.getRoutesLoader(camel).loadRoutes(resource);
        } catch (Exception e) {
            faults.add(new RouteFaults(home).of(file, e));
        }
    }

    private static int rank(Path file) {
        return file.getFileName().toString().startsWith("policies") ? 0 : 1;
    }
}
