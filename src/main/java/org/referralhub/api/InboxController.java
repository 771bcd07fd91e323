package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** An agency's own inbox. */
@RestController
@RequestMapping("/api/v1/inbox")
@Tag(
        name = "Inbox",
        description = "For agencies: read what waits for you, and acknowledge it once it is safe with you.")
class InboxController {
    private static final int MOST = 100;

    private final Inboxes inboxes;
    private final WaitingReaders readers;
    private final Callers callers;
    private final Duration longestWait;

    InboxController(Inboxes inboxes, WaitingReaders readers, Callers callers, ApiSettings settings) {
        this.inboxes = inboxes;
        this.readers = readers;
        this.callers = callers;
        this.longestWait = settings.longestWait();
    }

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Read your inbox", description = """
                    Shows the first messages, most urgent first and then oldest first, without taking them: they stay \
                    until you acknowledge them. With `wait` an empty inbox is answered as soon as something comes, or \
                    with an empty list when the time is over.""")
    @ApiResponse(responseCode = "200", description = "The messages; an empty list when there is none")
    DeferredResult<List<InboxMessage>> read(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @Parameter(description = "How many messages at most, 1 to 100") @RequestParam(defaultValue = "10") int max,
            @Parameter(description = "Seconds to wait while the inbox is empty, 0 to 30")
                    @RequestParam(defaultValue = "0")
                    int wait) {
        if (max < 1 || max > MOST) {
            throw ProblemException.of(Problem.BAD_REQUEST, "max goes from 1 to %d.".formatted(MOST));
        }
        if (wait < 0 || wait > longestWait.toSeconds()) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST, "wait goes from 0 to %d seconds.".formatted(longestWait.toSeconds()));
        }
        return readers.read(callers.agency(caller), max, Duration.ofSeconds(wait));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Acknowledge a message",
            description = "Removes it from your inbox. Harmless when repeated: the answer is 204 again.")
    @ApiResponse(responseCode = "204", description = "It is not, or no longer, in your inbox")
    void acknowledge(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @Parameter(description = "The message's `id`") @PathVariable String id) {
        inboxes.acknowledge(callers.agency(caller), id);
    }
}
