package org.referralhub.console;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.api.Caller;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.Rehearsal;
import org.referralhub.deadletter.Rehearsals;
import org.referralhub.deadletter.Run;
import org.referralhub.deadletter.RunItem;
import org.referralhub.deadletter.RunSettings;
import org.referralhub.deadletter.Runs;
import org.referralhub.deadletter.Selection;
import org.referralhub.ledger.BusyException;
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

/** Many letters at once: tried without sending, and sent again in phases with progress that is true. */
@Controller
@Lazy
class RunPages {
    static final String REHEARSALS = DeskController.PATH + "/rehearsals";
    private static final String RUNS = DeskController.PATH + "/runs";
    private static final String HOME = "redirect:" + DeskController.PATH;
    private static final int SHOWN = 100;

    private final Runs runs;
    private final Rehearsals rehearsals;

    RunPages(Runs runs, Rehearsals rehearsals) {
        this.runs = runs;
        this.rehearsals = rehearsals;
    }

    @GetMapping(RUNS)
    String all(Model model) {
        model.addAttribute("runs", runs.list(null, SHOWN));
        return "runs";
    }

    @GetMapping(RUNS + "/{id}")
    String run(@PathVariable String id, Model model) {
        Run run = runs.find(id).orElseThrow(NoSuchPageException::new);
        model.addAttribute("run", run);
        model.addAttribute("failed", runs.letters(id, RunItem.State.FAILED, 0, SHOWN));
        model.addAttribute("skipped", runs.letters(id, RunItem.State.SKIPPED, 0, SHOWN));
        return "run";
    }

    /** @param group fingerprint of a group, whose open letters go */
    @PostMapping(RUNS)
    String begin(
            @AuthenticationPrincipal Caller caller,
            @RequestParam String group,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "600") int perMinute,
            @ModelAttribute("frame") Frame frame,
            RedirectAttributes flash) {
        if (reason.isBlank()) {
            flash.addFlashAttribute("notice", Notice.of("bad", "order.reason"));
            return HOME + "/groups/" + group;
        }
        Runs.Plan plan;
        try {
            plan = new Runs.Plan(new Selection(null, group, null), null, RunSettings.CANARY, perMinute);
        } catch (IllegalArgumentException e) {
            flash.addFlashAttribute("notice", Notice.of("bad", "order.refused"));
            return HOME + "/groups/" + group;
        }
        Runs.Ordered ordered = runs.begin(plan, caller.id(), DeskController.cut(reason));
        flash.addFlashAttribute("notice", Notice.of(ordered.answer(), frame));
        return ordered.answer().isDone() ? "redirect:" + RUNS + "/" + ordered.run() : HOME + "/groups/" + group;
    }

    /** @param act {@code pause}, {@code resume} or {@code stop} */
    @PostMapping(RUNS + "/{id}")
    String act(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestParam String act,
            @ModelAttribute("frame") Frame frame,
            RedirectAttributes flash) {
        DeskOrders.@Nullable Answer answer =
                switch (act) {
                    case "pause" -> runs.pause(id, caller.id(), "");
                    case "resume" -> runs.resume(id, caller.id(), "");
                    case "stop" -> runs.stop(id, caller.id(), "");
                    default -> null;
                };
        flash.addFlashAttribute(
                "notice", answer == null ? Notice.of("bad", "order.nothing") : Notice.of(answer, frame));
        return "redirect:" + RUNS + "/" + id;
    }

    /** One of both says which letters. */
    @PostMapping(REHEARSALS)
    String rehearse(
            @AuthenticationPrincipal Caller caller,
            @RequestParam(required = false) @Nullable String group,
            @RequestParam(required = false) @Nullable String letter,
            RedirectAttributes flash) {
        try {
            Selection selection = new Selection(letter == null ? null : List.of(letter), group, null);
            return "redirect:" + REHEARSALS + "/"
                    + rehearsals.start(selection, caller.id()).id();
        } catch (IllegalArgumentException | Rehearsals.TooManyException | BusyException e) {
            flash.addFlashAttribute("notice", Notice.of("bad", "order.refused"));
            return HOME;
        }
    }

    @GetMapping(REHEARSALS + "/{id}")
    String rehearsal(@PathVariable String id, Model model) {
        Rehearsal rehearsal = rehearsals.find(id).orElseThrow(NoSuchPageException::new);
        model.addAttribute("rehearsal", rehearsal);
        model.addAttribute(
                "over", rehearsal.state() != Rehearsal.State.WAITING && rehearsal.state() != Rehearsal.State.RUNNING);
        model.addAttribute("foreseen", rehearsals.letters(id, null, 0, SHOWN));
        return "rehearsal";
    }
}
