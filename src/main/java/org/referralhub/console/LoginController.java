package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The way in. */
@Controller
@Lazy
class LoginController {
    /** @param wait seconds until the next try may be made, after too many wrong ones */
    @GetMapping(ConsoleSecurity.LOGIN)
    String login(@RequestParam(required = false) @Nullable Long wait, HttpServletRequest request, Model model) {
        model.addAttribute("wait", wait);
        for (String why : new String[] {"failed", "ended", "out"}) {
            if (request.getParameter(why) != null) {
                model.addAttribute("why", why);
            }
        }
        return "login";
    }
}
