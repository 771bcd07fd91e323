package org.referralhub.console;

import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** How the whole hub stands, on one page. */
@Controller
@Lazy
class OverviewController {
    /** Agencies that are shown here; the page of agencies has all. */
    private static final int SHOWN = 40;

    private final Overview overview;

    OverviewController(Overview overview) {
        this.overview = overview;
    }

    @GetMapping("/")
    String overview(Model model) {
        Overview.View view = overview.view();
        model.addAttribute("view", view);
        model.addAttribute("lines", view.agencies().stream().limit(SHOWN).toList());
        return "overview";
    }
}
