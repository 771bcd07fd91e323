package org.referralhub.configuration;

import java.util.List;
import java.util.stream.Collectors;

/** The hub can't start, or can't take over a changed file; the message lists every fault, one a line. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigurationFault> faults;

    public ConfigurationException(List<ConfigurationFault> faults) {
        super(faults.size() + (faults.size() == 1 ? " fault" : " faults") + " in the configuration:\n"
                + faults.stream().map(fault -> "  " + fault).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** Every fault. */
    public List<ConfigurationFault> faults() {
        return faults;
    }
}
