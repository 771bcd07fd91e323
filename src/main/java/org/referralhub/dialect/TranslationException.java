package org.referralhub.dialect;

import java.util.stream.Collectors;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;

/**
 * A canonical message could not be written in the recipient's dialect, or what was written is not valid there. Trying again
 * will not help: the mapping or the schema has to change. Its text holds codes and pointers and never a value.
 */
public final class TranslationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Report report;

    TranslationException(String dialect, Report report) {
        super(
                "translation to %s failed: %s"
                        .formatted(
                                dialect,
                                report.findings().stream()
                                        .filter(Finding::refuses)
                                        .map(finding -> finding.code() + " at "
                                                + (finding.pointer().isEmpty() ? "/" : finding.pointer()))
                                        .distinct()
                                        .limit(10)
                                        .collect(Collectors.joining(", "))),
                null,
                false,
                true);
        this.report = report;
    }

    /** What is wrong; pointers into the native tree, without line and column. */
    public Report report() {
        return report;
    }
}
