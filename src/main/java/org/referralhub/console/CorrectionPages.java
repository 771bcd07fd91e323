package org.referralhub.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.referralhub.api.Caller;
import org.referralhub.deadletter.Content;
import org.referralhub.deadletter.Contents;
import org.referralhub.deadletter.Correction;
import org.referralhub.deadletter.Corrections;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.Letter;
import org.referralhub.dialect.Edit;
import org.springframework.context.annotation.Lazy;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * Mends the fields of a letter that fail, without showing the rest. What the checks say of it is seen before it is sent. What
 * was typed comes back to who typed it in the answer itself, and stands in no address and no session.
 */
@Controller
@Lazy
class CorrectionPages {
    static final String PATH = LetterController.PATH + "/correct";

    private final Desk desk;
    private final Contents contents;
    private final Corrections corrections;

    CorrectionPages(Desk desk, Contents contents, Corrections corrections) {
        this.desk = desk;
        this.contents = contents;
        this.corrections = corrections;
    }

    @GetMapping(PATH)
    String form(@AuthenticationPrincipal Caller caller, @PathVariable String id, Model model) {
        return page(caller, id, List.of(), null, null, "", model);
    }

    /** @param form of each edit its {@code pointer}, {@code op}, {@code as} and {@code value}; {@code send} when it is to go */
    @PostMapping(PATH)
    String correct(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable Integer expected,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam MultiValueMap<String, String> form,
            @ModelAttribute("frame") Frame frame,
            Model model,
            RedirectAttributes flash) {
        List<CorrectionRow> rows = CorrectionRow.typed(form);
        List<Edit> edits = new ArrayList<>();
        for (CorrectionRow row : rows) {
            if (!row.isMeant()) {
                continue;
            }
            Edit edit = row.edit();
            if (edit == null) {
                return page(
                        caller, id, rows, null, Notice.of("bad", "correct.unreadable", row.pointer()), reason, model);
            }
            edits.add(edit);
        }
        boolean send = form.containsKey("send");
        if (edits.isEmpty() || edits.size() > Corrections.MOST_EDITS) {
            return page(caller, id, rows, null, Notice.of("bad", "correct.nothing"), reason, model);
        }
        if (send && reason.isBlank()) {
            return page(caller, id, rows, null, Notice.of("bad", "order.reason"), reason, model);
        }
        Correction correction = corrections
                .correct(id, expected, edits, send, caller.id(), DeskController.cut(reason))
                .orElseThrow(NoSuchPageException::new);
        return switch (correction.outcome()) {
            case ORDERED -> sent(id, Objects.requireNonNull(correction.answer()), frame, flash);
            case FITS -> page(caller, id, rows, correction, Notice.of("good", "correct.fits"), reason, model);
            case REFUSED_BY_CHECKS ->
                page(caller, id, rows, correction, Notice.of("bad", "correct.refused"), reason, model);
            case NOT_FAITHFUL -> page(caller, id, rows, null, Notice.of("bad", "correct.faithful"), reason, model);
            case OTHER_MESSAGE -> page(caller, id, rows, null, Notice.of("bad", "correct.other"), reason, model);
            case THE_SENDERS_TO_SAY -> page(caller, id, rows, null, Notice.of("bad", "correct.senders"), reason, model);
            case NOT_THE_SENDERS -> page(caller, id, rows, null, Notice.of("bad", "correct.hubs"), reason, model);
        };
    }

    private static String sent(String id, DeskOrders.Answer answer, Frame frame, RedirectAttributes flash) {
        String child =
                answer.outcome() == null ? null : answer.outcome().detail().get("letter");
        boolean sent = answer.isDone() && child != null;
        flash.addFlashAttribute(Notice.NAME, sent ? Notice.of("good", "correct.sent") : Notice.of(answer, frame));
        return "redirect:" + DeskController.PATH + "/letters/" + (sent ? child : id);
    }

    private String page(
            Caller caller,
            String id,
            List<CorrectionRow> typed,
            @Nullable Correction tried,
            @Nullable Notice notice,
            String reason,
            Model model) {
        Letter letter = desk.show(id).orElseThrow(NoSuchPageException::new);
        Content content = contents.content(id, caller.id()).orElseThrow(NoSuchPageException::new);
        Content after = tried == null ? null : tried.content();
        model.addAttribute("one", letter.summary());
        boolean own = LetterController.isSenders(letter.summary());
        model.addAttribute("correctable", own && content.root() != null);
        model.addAttribute("why", own ? "correct.faithful" : "correct.hubs");
        model.addAttribute("before", content);
        model.addAttribute("after", after);
        model.addAttribute("fits", tried != null && tried.outcome() == Correction.Outcome.FITS);
        model.addAttribute("rows", CorrectionRow.of(content, after, typed));
        model.addAttribute("reason", reason);
        if (notice != null) {
            model.addAttribute(Notice.NAME, notice);
        }
        return "correct";
    }
}
