package org.referralhub.cli;

import java.util.stream.Collectors;
import org.referralhub.configuration.ConfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Ends a start that has faults with the faults, and not with a stack trace. */
final class FaultyConfiguration extends AbstractFailureAnalyzer<ConfigurationException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ConfigurationException cause) {
        String faults = cause.faults().stream().map(Object::toString).collect(Collectors.joining("\n"));
        return new FailureAnalysis(
                faults, "Correct what is named above; ./hub check shows it again without starting.", cause);
    }
}
