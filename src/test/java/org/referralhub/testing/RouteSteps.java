package org.referralhub.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Notes which steps of the routes exist and which of them a test has sent a message through. At the end of the test process
 * the notes go to a file of their own in {@code target/route-steps}; {@code RouteStepCoverageCheck} reads all of them.
 */
public final class RouteSteps implements InterceptStrategy {
    public static final Path FOLDER = Path.of("target", "route-steps");

    private static final Set<String> KNOWN = ConcurrentHashMap.newKeySet();
    private static final Set<String> TAKEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(RouteSteps::write, "route-steps"));
    }

    /** Makes the context's routes note their steps; to be called before the routes are added. */
    public static void noteIn(CamelContext camel) {
        camel.getCamelContextExtension().addInterceptStrategy(new RouteSteps());
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext camel, NamedNode definition, Processor target, Processor nextTarget) {
        String id = String.valueOf(definition.getId());
        String prefix = String.valueOf(definition.getNodePrefixId());
        // Templates give their steps a prefix for each route they make: one route that takes the step is enough.
        String step = id.startsWith(prefix) ? id.substring(prefix.length()) : id;
        if (step.startsWith("mock") || definition.getId() == null) {
            return target;
        }
        KNOWN.add(step);
        return new DelegateAsyncProcessor(target) {
            @Override
            public boolean process(Exchange exchange, org.apache.camel.AsyncCallback callback) {
                TAKEN.add(step);
                return super.process(exchange, callback);
            }
        };
    }

    private static void write() {
        Set<String> lines = new TreeSet<>();
        KNOWN.forEach(step -> lines.add((TAKEN.contains(step) ? "taken " : "known ") + step));
        try {
            Files.createDirectories(FOLDER);
            Files.write(FOLDER.resolve(ProcessHandle.current().pid() + ".txt"), List.copyOf(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
