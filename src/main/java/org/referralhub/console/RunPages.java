package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.referralhub.api.Caller;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.Foreseen;
import org.referralhub.deadletter.Rehearsal;
import org.referralhub.deadletter.Rehearsals;
import org.referralhub.deadletter.Run;
import org.referralhub.deadletter.RunItem;
import org.referralhub.deadletter.Runs;
import org.referralhub.deadletter.Selection;
import org.referralhub.ledger.BusyException;
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

/** Many letters at once: tried without sending, and sent again in phases with progress that is true. */
@Controller
@Lazy
class RunPages {
    static final String REHEARSALS = DeskController.PATH + "/rehearsals";
    static final String CANCEL = REHEARSALS + "/{id}/cancel";
    private static final String RUNS = DeskController.PATH + "/runs";
    private static final String HOME = "redirect:" + DeskController.PATH;
    private static final int SHOWN = 100;
    private static final String WHERE = "where.";
    private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");

    private final Desk desk;
    private final Runs runs;
    private final Rehearsals rehearsals;

    RunPages(Desk desk, Runs runs, Rehearsals rehearsals) {
        this.desk = desk;
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
        model.addAttribute("history", desk.history(id));
        model.addAttribute("failed", runs.letters(id, RunItem.State.FAILED, 0, SHOWN));
        model.addAttribute("skipped", runs.letters(id, RunItem.State.SKIPPED, 0, SHOWN));
        return "run";
    }

    /** @param form says which letters, see {@link #selection} */
    @PostMapping(RUNS)
    String begin(
            @AuthenticationPrincipal Caller caller,
            @RequestParam MultiValueMap<String, String> form,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "1, 5, 50") String canary,
            @RequestParam(defaultValue = "") String to,
            @RequestParam(defaultValue = "600") int perMinute,
            @ModelAttribute("frame") Frame frame,
            RedirectAttributes flash) {
        String group = form.getFirst("group");
        String home = group == null ? HOME : HOME + "/groups/" + group;
        if (reason.isBlank()) {
            flash.addFlashAttribute("notice", Notice.of("bad", "order.reason"));
            return home;
        }
        Runs.Plan plan;
        try {
            plan = new Runs.Plan(selection(form), to.isBlank() ? null : to.strip(), ends(canary), perMinute);
        } catch (IllegalArgumentException e) {
            flash.addFlashAttribute("notice", Notice.of("bad", "order.refused"));
            return home;
        }
        Runs.Ordered ordered = runs.begin(plan, caller.id(), DeskController.cut(reason));
        flash.addFlashAttribute("notice", Notice.of(ordered.answer(), frame));
        return ordered.answer().isDone() ? "redirect:" + RUNS + "/" + ordered.run() : home;
    }

    /** Either a group, or letters that were chosen, or what a search finds, its filters as {@code where.NAME}. */
    static Selection selection(MultiValueMap<String, String> form) {
        String group = form.getFirst("group");
        List<String> letters = form.containsKey("letters")
                ? form.getOrDefault("letters", List.of()).stream()
                        .map(DeskController.CHOSEN::matcher)
                        .filter(Matcher::matches)
                        .map(chosen -> chosen.group(1))
                        .toList()
                : null;
        Map<String, String> search = new LinkedHashMap<>();
        form.toSingleValueMap().forEach((name, value) -> {
            if (name.startsWith(WHERE)) {
                search.put(name.substring(WHERE.length()), value);
            }
        });
        return new Selection(letters, group, search.isEmpty() ? null : search);
    }

    /** Ascending numbers of letters; nothing for all at once. */
    private static List<Integer> ends(String canary) {
        return NUMBER.matcher(canary)
                .results()
                .map(end -> Integer.valueOf(end.group()))
                .toList();
    }

    /** @param act {@code pause}, {@code resume} or {@code stop} */
    @PostMapping(RUNS + "/{id}")
    String act(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestParam String act,
            @RequestParam(defaultValue = "") String reason,
            @ModelAttribute("frame") Frame frame,
            RedirectAttributes flash) {
        DeskOrders.@Nullable Answer answer =
                switch (act) {
                    case "pause" -> runs.pause(id, caller.id(), DeskController.cut(reason));
                    case "resume" -> runs.resume(id, caller.id(), DeskController.cut(reason));
                    case "stop" -> runs.stop(id, caller.id(), DeskController.cut(reason));
                    default -> null;
                };
        flash.addFlashAttribute(
                "notice", answer == null ? Notice.of("bad", "order.nothing") : Notice.of(answer, frame));
        return "redirect:" + RUNS + "/" + id;
    }

    /** @param form says which letters, see {@link #selection} */
    @PostMapping(REHEARSALS)
    String rehearse(
            @AuthenticationPrincipal Caller caller,
            @RequestParam MultiValueMap<String, String> form,
            @RequestParam(required = false) @Nullable String letter,
            RedirectAttributes flash) {
        try {
            Selection selection = letter == null ? selection(form) : Selection.of(List.of(letter));
            return "redirect:" + REHEARSALS + "/"
                    + rehearsals.start(selection, caller.id()).id();
        } catch (IllegalArgumentException | Rehearsals.TooManyException | BusyException e) {
            flash.addFlashAttribute("notice", Notice.of("bad", "order.refused"));
            return HOME;
        }
    }

    /** What it has told by then stays. */
    @PostMapping(CANCEL)
    String cancel(@PathVariable String id) {
        if (!rehearsals.cancel(id)) {
            throw new NoSuchPageException();
        }
        return "redirect:" + REHEARSALS + "/" + id;
    }

    /** @param after number of the last letter of the page before */
    @GetMapping(REHEARSALS + "/{id}")
    String rehearsal(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int after,
            HttpServletRequest request,
            Model model) {
        Rehearsal rehearsal = rehearsals.find(id).orElseThrow(NoSuchPageException::new);
        model.addAttribute("rehearsal", rehearsal);
        model.addAttribute(
                "over", rehearsal.state() != Rehearsal.State.WAITING && rehearsal.state() != Rehearsal.State.RUNNING);
        List<Foreseen> foreseen = rehearsals.letters(id, null, after, SHOWN + 1);
        List<Foreseen> shown = foreseen.subList(0, Math.min(SHOWN, foreseen.size()));
        model.addAttribute("foreseen", shown);
        model.addAttribute("first", Links.first(request));
        model.addAttribute(
                "next",
                Links.next(
                        request, foreseen.size() > SHOWN ? shown.get(SHOWN - 1).number() : null));
        model.addAttribute("brief", shown.stream().anyMatch(one -> one.number() > Rehearsals.IN_DETAIL));
        model.addAttribute("detailed", Rehearsals.IN_DETAIL);
        return "rehearsal";
    }
}
