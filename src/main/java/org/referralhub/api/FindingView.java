package org.referralhub.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Locale;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;

/** One finding as the HTTP face shows it. */
@Schema(name = "Finding", description = "Something that a check found; never a value of the message.")
record FindingView(
        @Schema(allowableValues = {"fatal", "error", "warning", "information"})
        String severity,

        @Schema(example = "schema.required") String code,

        @Schema(description = "JSON Pointer of the exact field in your document")
        String pointer,

        @Schema(description = "Line in your bytes, from 1; 0 without a place")
        int line,

        @Schema(description = "Column in your bytes, from 1; 0 without a place")
        int column,

        String mn,
        String en) {

    static List<FindingView> of(Report report) {
        return report.findings().stream().map(FindingView::of).toList();
    }

    private static FindingView of(Finding finding) {
        return new FindingView(
                finding.severity().name().toLowerCase(Locale.ROOT),
                finding.code(),
                finding.pointer(),
                finding.line(),
                finding.column(),
                finding.message().mn(),
                finding.message().en());
    }
}
