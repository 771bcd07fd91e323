package org.referralhub.configuration;

import java.nio.file.Path;
import java.util.List;

/** The list of places as a CSV file: {@code code,parent,level,name_mn,iso_3166_2,time_zone}. */
public final class PlacesFile {
    /**
     * What an import did.
     *
     * @param places how many places the file holds that are free of faults
     * @param written true when the list was taken over
     * @param faults everything wrong, with line and remedy
     */
    public record Imported(int places, boolean written, List<ConfigurationFault> faults) {
        public Imported {
            faults = List.copyOf(faults);
        }
    }

    private PlacesFile() {}

    /** Reads the file; everything wrong is added to the faults and left out of the result. */
    public static Places read(Path file, Faults faults) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Checks the file and, when there is no fault, makes it the hub's list of places ({@code data/places.csv}). */
    public static Imported importInto(Path source, HubHome home) {
        throw new UnsupportedOperationException("not built yet");
    }
}
