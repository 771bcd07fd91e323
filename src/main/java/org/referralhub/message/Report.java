package org.referralhub.message;

import java.util.List;

/**
 * Every finding of one run of the checks, in the order of the sender's document.
 *
 * @param findings all of them, never only the first
 */
public record Report(List<Finding> findings) {
    /** A report without findings. */
    public static final Report CLEAN = new Report(List.of());

    public Report {
        findings = List.copyOf(findings);
    }

    /** True when at least one finding stops the message. */
    public boolean refuses() {
        return findings.stream().anyMatch(Finding::refuses);
    }
}
