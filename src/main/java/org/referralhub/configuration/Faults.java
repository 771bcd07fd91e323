package org.referralhub.configuration;

import java.util.ArrayList;
import java.util.List;

/** Collects the faults of all files, so that people see every one at once. Not for use by several threads. */
public final class Faults {
    private final List<ConfigurationFault> faults = new ArrayList<>();

    /** Adds one. */
    public void add(ConfigurationFault fault) {
        faults.add(fault);
    }

    /** Adds one. */
    public void add(String file, int line, int column, String problem, String remedy) {
        add(new ConfigurationFault(file, line, column, problem, remedy));
    }

    /** True when there is none. */
    public boolean isEmpty() {
        return faults.isEmpty();
    }

    /** All so far, in the order they were added. */
    public List<ConfigurationFault> all() {
        return List.copyOf(faults);
    }

    /**
     * Ends a start that has faults.
     *
     * @throws ConfigurationException naming every fault
     */
    public void throwIfAny() {
        if (!faults.isEmpty()) {
            throw new ConfigurationException(faults);
        }
    }
}
