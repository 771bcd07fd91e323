package org.referralhub.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.message.Report;
import org.referralhub.validation.OperationOutcome;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Sending and checking messages. */
@RestController
@RequestMapping(path = "/api/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Messages", description = "For agencies: send a message in your own dialect, or only have it checked.")
class MessageController {
    private final MessageDoor door;
    private final Callers callers;

    MessageController(MessageDoor door, Callers callers) {
        this.door = door;
        this.callers = callers;
    }

    @PostMapping("/messages")
    @Operation(summary = "Send a message", description = """
                    The body is a document in your agency's own dialect. 202 means that the hub has it on its disk and is \
                    responsible for it; what becomes of it arrives in your inbox. Sending the same document again is \
                    harmless and answers `duplicate`, with the finding `message.refused-before` when the hub has refused it \
                    since (its receipt says why, and comes again). A refused message (422) is answered here with every fault and its \
                    place in your bytes; it is not kept, so correct it and send it again. A spreadsheet's file with several \
                    rows is answered row by row: 202 when all of them are on their way, 207 when some are not, 422 when none \
                    is; those that are not can be mended and sent again, alone or with the others. A system that reads \
                    nothing but FHIR asks for application/fhir+json or application/fhir+xml in the header Accept: it is \
                    answered with an OperationOutcome of a message that is taken, too.""")
    @ApiResponse(responseCode = "202", description = "Accepted, or accepted before (`duplicate`)")
    @ApiResponse(responseCode = "207", description = "A file of which some rows are refused, with what became of each")
    @ApiResponse(responseCode = "422", description = "Refused: an OperationOutcome with every fault")
    @ApiResponse(responseCode = "409", description = "You used this message id before for other content")
    ResponseEntity<Object> send(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false) @Parameter(hidden = true) @Nullable
                    String contentType,
            @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Parameter(hidden = true) @Nullable
                    String accept,
            @RequestBody(required = false) byte @Nullable [] body) {
        Agency agency = callers.agency(caller);
        Optional<MediaType> fhir = FhirAnswer.asked(accept);
        MessageDoor.Verdict verdict = door.take(agency, contentType, body == null ? new byte[0] : body);
        if (verdict instanceof MessageDoor.Verdict.Taken taken) {
            return fhir.map(form -> FhirAnswer.taken(HttpStatus.ACCEPTED, form, taken))
                    .orElseGet(() -> ResponseEntity.status(HttpStatus.ACCEPTED)
                            .contentType(MediaType.APPLICATION_JSON)
                            .body(taken.answer()));
        }
        if (verdict instanceof MessageDoor.Verdict.Several several) {
            FileAnswer answer = several.answer();
            return ResponseEntity.status(
                            answer.refused() == 0
                                    ? HttpStatus.ACCEPTED
                                    : answer.accepted() == 0
                                            ? HttpStatus.UNPROCESSABLE_CONTENT
                                            : HttpStatus.MULTI_STATUS)
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(answer);
        }
        return outcome(HttpStatus.UNPROCESSABLE_CONTENT, fhir, verdict.report());
    }

    @PostMapping("/validate")
    @Operation(summary = "Check a message", description = """
                    Runs every check on the document and sends nothing. The answer is 200 whatever was found. With \
                    `stages=true` it shows what would become of the document: what it means, who would get it and by which \
                    rule, what each of them would see, and the document each would read.""")
    @ApiResponse(
            responseCode = "200",
            description =
                    "An OperationOutcome with everything that was found; with stages, an object that `./hub try --json` prints too")
    ResponseEntity<Object> validate(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false) @Parameter(hidden = true) @Nullable
                    String contentType,
            @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Parameter(hidden = true) @Nullable
                    String accept,
            @RequestParam(defaultValue = "false") @Parameter(description = "Show every stage, not only the checks")
                    boolean stages,
            @RequestBody(required = false) byte @Nullable [] body) {
        Agency agency = callers.agency(caller);
        byte[] document = body == null ? new byte[0] : body;
        return stages
                ? json(HttpStatus.OK, door.tryOut(agency, contentType, document))
                : outcome(HttpStatus.OK, FhirAnswer.asked(accept), door.check(agency, contentType, document));
    }

    private static ResponseEntity<Object> outcome(HttpStatus status, Optional<MediaType> fhir, Report report) {
        return fhir.map(form -> FhirAnswer.of(status, form, report))
                .orElseGet(() -> json(status, OperationOutcome.render(report)));
    }

    /** Rendered here: its tree is of another Jackson than the one that writes answers. */
    private static ResponseEntity<Object> json(HttpStatus status, JsonNode tree) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .body(tree.toString());
    }
}
