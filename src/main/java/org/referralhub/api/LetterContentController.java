package org.referralhub.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.Content;
import org.referralhub.deadletter.Contents;
import org.referralhub.deadletter.Correction;
import org.referralhub.deadletter.Corrections;
import org.referralhub.deadletter.Field;
import org.referralhub.deadletter.Masking;
import org.referralhub.deadletter.Unmasking;
import org.referralhub.dialect.Edit;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What letters hold: masked, unmasked for a while by a reason and where it must be by a second person, and mended. */
@RestController
@RequestMapping(path = "/api/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Dead letters")
class LetterContentController {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Contents contents;
    private final Corrections corrections;

    LetterContentController(Contents contents, Corrections corrections) {
        this.contents = contents;
        this.corrections = corrections;
    }

    /**
     * A letter's content.
     *
     * @param bytes how long it is
     * @param sha256 of its bytes
     * @param root null when it can't be read
     * @param findings with pointers as the fields have them
     */
    @Schema(name = "LetterContent", description = "What a letter holds, as its caller may see it now.")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ContentAnswer(
            @Nullable String dialect,
            String mediaType,
            int bytes,
            String sha256,
            @Nullable FieldView root,
            List<FindingView> findings) {
        static ContentAnswer of(Content content) {
            Field root = content.root();
            return new ContentAnswer(
                    content.dialect(),
                    content.mediaType(),
                    content.bytes(),
                    content.sha256(),
                    root == null ? null : FieldView.of(root),
                    findings(content.findings()));
        }

        private static List<FindingView> findings(List<Finding> findings) {
            return FindingView.of(new Report(findings));
        }
    }

    /** One place of a letter's content. */
    @Schema(name = "LetterField")
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record FieldView(
            @Schema(description = "Left out where the format does not know the name, and in lists") @Nullable
            String name,

            @JsonInclude
            @Schema(
                    description = "By which the field is unmasked and edited. A name that is not shown stands in it as"
                            + " `~#` with its position")
            String pointer,

            @Schema(allowableValues = {"object", "list", "text", "number", "boolean", "null", "missing"})
            String kind,

            @Schema(description = "Characters, digits, entries or fields")
            int size,

            @Schema(description = "Left out when it is masked") @Nullable
            String value,

            @Schema(
                    description = "What it takes to see it; left out when it is shown",
                    allowableValues = {"reason", "second-person"})
            @Nullable
            String needs,

            @Schema(description = "Codes of what the checks say of it")
            List<String> findings,

            List<FieldView> fields,

            @Schema(description = "How many more it holds than are listed") @Nullable
            Integer left) {
        static FieldView of(Field field) {
            Field.Needs needs = field.needs();
            return new FieldView(
                    field.name(),
                    field.pointer(),
                    field.kind().name().toLowerCase(Locale.ROOT),
                    field.size(),
                    field.value(),
                    needs == null ? null : needs.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    field.findings().stream().map(Finding::code).toList(),
                    field.fields().stream().map(FieldView::of).toList(),
                    field.left() == 0 ? null : field.left());
        }
    }

    /** What an operator wants to see, and why. */
    @Schema(name = "UnmaskOrder")
    record UnmaskBody(
            @Schema(description = "The revision that you saw; left out when it need not be that one") @Nullable
            Integer expected,

            @Schema(
                    description = "Why, for the auditors; without anything personal",
                    requiredMode = Schema.RequiredMode.REQUIRED)
            @Nullable
            String reason,

            @Schema(description = "Pointers as the masked content has them; an empty one means everything") @Nullable
            List<String> fields) {}

    /** A decision on what somebody asked to see. */
    @Schema(name = "UnmaskingDecision")
    record DecisionBody(
            @Schema(description = "Without anything personal") @Nullable
            String reason) {}

    /** Who asked to see what. */
    @Schema(name = "Unmaskings")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record UnmaskingsAnswer(
            List<Unmasking> items,

            @Schema(description = "`after` of the next page; none on the last") @Nullable
            String next) {}

    /** One change to the sender's document; {@code value} is any JSON. */
    @Schema(name = "LetterEdit")
    record EditBody(
            @Schema(allowableValues = {"set", "add", "remove"}) @Nullable
            String op,

            @Schema(description = "JSON Pointer as the masked content has it") @Nullable
            String pointer,

            @Schema(description = "What is to stand there, any JSON; left out to remove") @Nullable
            Object value) {}

    /** What is to be changed, and why. */
    @Schema(name = "CorrectOrder")
    record CorrectBody(
            @Schema(description = "The revision that you saw; left out when it need not be that one") @Nullable
            Integer expected,

            @Schema(description = "Why, without anything personal; not needed with `send: false`") @Nullable
            String reason,

            @Nullable List<EditBody> edits,

            @Schema(description = "false to see what the checks would say, and send nothing") @Nullable
            Boolean send) {}

