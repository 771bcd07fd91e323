package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.referralhub.alarm.AlarmHistory;
import org.referralhub.alarm.OpenAlarms;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What operators are alarmed for. */
@RestController
@RequestMapping(path = "/api/v1/alarms", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Operations", description = "For operators: agencies with their backlog, and routes.")
class AlarmsController {
    private static final int MOST = 500;

    private final OpenAlarms open;
    private final AlarmHistory history;

    AlarmsController(OpenAlarms open, AlarmHistory history) {
        this.open = open;
        this.history = history;
    }

    /**
     * @param total all that is open; a storm is counted to some thousands
     * @param open the most urgent first, of these the latest
     * @param sent what the channels were told, the latest first
     */
    @Schema(name = "Alarms")
    record AlarmsAnswer(int total, List<OpenAlarms.Alarm> open, List<AlarmHistory.Sent> sent) {}

    @GetMapping
    @Operation(
            summary = "What operators are alarmed for",
            description =
                    "Immediate referrals that are overdue or at the desk, overdue ones that nobody is left for, and"
                            + " what was sent over the channels.")
    @ApiResponse(responseCode = "200", description = "What is open, and what was sent")
    AlarmsAnswer alarms(
            @Parameter(description = "At most so many of each, 1 to 500") @RequestParam(defaultValue = "50") int max) {
        if (max < 1 || max > MOST) {
            throw ProblemException.of(Problem.BAD_REQUEST, "max goes from 1 to %d.".formatted(MOST));
        }
        OpenAlarms.Open now = open.open(max);
        return new AlarmsAnswer(now.total(), now.alarms(), history.last(null, max));
    }
}
