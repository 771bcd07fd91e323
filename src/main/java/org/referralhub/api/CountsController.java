package org.referralhub.api;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.referralhub.counts.CountSheet;
import org.referralhub.counts.CountTable;
import org.referralhub.counts.Counts;
import org.referralhub.counts.Dimension;
import org.referralhub.counts.TooFineException;
import org.referralhub.ledger.AccessLog;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Figures for the authority. */
@RestController
@RequestMapping(path = "/api/v1/counts", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Counts", description = "For auditors and administrators: figures in which no child can be recognised.")
class CountsController {
    private final Counts counts;
    private final AccessLog access;

    CountsController(Counts counts, AccessLog access) {
        this.counts = counts;
        this.access = access;
    }

    /**
     * Figures for some months.
     *
     * @param smallest referrals that stand behind every figure that is shown
     */
    @Schema(name = "Counts", description = "What became of the referrals of some months; null is not shown.")
    record CountsAnswer(
            @Schema(type = "string", example = "2026-10") String from,
            @Schema(type = "string", example = "2026-11") String to,
            List<String> by,
            int smallest,
            List<CountTable.Row> rows,
            CountTable.Row total) {}

    @GetMapping
    @Operation(summary = "Count referrals", description = """
                    Referrals that were opened from one month to another, and what has become of them by now: identified, \
                    referred, acknowledged, accepted, rejected by reason, transferred, solved, overdue, and the times to \
                    acknowledge and to accept in seconds. Told apart by up to three of aimag, soum, kind, concern, urgency and \
                    month. A figure that only few referrals stand behind is null, and so are others that it would follow from. \
                    With `format=csv` as a table, `*` for what is not shown. Who asked goes into the audit.""")
    @ApiResponse(responseCode = "200", description = "The figures")
    CountsAnswer counts(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @Parameter(description = "First month", schema = @Schema(type = "string", example = "2026-10"))
                    @RequestParam
                    YearMonth from,
            @Parameter(description = "Last month", schema = @Schema(type = "string", example = "2026-11")) @RequestParam
                    YearMonth to,
            @Parameter(description = "What to tell apart", example = "aimag,month") @RequestParam(defaultValue = "")
                    List<String> by) {
        CountTable table = table(caller, from, to, by);
        return new CountsAnswer(
                from.toString(),
                to.toString(),
                table.by().stream().map(Dimension::code).toList(),
                counts.enough(),
                table.rows(),
                table.total());
    }

    @GetMapping(params = "format=csv", produces = "text/csv")
    @Operation(hidden = true)
    void countsAsTable(
            @AuthenticationPrincipal Caller caller,
            @RequestParam YearMonth from,
            @RequestParam YearMonth to,
            @RequestParam(defaultValue = "") List<String> by,
            HttpServletResponse response)
            throws IOException {
        CountTable table = table(caller, from, to, by);
        response.setContentType("text/csv");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        try (CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(response.getWriter())) {
            csv.writeRecord(CountSheet.head(table));
            for (CountTable.Row row : table.rows()) {
                csv.writeRecord(CountSheet.record(table, row));
            }
            csv.writeRecord(CountSheet.record(table, table.total()));
        }
    }

    private CountTable table(Caller caller, YearMonth from, YearMonth to, List<String> by) {
        List<Dimension> dimensions = new ArrayList<>();
        for (String code : by) {
            if (!code.isBlank()) {
                dimensions.add(Dimension.of(code.strip())
                        .orElseThrow(() -> ProblemException.of(
                                Problem.BAD_REQUEST, "by knows aimag, soum, kind, concern, urgency and month.")));
            }
        }
        if (dimensions.stream().distinct().count() > Counts.MOST_DIMENSIONS) {
            throw ProblemException.of(Problem.BAD_REQUEST, "by takes three of them at most.");
        }
        long months = ChronoUnit.MONTHS.between(from, to) + 1;
        if (months < 1 || months > Counts.MOST_MONTHS) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST, "to is not before from, and at most 120 months are counted at once.");
        }
        access.note(caller.id(), CountSheet.question(from, to, dimensions));
        try {
            return counts.count(from, to, dimensions);
        } catch (TooFineException e) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST,
                    "Too many figures would have to be hidden: tell less apart, or take more months.");
        }
    }
}
