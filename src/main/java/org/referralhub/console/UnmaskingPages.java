package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.api.Caller;
import org.referralhub.deadletter.Contents;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.Unmasking;
import org.springframework.context.annotation.Lazy;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Who asked to see what letters hold: a second person decides, and auditors read it. */
@Controller
@Lazy
class UnmaskingPages {
    private static final String PATH = "/unmaskings";
    private static final int SHOWN = 100;

    private final Contents contents;

    UnmaskingPages(Contents contents) {
        this.contents = contents;
    }

    @GetMapping(PATH)
    String list(@RequestParam(required = false) @Nullable String after, HttpServletRequest request, Model model) {
        List<Unmasking> decided;
        try {
            decided = contents.decided(after, SHOWN);
        } catch (IllegalArgumentException e) {
            throw new NoSuchPageException();
        }
        model.addAttribute("asked", contents.unmaskings(Unmasking.State.ASKED, null, null, Contents.LARGEST_PAGE));
        model.addAttribute("first", Links.first(request));
        model.addAttribute(
                "next",
                Links.next(
                        request,
                        decided.size() < SHOWN ? null : decided.get(SHOWN - 1).place()));
        model.addAttribute("decided", decided);
        return "unmaskings";
    }

    /** @param act {@code approve} or {@code refuse}, which needs a reason */
    @PostMapping(PATH + "/{id}")
    String decide(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestParam String act,
            @RequestParam(defaultValue = "") String reason,
            @ModelAttribute("frame") Frame frame,
            RedirectAttributes flash) {
        flash.addFlashAttribute(Notice.NAME, decision(caller, id, act, DeskController.cut(reason), frame));
        return "redirect:" + PATH;
    }

    private Notice decision(Caller caller, String id, String act, String reason, Frame frame) {
        boolean approve = act.equals("approve");
        if (!approve && !act.equals("refuse")) {
            return Notice.of("bad", "order.nothing");
        }
        if (!approve && reason.isEmpty()) {
            return Notice.of("bad", "order.reason");
        }
        DeskOrders.Answer answer = contents.decide(id, approve, caller.id(), reason);
        return answer.isDone()
                ? Notice.of("good", approve ? "unmaskings.approved" : "unmaskings.refused")
                : Notice.of(answer, frame);
    }
}
