package org.referralhub.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import org.referralhub.Setup;
import org.referralhub.broker.BrokerCheck;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.dialect.Samples;
import org.referralhub.disclosure.DisclosureCheck;
import org.referralhub.flow.RouteCheck;
import org.referralhub.recipient.RuleCheck;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/** The whole check of a home: what {@code ./hub check} prints, and what {@code ./hub new} asks about what it has written. */
final class HomeCheck {
    /** What these say is said better, and with its place, by the faults. */
    private static final Map<String, LogLevel> QUIET = Map.of(
            "org.apache.camel", LogLevel.ERROR, "com.networknt.schema", LogLevel.OFF, "ca.uhn.fhir", LogLevel.ERROR);

    private final HubHome home;
    private final boolean demo;

    /**
     * What was looked at.
     *
     * @param samples 0 when a fault elsewhere kept them from being run
     */
    record Counts(int agencies, int dialects, int samples) {}

    HomeCheck(HubHome home, boolean demo) {
        this.home = home;
        this.demo = demo;
    }

    /**
     * Reads everything and runs the samples; starts and changes nothing.
     *
     * @param progress shows how far the samples are
     * @throws org.referralhub.configuration.ConfigurationException when a folder is missing
     */
    Counts run(Faults faults, Progress progress) throws IOException {
        QUIET.forEach((logger, level) ->
                LoggingSystem.get(HomeCheck.class.getClassLoader()).setLogLevel(logger, level));
        Setup setup = Setup.load(home, demo, faults);
        checkRoutes(setup, faults);
        new BrokerCheck(home).run(faults);
        // A dialect with a fault would only repeat it with every sample.
        int samples = faults.isEmpty() ? runSamples(setup, faults, progress) : 0;
        new DisclosureCheck(home).run(faults);
        new RuleCheck(home, setup.agencies(), setup.places(), setup.codeLists()).run(faults);
        return new Counts(setup.agencies().all().size(), setup.dialects().all().size(), samples);
    }

    /** Makes the bar that moves with the samples, or nothing. */
    interface Progress {
        @Nullable
        ProgressBar over(int samples);
    }

    private static void checkRoutes(Setup setup, Faults faults) {
        try {
            new RouteCheck(setup.home(), setup.agencies(), setup.disclosure(), setup.dialects()).run(faults);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the routes could not be checked", e);
        }
    }

    private static int runSamples(Setup setup, Faults faults, Progress progress) throws IOException {
        Samples samples = new Samples(setup.home(), setup.dialects());
        List<Samples.Sample> all = samples.all();
        samples.checkThatNoneStandsAlone(all, faults);
        try (ProgressBar bar = progress.over(all.size())) {
            for (Samples.Sample sample : all) {
                samples.run(sample, faults);
                if (bar != null) {
                    bar.step();
                }
            }
        }
        return all.size();
    }
}
