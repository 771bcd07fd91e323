package org.referralhub.edition;

import java.io.IOException;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.referralhub.Setup;
import org.referralhub.broker.BrokerCheck;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.dialect.Samples;
import org.referralhub.disclosure.DisclosureCheck;
import org.referralhub.flow.RouteCheck;
import org.referralhub.recipient.RuleCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is checked of a setup beyond reading it: its routes, loaded as a start would, the checks of single files against each
 * other, and every sample both ways.
 */
public final class EditionCheck {
    /** For whoever shows no progress. */
    public static final IntFunction<Runnable> SILENT = samples -> () -> {};

    private static final Logger LOG = LoggerFactory.getLogger(EditionCheck.class);

    private EditionCheck() {}

    /**
     * Adds every fault with its place; starts and changes nothing.
     *
     * @param demo whether it is the demo's setup
     * @param progress given the number of samples, gives what is run after each
     * @return how many samples were run: none when there is a fault already, which each would only repeat
     */
    public static int run(Setup setup, boolean demo, Faults faults, IntFunction<Runnable> progress) throws IOException {
        try {
            return whole(setup, demo, faults, progress);
        } catch (StackOverflowError e) {
            faults.add(
                    setup.home().shown(setup.home().root()),
                    0,
                    0,
                    "something leads to itself without end, most likely a schema's $ref",
                    "Look at what was changed last under schemas");
            return 0;
        }
    }

    /**
     * Reads a version that was copied. A reader or a check that stumbles over it does not take the hub along.
     *
     * @param thorough whether it is checked beyond being read
     * @return null when it has a fault, which is added then
     */
    static @Nullable Edition read(Shelf shelf, String version, boolean demo, boolean thorough, Faults faults)
            throws IOException {
        HubHome home = shelf.home(version);
        try {
            Setup setup = Setup.load(home, demo, faults);
            if (faults.isEmpty() && thorough) {
                run(setup, demo, faults, SILENT);
            }
            return faults.isEmpty() ? Edition.of(version, setup) : null;
        } catch (ConfigurationException e) {
            e.faults().forEach(faults::add);
            return null;
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error(
                    "The check of configuration {} failed: {}",
                    version,
                    e.getClass().getName(),
                    e);
            faults.add(
                    home.shown(home.root()),
                    0,
                    0,
                    "the check itself failed",
                    "See the log; run ./hub check to find it");
            return null;
        }
    }

    private static int whole(Setup setup, boolean demo, Faults faults, IntFunction<Runnable> progress)
            throws IOException {
        routes(setup, faults);
        new SettingsCheck(setup.home(), demo).run(faults);
        new BrokerCheck(setup.home()).run(faults);
        new DisclosureCheck(setup.home()).run(faults);
        new RuleCheck(setup.home(), setup.agencies(), setup.places(), setup.codeLists()).rules(faults);
        return faults.isEmpty() ? samples(setup, faults, progress) : 0;
    }

    private static void routes(Setup setup, Faults faults) {
        try {
            new RouteCheck(setup.home(), setup.agencies(), setup.disclosure(), setup.dialects()).run(faults);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the routes could not be checked", e);
        }
    }

    private static int samples(Setup setup, Faults faults, IntFunction<Runnable> progress) throws IOException {
        Samples samples = new Samples(setup.home(), setup.dialects());
        List<Samples.Sample> all = samples.all();
        samples.checkThatNoneStandsAlone(all, faults);
        Runnable step = progress.apply(all.size());
        for (Samples.Sample sample : all) {
            samples.run(sample, faults);
            step.run();
        }
        return all.size();
    }
}
