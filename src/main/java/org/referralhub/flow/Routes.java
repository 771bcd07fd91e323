package org.referralhub.flow;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;

/**
 * Loads every {@code *.camel.yaml} below the folder {@code routes/} and makes one intake route for each dialect. A file that
 * does not load is a fault of the configuration: the hub does not start without a route that somebody wrote.
 */
public final class Routes {
    private static final String ENDING = ".camel.yaml";

    private final HubHome home;

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
     */
    public void addTo(CamelContext camel, Collection<String> dialects, int consumers) throws Exception {
        Faults faults = new Faults();
        for (Path file : files()) {
            load(camel, file, faults);
        }
        faults.throwIfAny();
        for (String dialect : dialects) {
            TemplatedRouteBuilder.builder(camel, "intake")
                    .routeId("intake-" + dialect)
                    .parameter("dialect", dialect)
                    .parameter("consumers", consumers)
                    .add();
        }
    }

    /** Loads one file; what is wrong with it becomes a fault with its place. */
    private void load(CamelContext camel, Path file, Faults faults) {
        try {
            Resource resource = ResourceHelper.resolveMandatoryResource(camel, "file:" + file);
            PluginHelper.getRoutesLoader(camel).loadRoutes(resource);
        } catch (Exception e) {
            faults.add(fault(file, e));
        }
    }

    private ConfigurationFault fault(Path file, Exception failure) {
        Throwable cause = failure;
        int line = 0;
        int column = 0;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            cause = t;
            if (t instanceof org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException marked
                    && marked.getProblemMark().isPresent()) {
                line = marked.getProblemMark().get().getLine() + 1;
                column = marked.getProblemMark().get().getColumn() + 1;
                break;
            }
        }
        String problem = String.valueOf(cause.getMessage()).lines().findFirst().orElse("cannot be loaded");
        return new ConfigurationFault(
                home.shown(file),
                line,
                column,
                problem,
                "Correct the route; its form is the YAML DSL of Apache Camel, which the visual designers also write.");
    }

    private static int rank(Path file) {
        return file.getFileName().toString().startsWith("policies") ? 0 : 1;
    }
}
