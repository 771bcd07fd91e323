package org.referralhub.console;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.api.Caller;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.LetterGroup;
import org.referralhub.deadletter.LetterState;
import org.referralhub.deadletter.LetterSummary;
import org.referralhub.deadletter.Page;
import org.referralhub.edition.LiveChange;
import org.referralhub.message.Text;
import org.referralhub.message.Urgency;
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

/** The dead-letter desk: its list, a group, and what is ordered about several letters at once. */
@Controller
@Lazy
class DeskController {
    static final String PATH = "/desk";
    /** What may be ordered about any number of letters on the page. */
    static final Set<String> BULK = Set.of("replay", "discard", "restore", "return", "own");
    /** What can't be understood later without a reason. */
    private static final Set<String> EXPLAINED = Set.of("discard", "return");

    static final int LONGEST_REASON = 500;

    private static final int PAGE = 50;
    private static final int GROUPS = 8;
    /** An identifier with the revision that the reader saw. */
    static final Pattern CHOSEN = Pattern.compile("([A-Za-z0-9._-]{1,64}):(\\d{1,9})");

    private final Desk desk;
    private final DeskOrders orders;
    private final LiveChange change;
    private final Supplier<AgencyRegistry> agencies;

    DeskController(Desk desk, DeskOrders orders, LiveChange change, Supplier<AgencyRegistry> agencies) {
        this.desk = desk;
        this.orders = orders;
        this.change = change;
        this.agencies = agencies;
    }

    /** Names of agencies in both languages, for what only has their ids. */
    @ModelAttribute("names")
    Names names() {
        return new Names(agencies.get());
    }

    /** What people call an agency; its id when nobody knows it. */
    record Names(AgencyRegistry agencies) {
        /** In both languages. */
        public Text of(@Nullable String agency) {
            return agencies.find(agency == null ? "" : agency)
                    .map(Agency::name)
                    .orElseGet(() -> new Text(agency == null ? "" : agency, agency == null ? "" : agency));
        }
    }

    @GetMapping(PATH)
    String list(@RequestParam Map<String, String> parameters, Model model) {
        DeskQuery query = DeskQuery.of(parameters);
        String after = parameters.get("after");
        Page<LetterSummary> page;
        try {
            page = desk.list(query.filter(), after, PAGE);
        } catch (IllegalArgumentException e) {
            throw new NoSuchPageException();
        }
        model.addAttribute("query", query);
        model.addAttribute("letters", page.items());
        model.addAttribute("first", after == null ? null : query.address(null));
        model.addAttribute("next", page.next() == null ? null : query.address(page.next()));
        model.addAttribute("groups", query.narrows() || after != null ? List.of() : desk.groups(false, GROUPS));
        model.addAttribute("offers", offers());
        model.addAttribute("states", LetterState.values());
        model.addAttribute("urgencies", Urgency.values());
        return "desk";
    }

    /** What can be looked for, where there are few. */
    private Map<String, Collection<String>> offers() {
        Desk.Occurring occurring = desk.occurring();
        return Map.of(
                "causes", occurring.causes(),
                "stages", occurring.stages(),
                "findings", occurring.findings(),
                "exceptions", occurring.exceptions(),
                "configurations", change.status().kept());
    }

    @GetMapping(PATH + "/groups")
    String groups(@RequestParam(defaultValue = "false") boolean all, Model model) {
        model.addAttribute("all", all);
        model.addAttribute("groups", desk.groups(all, Desk.LARGEST_PAGE));
        return "groups";
    }

    @GetMapping(PATH + "/groups/{fingerprint}")
    String group(@PathVariable String fingerprint, Model model) {
        LetterGroup group = desk.group(fingerprint).orElseThrow(NoSuchPageException::new);
        DeskQuery query = DeskQuery.of(Map.of("group", fingerprint));
        Page<LetterSummary> page = desk.list(query.filter(), null, PAGE);
        model.addAttribute("group", group);
        model.addAttribute("affected", new TreeMap<>(desk.affected(group)));
        model.addAttribute("history", desk.history(fingerprint));
        model.addAttribute("query", query);
        model.addAttribute("letters", page.items());
        model.addAttribute("first", null);
        model.addAttribute("next", page.next() == null ? null : query.address(page.next()));
        return "group";
    }

    @PostMapping(PATH + "/groups/{fingerprint}")
    String label(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String fingerprint,
            @RequestParam(required = false) @Nullable Integer expected,
            @RequestParam(required = false) @Nullable String note,
            @RequestParam(required = false) @Nullable String owner,
            @ModelAttribute("frame") Frame frame,
            RedirectAttributes flash) {
        DeskOrders.Answer answer = note != null
                ? orders.order("note-group", fingerprint, expected, caller.id(), "", Map.of("note", cut(note)))
                : orders.order(
                        "own-group",
                        fingerprint,
                        expected,
                        caller.id(),
                        "",
                        Map.of("owner", "me".equals(owner) ? caller.id() : ""));
        flash.addFlashAttribute("notice", Notice.of(answer, frame));
        return "redirect:" + PATH + "/groups/" + fingerprint;
    }

    /** @param letters identifiers with the revisions that the reader saw */
    @PostMapping(PATH + "/orders")
    String order(
            @AuthenticationPrincipal Caller caller,
            @RequestParam String action,
            @RequestParam(defaultValue = "") List<String> letters,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(required = false) @Nullable String owner,
            @RequestParam(defaultValue = PATH) String back,
            @ModelAttribute("frame") Frame frame,
            RedirectAttributes flash) {
        String target = "redirect:" + (back.startsWith(PATH) ? back : PATH);
        if (!BULK.contains(action) || letters.isEmpty()) {
            flash.addFlashAttribute("notice", Notice.of("bad", "order.nothing"));
            return target;
        }
        if (EXPLAINED.contains(action) && reason.isBlank()) {
            flash.addFlashAttribute("notice", Notice.of("bad", "order.reason"));
            return target;
        }
        List<DeskOrders.Wish> wishes = new ArrayList<>();
        for (String chosen : letters) {
            Matcher letter = CHOSEN.matcher(chosen);
            if (letter.matches()) {
                wishes.add(new DeskOrders.Wish(
                        action,
                        letter.group(1),
                        Integer.valueOf(letter.group(2)),
                        cut(reason),
                        action.equals("own") ? Map.of("owner", "me".equals(owner) ? caller.id() : "") : Map.of()));
            }
        }
        List<DeskOrders.Answer> answers = orders.orderAll(wishes, caller.id());
        flash.addFlashAttribute("notice", answers.size() == 1 ? Notice.of(answers.get(0), frame) : Notice.of(answers));
        return target;
    }

    /** As long as it may be; the form says so before. */
    static String cut(String text) {
        String stripped = text.strip();
        return stripped.length() <= LONGEST_REASON ? stripped : stripped.substring(0, LONGEST_REASON);
    }
}
