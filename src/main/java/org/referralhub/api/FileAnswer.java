package org.referralhub.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.dialect.Origin;

/**
 * What became of each row of a file of several messages. Rows that are refused hold back no others, and are not kept.
 *
 * @param accepted how many are on their way, those that had come before included
 * @param refused how many are not
 */
@Schema(name = "FileAnswer", description = "What became of each row of a spreadsheet's file.")
record FileAnswer(int accepted, int refused, List<Row> rows) {

    /**
     * One row.
     *
     * @param row as a spreadsheet counts rows, the header being 1
     * @param line in the file, from 1
     * @param status {@code accepted}, {@code duplicate}, {@code refused}, or {@code conflict} for a message id that was used
     *     for other content
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "FileRow")
    record Row(
            int row,
            int line,

            @Schema(allowableValues = {"accepted", "duplicate", "refused", "conflict"})
            String status,

            @Nullable String messageId,
            @Nullable String referralId,
            @Nullable String reference,
            boolean incomplete,
            List<FindingView> findings) {

        static Row refused(Origin origin, List<FindingView> findings) {
            return new Row(origin.row(), origin.line(), "refused", null, null, null, false, findings);
        }

        static Row of(Origin origin, String status, MessageAnswer answer, List<FindingView> findings) {
            return new Row(
                    origin.row(),
                    origin.line(),
                    status,
                    answer.messageId(),
                    answer.referralId(),
                    answer.reference(),
                    answer.incomplete(),
                    findings);
        }

        boolean passes() {
            return status.equals("accepted") || status.equals("duplicate");
        }
    }

    static FileAnswer of(List<Row> rows) {
        int accepted = (int) rows.stream().filter(Row::passes).count();
        return new FileAnswer(accepted, rows.size() - accepted, rows);
    }
}
