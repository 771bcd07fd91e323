package org.referralhub.edition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.referralhub.Setup;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start begins with. As a rule that is what stands in the home, and a fault in it ends the start. A hub that has run
 * before rather begins with what it ran last, and says so loudly: at midnight a referral that is handled by yesterday's rules
 * is better than one that nobody handles.
 *
 * @param edition what runs
 * @param home the version that stands in the home; another one when it was not taken
 * @param faults why it was not taken; empty when it runs, or was gone back from before
 */
public record FirstEdition(Edition edition, String home, List<ConfigurationFault> faults) {

    private static final Logger LOG = LoggerFactory.getLogger(FirstEdition.class);

    /**
     * Reads it.
     *
     * @param demo true for the demo's agencies
     * @param lastGood whether the version that ran last may take the place of a faulty one
     * @throws ConfigurationException when there is nothing without a fault to begin with
     */
    static FirstEdition open(HubHome home, Shelf shelf, boolean demo, boolean lastGood) {
        Setup.requireFolders(home);
        try {
            String version = shelf.copy();
            String last = shelf.running().orElse(null);
            if (last == null || !lastGood) {
                return begun(version, shelf, demo, true);
            }
            if (last.equals(version)) {
                return begun(version, shelf, demo, false);
            }
            Faults faults = new Faults();
            // Whatever has changed while the hub was down passes the same checks as a change while it runs.
            Edition changed = shelf.isDeclined(version) ? null : EditionCheck.read(shelf, version, demo, true, faults);
            if (changed != null) {
                shelf.run(version, null);
                return new FirstEdition(changed, version, List.of());
            }
            // Null when it can't be read any more, for example after an upgrade of the hub.
            Edition kept = EditionCheck.read(shelf, last, demo, false, new Faults());
            if (kept == null) {
                // What one of the checks has refused does not begin because there is nothing else.
                faults.throwIfAny();
                return begun(version, shelf, demo, false);
            }
            shelf.decline(version);
            return new FirstEdition(kept, version, faults.all());
        } catch (IOException e) {
            throw new UncheckedIOException("the configuration can't be copied to the data folder", e);
        }
    }

    /**
     * @param strict whether a setting that nobody reads is a fault too. It is not where these files have run before: a hub that
     *     has a setting less since an upgrade must still come back, and only says so
     * @throws ConfigurationException when it has a fault
     */
    private static FirstEdition begun(String version, Shelf shelf, boolean demo, boolean strict) throws IOException {
        Faults faults = new Faults();
        Setup setup = Setup.load(shelf.home(version), demo, faults);
        Faults settings = strict ? faults : new Faults();
        new SettingsCheck(setup.home(), demo).run(settings);
        faults.throwIfAny();
        settings.all().forEach(fault -> LOG.warn("{}", fault));
        shelf.run(version, null);
        return new FirstEdition(Edition.of(version, setup), version, List.of());
    }
}
