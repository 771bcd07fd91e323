package org.referralhub.edition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.Setup;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;

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
            Faults faults = new Faults();
            if (last == null || last.equals(version) || !lastGood) {
                Setup setup = Setup.load(shelf.home(version), demo, faults);
                faults.throwIfAny();
                shelf.run(version, null);
                return new FirstEdition(Edition.of(version, setup), version, List.of());
            }
            // Whatever has changed while the hub was down passes the same checks as a change while it runs.
            if (!shelf.isDeclined(version)) {
                Setup setup = Setup.load(shelf.home(version), demo, faults);
                if (faults.isEmpty()) {
                    EditionCheck.run(setup, demo, faults, EditionCheck.SILENT);
                }
                if (faults.isEmpty()) {
                    shelf.run(version, null);
                    return new FirstEdition(Edition.of(version, setup), version, List.of());
                }
            }
            Edition kept = kept(last, shelf, demo);
            if (kept == null) {
                Setup setup = Setup.load(shelf.home(version), demo, faults);
                faults.throwIfAny();
                shelf.run(version, null);
                return new FirstEdition(Edition.of(version, setup), version, List.of());
            }
            shelf.decline(version);
            return new FirstEdition(kept, version, faults.all());
        } catch (IOException e) {
            throw new UncheckedIOException("the configuration can't be copied to the data folder", e);
        }
    }

    /** Null when it can't be read any more, for example after an upgrade of the hub. */
    private static @Nullable Edition kept(String version, Shelf shelf, boolean demo) {
        Faults faults = new Faults();
        try {
            Setup setup = Setup.load(shelf.home(version), demo, faults);
            return faults.isEmpty() ? Edition.of(version, setup) : null;
        } catch (ConfigurationException e) {
            return null;
        }
    }
}
