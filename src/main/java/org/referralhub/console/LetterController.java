package org.referralhub.console;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.referralhub.api.Caller;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.Letter;
import org.referralhub.deadletter.LetterGroup;
import org.referralhub.message.Finding;
import org.referralhub.validation.ReportJson;
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

/** One dead letter: what is wrong with it, who else is affected, what was done, and what can be. */
@Controller
@Lazy
class LetterController {
    private static final String PATH = DeskController.PATH + "/letters/{id}";

    private final Desk desk;
    private final DeskOrders orders;
    private final DeskController list;

    LetterController(Desk desk, DeskOrders orders, DeskController list) {
        this.desk = desk;
        this.orders = orders;
        this.list = list;
    }

    @ModelAttribute("names")
    DeskController.Names names() {
        return list.names();
    }

    @GetMapping(PATH)
    String letter(@PathVariable String id, Model model) {
        Letter letter = desk.show(id).orElseThrow(NoSuchPageException::new);
        LetterGroup group = desk.group(letter.summary().group()).orElse(null);
        model.addAttribute("letter", letter);
        model.addAttribute("one", letter.summary());
        model.addAttribute("group", group);
        model.addAttribute("affected", group == null ? Map.of() : new TreeMap<>(desk.affected(group)));
        model.addAttribute("findings", findings(letter));
        return "letter";
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
        return "redirect:/desk/letters/" + id;
    }
}
