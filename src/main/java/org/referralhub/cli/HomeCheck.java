package org.referralhub.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.function.IntFunction;
import org.referralhub.Setup;
import org.referralhub.agency.CertificateCheck;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.edition.EditionCheck;
import org.referralhub.recipient.RuleCheck;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * The whole check of a home: what {@code ./hub check} prints, and what {@code ./hub new} asks about what it has written. It is
 * what a hub that runs asks of a change, and besides what neither a start nor a change
 * waits for: whether the offices can serve everybody, and whether the certificates hold today.
 */
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
     * @param progress as for {@link EditionCheck#run}
     * @throws org.referralhub.configuration.ConfigurationException when a folder is missing
     */
    Counts run(Faults faults, IntFunction<Runnable> progress) throws IOException {
        QUIET.forEach((logger, level) ->
                LoggingSystem.get(HomeCheck.class.getClassLoader()).setLogLevel(logger, level));
        Setup setup = Setup.load(home, demo, faults);
        int samples = EditionCheck.run(setup, demo, faults, progress);
        new RuleCheck(home, setup.agencies(), setup.places(), setup.codeLists()).offices(faults);
        new CertificateCheck(home, demo, setup.agencies()).run(Instant.now(), faults);
        return new Counts(setup.agencies().all().size(), setup.dialects().all().size(), samples);
    }
}
