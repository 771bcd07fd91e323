package org.referralhub.console;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.OperatorRole;
import org.referralhub.api.Caller;
import org.referralhub.deadletter.Content;
import org.referralhub.deadletter.Contents;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.DeskOutcome;
import org.referralhub.deadletter.Letter;
import org.referralhub.deadletter.LetterGroup;
import org.referralhub.deadletter.LetterState;
import org.referralhub.deadletter.LetterSummary;
import org.referralhub.deadletter.Unmasking;
import org.referralhub.message.Finding;
import org.referralhub.validation.ReportJson;
import org.springframework.context.annotation.Lazy;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** One dead letter: what is wrong with it, who else is affected, what was done, and what can be. */
@Controller
@Lazy
class LetterController {
    static final String PATH = DeskController.PATH + "/letters/{id}";
    private static final String HOME = "redirect:" + DeskController.PATH + "/letters/";
    private static final int UNMASKINGS = 50;

    private final Desk desk;
    private final DeskOrders orders;
    private final Contents contents;
    private final DeskController list;
    private final Clock clock;

    LetterController(Desk desk, DeskOrders orders, Contents contents, DeskController list, Clock clock) {
        this.desk = desk;
        this.orders = orders;
        this.contents = contents;
        this.list = list;
        this.clock = clock;
    }

    @ModelAttribute("names")
    DeskController.Names names() {
        return list.names();
    }

    /** @param live given when an open page asks for its changed parts: what the letter holds stays as it is there */
    @GetMapping(PATH)
    String letter(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestHeader(name = "X-Hub-Live", required = false) @Nullable String live,
            Model model) {
        Letter letter = desk.show(id).orElseThrow(NoSuchPageException::new);
        LetterGroup group = desk.group(letter.summary().group()).orElse(null);
        model.addAttribute("letter", letter);
        model.addAttribute("one", letter.summary());
        model.addAttribute("group", group);
        model.addAttribute("affected", group == null ? Map.of() : new TreeMap<>(desk.affected(group)));
        model.addAttribute("correctable", isSenders(letter.summary()) && contents.isReadable(id));
        if (live == null) {
            show(caller, letter, model);
        }
        return "letter";
    }

    /** What the letter holds, once more: the time of what was unmasked is over. */
    @GetMapping(PATH + "/content")
    String content(@AuthenticationPrincipal Caller caller, @PathVariable String id, Model model) {
        Letter letter = desk.show(id).orElseThrow(NoSuchPageException::new);
        model.addAttribute("letter", letter);
        model.addAttribute("one", letter.summary());
        show(caller, letter, model);
        return "content :: whole";
    }

    private void show(Caller caller, Letter letter, Model model) {
        String id = letter.summary().id();
        Content content = caller.roles().contains(OperatorRole.OPERATOR.name())
                        || caller.roles().contains(OperatorRole.INTEGRATOR.name())
                ? contents.content(id, caller.id()).orElse(null)
                : null;
        Instant now = clock.instant();
        List<Unmasking> unmaskings = contents.unmaskings(null, id, null, UNMASKINGS);
        model.addAttribute("content", content);
        // Pointers of the raw findings may hold names that nobody may read.
        model.addAttribute("findings", content == null ? findings(letter) : content.findings());
        model.addAttribute(
                "asked",
                unmaskings.stream()
                        .filter(one -> one.state() == Unmasking.State.ASKED)
                        .toList());
        Instant until = earliest(unmaskings, caller.id(), now);
        model.addAttribute("until", until);
        model.addAttribute(
                "seconds", until == null ? 0 : Duration.between(now, until).toSeconds() + 1);
    }

    /** When the first of what this caller sees is masked again; null when all is masked. */
    private static @Nullable Instant earliest(List<Unmasking> unmaskings, String caller, Instant now) {
        Instant earliest = null;
        for (Unmasking one : unmaskings) {
            Instant until = one.until();
            if (one.asker().equals(caller)
                    && one.holds(now)
                    && until != null
                    && (earliest == null || until.isBefore(earliest))) {
                earliest = until;
            }
        }
        return earliest;
    }

    /** True when its bytes are its sender's own document. */
    static boolean isSenders(LetterSummary letter) {
        return letter.state() == LetterState.OPEN
                && letter.deliveryId() == null
                && letter.sender() != null
                && letter.dialect() != null;
    }

    /** @param form {@code fields} by their pointers, or {@code all} */
    @PostMapping(PATH + "/unmask")
    String unmask(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable Integer expected,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam MultiValueMap<String, String> form,
            @ModelAttribute("frame") Frame frame,
            RedirectAttributes flash) {
        List<String> fields = form.containsKey("all") ? List.of("") : form.getOrDefault("fields", List.of());
        flash.addFlashAttribute(
                Notice.NAME,
                fields.isEmpty()
                        ? Notice.of("bad", "unmask.nothing")
                        : reason.isBlank()
                                ? Notice.of("bad", "order.reason")
                                : unmask(caller, id, expected, fields, DeskController.cut(reason), frame));
        return HOME + id;
    }

    private Notice unmask(
            Caller caller, String id, @Nullable Integer expected, List<String> fields, String reason, Frame frame) {
        DeskOrders.Answer answer;
        try {
            answer = contents.unmask(id, expected, fields, caller.id(), reason).orElseThrow(NoSuchPageException::new);
        } catch (IllegalArgumentException e) {
            return Notice.of("bad", "unmask.nothing");
        }
        DeskOutcome outcome = answer.outcome();
        if (outcome == null || !outcome.isDone()) {
            return Notice.of(answer, frame);
        }
        return Unmasking.State.GRANTED.name().equals(outcome.detail().get("state"))
                ? Notice.of("good", "unmask.granted")
                : Notice.of("warn", "unmask.asked");
    }

    private static List<Finding> findings(Letter letter) {
        return letter.findings().isBlank()
                ? List.of()
                : ReportJson.fromBytes(letter.findings().getBytes(StandardCharsets.UTF_8))
                        .findings();
    }

    @PostMapping(PATH + "/note")
    String note(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable Integer expected,
            @RequestParam(defaultValue = "") String note,
            @ModelAttribute("frame") Frame frame,
            RedirectAttributes flash) {
        flash.addFlashAttribute(
                "notice",
                Notice.of(
                        orders.order("note", id, expected, caller.id(), "", Map.of("note", DeskController.cut(note))),
                        frame));
        return HOME + id;
    }
}
