package org.referralhub.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.referralhub.message.Report;

/** A report in the shape of a FHIR R4 OperationOutcome, which the doors answer with. */
public final class OperationOutcome {
    private OperationOutcome() {}

    /** The report as an OperationOutcome; a clean one holds a single informational issue. */
    public static ObjectNode render(Report report) {
        throw new UnsupportedOperationException("not built yet");
    }
}
