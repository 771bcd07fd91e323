package org.referralhub.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.referralhub.HubApplication;
import org.springframework.boot.SpringApplication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the hub and stays until it is stopped. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Start the hub and keep it running until it is stopped.")
final class RunCommand implements Callable<Integer> {
    @Option(
            names = "--demo",
            description = "Start with invented agencies whose secrets are public. Never for real data.")
    private boolean demo;

    @Option(names = "--no-traffic", description = "With --demo: the invented agencies stay silent.")
    private boolean noTraffic;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Folder that holds routes, schemas, config and data (default: the working directory).")
    private Path home = Path.of("");

    @Override
    public Integer call() throws InterruptedException {
        SpringApplication application = new SpringApplication(HubApplication.class);
        if (demo) {
            application.setAdditionalProfiles("demo");
        }
        try {
            application.run(arguments().toArray(String[]::new));
        } catch (RuntimeException e) {
            // Spring has said why on its way out.
            return ExitCodes.REFUSED;
        }
        // Spring's threads carry the hub from here; its shutdown hook ends the process.
        Thread.currentThread().join();
        return ExitCodes.OK;
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        Path root = home.toAbsolutePath().normalize();
        arguments.add("--hub.home=" + root);
        arguments.add("--spring.config.additional-location=optional:" + root.resolve("config") + "/");
        if (noTraffic) {
            arguments.add("--hub.demo.traffic=false");
        }
        return arguments;
    }
}