    /**
     * What came of a correction.
     *
     * @param status {@code sent}; {@code fits} when nothing was to be sent; {@code requested} when the ledger is behind
     * @param letter the letter that has taken this one's place
     * @param content the corrected document, masked, with what the checks say of it
     */
    @Schema(name = "CorrectAnswer")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CorrectAnswer(
            String id,

            @Schema(allowableValues = {"sent", "requested", "fits", "refused-by-checks"})
            String status,

            @Nullable String letter,
            @Nullable ContentAnswer content) {}

    @GetMapping("/dead-letters/{id}/content")
    @Operation(
            summary = "Show what a letter holds, masked",
            description =
                    "Codes, types and identifiers are shown, of everything else the kind and the length, and what you"
                            + " have unmasked. That you are shown something unmasked is on the audit chain before you see it.")
    @ApiResponse(responseCode = "200", description = "The content")
    ContentAnswer content(@Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @PathVariable String id) {
        return contents.content(id, caller.id())
                .map(ContentAnswer::of)
                .orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, null));
    }

    @PostMapping("/dead-letters/{id}/unmask")
    @Operation(
            summary = "Ask to see what is masked",
            description =
                    "With a reason. What needs nobody else is shown to you at once for a while (`hub.desk.unmasked-for`);"
                            + " the rest when a second person has agreed.")
    @ApiResponse(responseCode = "200", description = "It is granted, or kept until a second person decides")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will record it")
    @ApiResponse(responseCode = "409", description = "The letter has changed since, or its state does not allow it")
    ResponseEntity<DeskAnswer> unmask(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody UnmaskBody body) {
        String reason = DeskDoor.requiredReason(body.reason());
        List<String> fields = body.fields() == null ? List.of() : List.copyOf(body.fields());
        if (fields.isEmpty() || !fields.stream().allMatch(Masking::isPointer)) {
            throw notAField();
        }
        try {
            return contents.unmask(id, body.expected(), fields, caller.id(), reason)
                    .map(answer -> DeskDoor.answer(id, answer))
                    .orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, null));
        } catch (IllegalArgumentException e) {
            throw notAField();
        }
    }

    private static ProblemException notAField() {
        return ProblemException.of(
                Problem.BAD_REQUEST,
                "Name 1 to %d fields by their pointers in the content, or \"\" for everything."
                        .formatted(Contents.MOST_FIELDS));
    }

    @GetMapping("/unmaskings")
    @Operation(summary = "Who asked to see what, and who agreed", description = "The latest first; nothing personal.")
    @ApiResponse(responseCode = "200", description = "The unmaskings")
    UnmaskingsAnswer unmaskings(
            @Parameter(description = "Only those in this state: `ASKED`, `GRANTED`, `REFUSED`; `ANY` for all")
                    @RequestParam(defaultValue = "ANY")
                    String state,
            @Parameter(description = "Only of this letter") @RequestParam(required = false) @Nullable String letter,
            @Parameter(description = "Where to go on: `next` of the page before")
                    @RequestParam(required = false)
                    @Nullable
                    String after,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int size) {
        if (size < 1 || size > Contents.LARGEST_PAGE) {
            throw ProblemException.of(Problem.BAD_REQUEST, "size goes from 1 to %d.".formatted(Contents.LARGEST_PAGE));
        }
        List<Unmasking> items;
        try {
            items = contents.unmaskings(state(state), letter, after, size);
        } catch (IllegalArgumentException e) {
            throw ProblemException.of(Problem.BAD_REQUEST, "after is what the page before calls next.");
        }
        return new UnmaskingsAnswer(
                items, items.size() < size ? null : items.get(size - 1).place());
    }

    private static Unmasking.@Nullable State state(String name) {
        if (name.equalsIgnoreCase("ANY")) {
            return null;
        }
        return Arrays.stream(Unmasking.State.values())
                .filter(state -> state.name().equalsIgnoreCase(name))
                .findAny()
                .orElseThrow(() -> ProblemException.of(
                        Problem.BAD_REQUEST,
                        "state is one of ANY, %s.".formatted(Arrays.toString(Unmasking.State.values()))));
    }

    @PostMapping("/unmaskings/{id}/approve")
    @Operation(
            summary = "Agree that somebody sees what is sensitive",
            description = "Not by who has asked. Its time begins now.")
    @ApiResponse(responseCode = "200", description = "It is granted")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will record it")
    @ApiResponse(responseCode = "409", description = "It is decided already, or you have asked for it yourself")
    ResponseEntity<DeskAnswer> approve(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody(required = false) @Nullable DecisionBody body) {
        return DeskDoor.answer(
                id, contents.decide(id, true, caller.id(), DeskDoor.reason(body == null ? null : body.reason())));
    }

    @PostMapping("/unmaskings/{id}/refuse")
    @Operation(summary = "Refuse that somebody sees what is sensitive", description = "The reason must be given.")
    @ApiResponse(responseCode = "200", description = "It is refused")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will record it")
    @ApiResponse(responseCode = "409", description = "It is decided already, or you have asked for it yourself")
    ResponseEntity<DeskAnswer> refuse(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody DecisionBody body) {
        return DeskDoor.answer(id, contents.decide(id, false, caller.id(), DeskDoor.requiredReason(body.reason())));
    }

    @PostMapping("/dead-letters/{id}/correct")
    @Operation(
            summary = "Mend the sender's document and send it in the letter's place",
            description =
                    "Edits by JSON Pointer on the sender's own document, of which the rest stays unseen and, in JSON,"
                            + " byte for byte the same. All checks run on it first; what they refuse is not sent, and who only asks"
                            + " what they say is noted with the fields. Who may know of it can't be edited: return it. The letter keeps its"
                            + " bytes and is superseded by the one that is sent, in one transaction.")
    @ApiResponse(responseCode = "200", description = "It is on its way, or with `send: false` would be taken")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will carry it out")
    @ApiResponse(responseCode = "409", description = "The letter has changed since, or its state does not allow it")
    @ApiResponse(
            responseCode = "422",
            description = "The checks still refuse it, with what they say; or it can't be corrected")
    ResponseEntity<CorrectAnswer> correct(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody CorrectBody body) {
        boolean send = !Boolean.FALSE.equals(body.send());
        String reason = send ? DeskDoor.requiredReason(body.reason()) : DeskDoor.reason(body.reason());
        Correction correction = corrections
                .correct(id, body.expected(), edits(body.edits()), send, caller.id(), reason)
                .orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, null));
        Content content = correction.content();
        ContentAnswer shown = content == null ? null : ContentAnswer.of(content);
        return switch (correction.outcome()) {
            case ORDERED -> {
                ResponseEntity<DeskAnswer> answer = DeskDoor.answer(id, Objects.requireNonNull(correction.answer()));
                Map<String, String> detail =
                        answer.getBody() == null ? Map.of() : answer.getBody().detail();
                boolean done = answer.getStatusCode().value() == HttpStatus.OK.value();
                yield ResponseEntity.status(answer.getStatusCode())
                        .body(new CorrectAnswer(id, done ? "sent" : "requested", detail.get("letter"), shown));
            }
            case FITS -> ResponseEntity.ok(new CorrectAnswer(id, "fits", null, shown));
            case REFUSED_BY_CHECKS ->
                ResponseEntity.status(HttpStatus.UNPROCESSABLE_CONTENT)
                        .body(new CorrectAnswer(id, "refused-by-checks", null, shown));
            case NOT_FAITHFUL ->
                throw ProblemException.of(
                        Problem.NOT_CORRECTABLE,
                        "An edit leads nowhere, or this document can't be written again without changing more.");
            case OTHER_MESSAGE ->
                throw ProblemException.of(Problem.NOT_CORRECTABLE, "The message would not keep its id, or has none.");
            case THE_SENDERS_TO_SAY ->
                throw ProblemException.of(
                        Problem.NOT_CORRECTABLE,
                        "Who may know of it, on what basis, and whether its reporter stays unknown is the sender's to say: return it.");
            case NOT_THE_SENDERS ->
                throw ProblemException.of(Problem.NOT_CORRECTABLE, "This is not the sender's own document.");
        };
    }

    private static List<Edit> edits(@Nullable List<EditBody> bodies) {
        if (bodies == null || bodies.isEmpty() || bodies.size() > Corrections.MOST_EDITS) {
            throw ProblemException.of(Problem.BAD_REQUEST, "Give 1 to %d edits.".formatted(Corrections.MOST_EDITS));
        }
        List<Edit> edits = new ArrayList<>();
        for (EditBody body : bodies) {
            edits.add(edit(body));
        }
        return edits;
    }

    private static Edit edit(EditBody body) {
        String pointer = body.pointer();
        String op = body.op();
        if (pointer == null || op == null || !Masking.isPointer(pointer)) {
            throw wrongEdit();
        }
        JsonNode value = body.value() == null ? null : tree(body.value());
        return switch (op) {
            case "set", "add" -> {
                if (value == null) {
                    throw wrongEdit();
                }
                yield new Edit(op.equals("set") ? Edit.Act.SET : Edit.Act.ADD, pointer, value);
            }
            case "remove" -> {
                if (value != null) {
                    throw wrongEdit();
                }
                yield new Edit(Edit.Act.REMOVE, pointer, null);
            }
            default -> throw wrongEdit();
        };
    }

    private static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    private static ProblemException wrongEdit() {
        return ProblemException.of(
                Problem.BAD_REQUEST,
                "An edit has an \"op\" (set, add or remove), a \"pointer\", and a \"value\" unless it removes.");
    }
}
